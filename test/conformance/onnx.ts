import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { constantOfBytes, parseGraph } from "@elench/tensor/onnx/graph/graph";
import { importOnnx } from "@elench/tensor/onnx/import";
import { checkProgram } from "@elench/tensor/program/check";
import { type DType, dtypeSpec } from "@elench/tensor/program/dtype";
import type { Model } from "@elench/tensor/program/model";
import { loadSoftfloat } from "@elench/tensor/softfloat/load";
import type { Softfloat } from "@elench/tensor/softfloat/softfloat";
import { f32FromBits, f64FromBits } from "../../ml-vm/functions/builder.ts";
import { ModelError } from "../../ml-vm/onnx/graph/error.ts";
import { type Value, viewOfBytes } from "../../ml-vm/onnx/graph/tensor.ts";
import { loadElement } from "../../ml-vm/onnx/lowering/element.ts";
import { type Case, type Report, reportOf } from "./report.ts";

/**
 * Judges the importer and the engine by ONNX's official backend tests (onnx/backend/test/data in github.com/onnx/onnx):
 * a folder for each case, with `model.onnx` and `test_data_set_N/{input,output}_K.pb`.
 */

/** Tolerances of ONNX's own runner (onnx/backend/test/loader): |a − b| ≤ ATOL + RTOL·|b|. Integers must be equal. */
const RTOL = 1e-3;
const ATOL = 1e-7;

/**
 * Runs every case below `dir`.
 * @throws Error if there is none: no vectors is not a pass.
 */
export async function conformanceOnnx(dir: string): Promise<Report> {
  const folders = existsSync(dir) ? casesBelow(dir) : [];
  if (folders.length === 0)
    throw new Error(`no ONNX backend tests (folders with model.onnx and test_data_set_0) under ${dir}`);
  const judge = new Judge(openBackend());
  return reportOf(folders.map((folder) => judge.run(folder)));
}

function casesBelow(dir: string): string[] {
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some((e) => e.name === "model.onnx")) return existsSync(join(dir, "test_data_set_0")) ? [dir] : [];
  return entries.filter((e) => e.isDirectory()).flatMap((e) => casesBelow(join(dir, e.name)));
}

class Judge {
  readonly #backend: Backend;
  readonly #softfloat: Softfloat = loadSoftfloat();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  run(folder: string): Case {
    const name = basename(folder);
    try {
      const model = readFileSync(join(folder, "model.onnx"));
      const sets = readdirSync(folder).filter((f) => f.startsWith("test_data_set_"));
      const problems = sets.map((set) => this.#runSet(model, join(folder, set))).filter((problem) => problem !== "");
      return { name, status: problems.length === 0 ? "passed" : "failed", why: problems[0] ?? "" };
    } catch (error) {
      const { message } = error as Error;
      return {
        name,
        status: error instanceof ModelError && error.unsupported ? "unsupported" : "failed",
        why: message,
      };
    }
  }

  /** What is wrong, or "". */
  #runSet(bytes: Uint8Array, set: string): string {
    const names = parseGraph(bytes).inputs.map((i) => i.name);
    const inputs = tensorsOf(set, "input");
    const given = new Map(inputs.map((value, i) => [names[i] ?? "", value]));
    const model = importCase(bytes, given);
    checkProgram(model.program);
    const session = new Session(model, this.#backend);
    const results = session.run(model.inputNames.map((name) => given.get(name)?.storage.data ?? new Uint8Array()));
    const problems = tensorsOf(set, "output").map((wanted, i) => {
      const type = model.program.tensors[i];
      if (type?.dtype !== wanted.dtype || `${type.shape}` !== `${wanted.shape}`) {
        return `output ${i} is ${type?.dtype}[${type?.shape}], not ${wanted.dtype}[${wanted.shape}]`;
      }
      return this.#compare(i, wanted, results[i] as Uint8Array);
    });
    return problems.find((problem) => problem !== "") ?? "";
  }

  #compare(output: number, wanted: Value, result: Uint8Array): string {
    const [expected, actual] = [viewOfBytes(wanted.storage.data as Uint8Array), viewOfBytes(result)];
    for (let i = 0; i < wanted.storage.elements; i++) {
      const [want, got] = [this.#number(wanted.dtype, expected, i), this.#number(wanted.dtype, actual, i)];
      if (!close(want, got)) return `element ${i} of output ${output} is ${got}, not ${want}`;
    }
    return "";
  }

  #number(dtype: DType, view: DataView, index: number): number | bigint {
    const register = loadElement(this.#softfloat, dtype, view, index);
    const { scalar } = dtypeSpec(dtype);
    return scalar === "f32" ? f32FromBits(register) : scalar === "f64" ? f64FromBits(register) : register;
  }
}

const close = (want: number | bigint, got: number | bigint): boolean =>
  Object.is(want, got) ||
  want === got ||
  (typeof want === "number" && Math.abs(Number(got) - want) <= ATOL + RTOL * Math.abs(want));

function tensorsOf(set: string, kind: "input" | "output"): Value[] {
  const files = readdirSync(set).filter((f) => f.startsWith(`${kind}_`));
  return files.map((_, i) => constantOfBytes(readFileSync(join(set, `${kind}_${i}.pb`))));
}

/**
 * The tests give as inputs what real models hold as constants: shapes, axes, bounds. Where the importer needs an input to be
 * known, it is made one.
 */
function importCase(bytes: Uint8Array, given: ReadonlyMap<string, Value>): Model {
  try {
    return importOnnx(bytes);
  } catch (error) {
    if (!(error instanceof ModelError) || !error.unsupported) throw error;
    const small = [...given].filter(([, value]) => value.storage.elements <= 64 && value.shape.length <= 1);
    const constants = small.length === given.size ? small.slice(1) : small;
    return importOnnx(bytes, { constants: new Map(constants) });
  }
}

import { checkProgram } from "../program/check.ts";
import { dtypeSpec } from "../program/dtype.ts";
import type { Model } from "../program/model.ts";
import { elementCount, type TensorType } from "../program/program.ts";
import { assumedOnes } from "./graph/dimensions.ts";
import { ModelError } from "./graph/error.ts";
import { operatorsOf, parseGraph } from "./graph/graph.ts";
import { type ImportOptions, importOnnx } from "./import.ts";
import { operatorFor } from "./registry.ts";

/** Properties and costs of a model, known before it runs. */
export interface Report {
  readonly ok: boolean;
  /** Each operator of the file, in the order of first use. */
  readonly operators: readonly OperatorReport[];
  readonly inputs: readonly NamedType[];
  readonly outputs: readonly NamedType[];
  /** Leading symbolic dimensions taken as 1, because no size was given. */
  readonly assumed: readonly string[];
  /** Step bound and cost in FLOPs of the program; 0 if there is none. */
  readonly steps: bigint;
  readonly flops: bigint;
  /** Bytes of the weights, and of the activations that live at once, at most. */
  readonly bytes: number;
  readonly errors: readonly string[];
}

export interface OperatorReport {
  readonly type: string;
  readonly count: number;
  readonly supported: boolean;
  readonly why?: string;
}

export interface NamedType extends TensorType {
  readonly name: string;
}

const EMPTY = { inputs: [], outputs: [], assumed: [], steps: 0n, flops: 0n, bytes: 0 } as const;

/** Examines a model without running it. Reports faults in `errors`; does not throw for a bad model. */
export const checkOnnx = (bytes: Uint8Array, options: ImportOptions = {}): Report => examineOnnx(bytes, options).report;

/** Like `checkOnnx`, with the imported model; null if it is not supported. */
export function examineOnnx(
  bytes: Uint8Array,
  options: ImportOptions = {},
): { readonly report: Report; readonly model: Model | null } {
  let operators: OperatorReport[] = [];
  try {
    operators = countOperators(bytes);
    const model = importOnnx(bytes, options);
    const { steps, flops } = checkProgram(model.program);
    const named = (names: readonly string[], types: readonly TensorType[]): NamedType[] =>
      names.map((name, i) => ({ name, ...(types[i] as TensorType) }));
    const report: Report = {
      ok: true,
      operators,
      inputs: named(model.inputNames, model.program.inputs),
      outputs: named(model.outputNames, model.program.tensors),
      assumed: assumedOnes(parseGraph(bytes).inputs, options),
      steps,
      flops,
      bytes: memoryOf(model),
      errors: [],
    };
    return { report, model };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const errors = errorsOf(operators, error);
    return { report: { ok: false, operators: refused(operators, error), ...EMPTY, errors }, model: null };
  }
}

function countOperators(bytes: Uint8Array): OperatorReport[] {
  const counts = new Map<string, { count: number; supported: boolean }>();
  for (const { op, domain } of operatorsOf(bytes)) {
    const type = domain === "" || domain === "ai.onnx" ? op : `${domain}.${op}`;
    const supported = operatorFor(op, domain === "ai.onnx" ? "" : domain) !== undefined;
    counts.set(type, { count: (counts.get(type)?.count ?? 0) + 1, supported });
  }
  return [...counts].map(([type, { count, supported }]) => ({
    type,
    count,
    supported,
    ...(!supported && { why: "unknown operator" }),
  }));
}

/** Marks the operator whose node could not be lowered. */
const refused = (operators: readonly OperatorReport[], { op, what }: ModelError): OperatorReport[] =>
  operators.map((o) => (o.type === op && o.supported ? { ...o, supported: false, why: what } : o));

/** Names all unknown operators, not only the first that the import met. */
function errorsOf(operators: readonly OperatorReport[], error: ModelError): string[] {
  const unknown = operators
    .filter((o) => !o.supported)
    .map((o) => `operator ${o.type} (${o.count} nodes) is not supported`);
  return unknown.length > 0 ? unknown : [error.message];
}

const sizeOf = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;
const total = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** Bytes of weights and inputs, and the peak of the table tensors that live at the same time. */
function memoryOf({ program, weights }: Model): number {
  const alive = new Set<number>();
  let peak = 0;
  for (const instruction of program.instructions) {
    if (instruction.kind === "drop") alive.delete(instruction.target);
    else if (instruction.kind === "tensor" || instruction.kind === "move") alive.add(instruction.target);
    peak = Math.max(peak, total([...alive].map((i) => sizeOf(program.tensors[i] as TensorType))));
  }
  return total(weights.map((w) => w.length)) + total(program.inputs.map(sizeOf)) + peak;
}

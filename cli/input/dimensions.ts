import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import type { Backend } from "@elench/tensor/engine/backend";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import type { Dimensions } from "@elench/tensor/onnx/graph/dimensions";
import { parseGraph } from "@elench/tensor/onnx/graph/graph";
import type { Command } from "commander";

import { namingFile } from "./model-file.ts";
import { collect, option } from "./options.ts";

/** Flags for the symbolic dimensions of a model file. */
export interface DimensionOptions {
  readonly dim?: readonly string[];
  readonly shape?: readonly string[];
}

export const withDimensions = (command: Command): Command =>
  command
    .addOption(
      option("--dim <name=n>", "size of a symbolic dimension of the model; can be repeated").argParser(collect),
    )
    .addOption(
      option("--shape <input=1x3x…>", "whole shape of an input of the model; can be repeated").argParser(collect),
    );

/** @throws UserError if a flag is not NAME=N or INPUT=1x3x224x224, or is given twice */
export function dimensionsOf({ dim = [], shape = [] }: DimensionOptions): Dimensions {
  return {
    dims: named("--dim NAME=N", dim, (text) => sizeOf(text)),
    shapes: named("--shape INPUT=1x3x224x224", shape, (text) => {
      const sizes = text === "" ? [] : text.split("x").map(sizeOf);
      return sizes.every((n) => n !== undefined) ? sizes : undefined;
    }),
  };
}

/** Splits at the last equals sign: names can contain one, sizes cannot. */
function named<T>(form: string, flags: readonly string[], parse: (text: string) => T | undefined): Record<string, T> {
  const result: Record<string, T> = {};
  for (const flag of flags) {
    const at = flag.lastIndexOf("=");
    const [name, value] = [flag.slice(0, at), parse(flag.slice(at + 1))];
    if (at < 1 || value === undefined) throw new UserError(`${flag}: write ${form}, with sizes from 1 to 2147483647`);
    if (name in result) throw new UserError(`${form.split(" ")[0]} ${name} is given twice`);
    result[name] = value;
  }
  return result;
}

function sizeOf(text: string): number | undefined {
  const size = Number(text);
  return /^\d{1,10}$/.test(text) && size >= 1 && size < 2 ** 31 ? size : undefined;
}

/**
 * Loads several models with the same flags. Each model uses the flags for its own dimensions and inputs.
 * @throws UserError for a flag that no model uses
 */
export function loadModels(
  files: readonly string[],
  backend: Pick<Backend, "dataRoot">,
  options: DimensionOptions,
): LoadedModel[] {
  const { dims = {}, shapes = {} } = dimensionsOf(options);
  const unused = new Set([
    ...Object.keys(dims).map((n) => `--dim ${n}`),
    ...Object.keys(shapes).map((n) => `--shape ${n}`),
  ]);
  const models = files.map((file) => {
    const onnx = readWhole(file);
    const { inputs } = namingFile(file, () => parseGraph(onnx));
    const open = new Set(inputs.flatMap((input) => input.dims ?? []));
    const names = new Set(inputs.map((input) => input.name));
    const own = <T>(flag: string, all: Readonly<Record<string, T>>, known: ReadonlySet<unknown>): Record<string, T> =>
      Object.fromEntries(
        Object.entries(all).filter(([name]) => known.has(name) && (unused.delete(`${flag} ${name}`) || true)),
      );
    const given = { dims: own("--dim", dims, open), shapes: own("--shape", shapes, names) };
    return namingFile(file, () => loadModel(onnx, backend, given));
  });
  const [flag] = unused;
  if (flag !== undefined) throw new UserError(`${flag}: no model has such a dimension or input`);
  return models;
}

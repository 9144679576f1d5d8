import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { ModelError } from "@elench/tensor/onnx/graph/error";
import { readTensorFile } from "@elench/tensor/onnx/tensor-file";
import { ProgramError } from "@elench/tensor/program/check";
import type { Model } from "@elench/tensor/program/model";
import type { EngineName } from "./options.ts";

/**
 * The model's inputs from `--input NAME=FILE` flags, in the model's order. For a model with one input, `--input FILE` is enough.
 * @throws UserError naming an input that is missing, unknown, or of another shape or type
 */
export function readInputs(model: Model, flags: readonly string[]): Uint8Array[] {
  const files = new Map<string, string>();
  for (const flag of flags) {
    const at = flag.indexOf("=");
    const name =
      at < 0 && model.inputNames.length === 1 ? (model.inputNames[0] as string) : flag.slice(0, Math.max(at, 0));
    if (at < 0 && model.inputNames.length !== 1)
      throw new UserError(`--input ${flag}: write NAME=FILE; the model's inputs are ${model.inputNames.join(", ")}`);
    if (!model.inputNames.includes(name))
      throw new UserError(`--input ${flag}: the model has no input ${name}; it has ${model.inputNames.join(", ")}`);
    if (files.has(name)) throw new UserError(`--input ${name} is given twice`);
    files.set(name, flag.slice(at + 1));
  }
  return model.program.inputs.map((type, i) => {
    const name = model.inputNames[i] as string;
    const file = files.get(name);
    if (file === undefined)
      throw new UserError(
        `input ${name} (${type.dtype}, ${describeShape(type.shape)}) is missing: give --input ${name}=FILE`,
      );
    return readTensorFile(file, readWhole(file), type);
  });
}

/**
 * Runs work on a model file, and adds the file's name to its errors.
 * @throws UserError if the model is damaged or not supported
 */
export function namingFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ModelError || error instanceof ProgramError)
      throw new UserError(error.message, EXIT.input, { where: file, cause: error });
    throw error;
  }
}

export const describeShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/**
 * @param engine "auto": native if it is built, otherwise WASM.
 * @param threads 0 for all
 */
export const backendOf = (engine: EngineName, threads: number): Backend =>
  openBackend({ ...(engine !== "auto" && { engine }), ...(threads > 0 && { threads }) });

import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@elench/bytes/hex";
import { EXIT, UserError } from "@elench/errors/user-error";
import { makeFolder, readWhole, writeWhole } from "@elench/files/files";
import type { Backend } from "@elench/tensor/engine/backend";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import type { Dimensions } from "@elench/tensor/onnx/graph/dimensions";

/** The folder where models are kept unless another is named. */
export const defaultStore = (): string => join(homedir(), ".elench", "models");

/**
 * Models by their id: a folder of ONNX files, each named after the id that it must give when it is imported again with the dimensions in the file
 * beside it, so that a damaged or exchanged file is never used.
 */
export class ModelStore {
  readonly folder: string;
  readonly #backend: Pick<Backend, "dataRoot">;
  readonly #loaded = new Map<Hex, LoadedModel>();

  /** @throws UserError if a file stands where the folder should be */
  constructor(folder: string, backend: Pick<Backend, "dataRoot">) {
    if (existsSync(folder) && !statSync(folder).isDirectory())
      throw new UserError(`the store of models ${folder} is a file, and must be a folder`);
    this.folder = folder;
    this.#backend = backend;
  }

  has(id: Hex): boolean {
    return this.#loaded.has(id) || existsSync(this.#file(id));
  }

  ids(): Hex[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(".onnx"))
      .map((name) => name.slice(0, -".onnx".length) as Hex);
  }

  /** @param dimensions of what the file leaves open; they are kept beside it */
  add(onnx: Uint8Array, dimensions: Dimensions = {}): LoadedModel {
    const loaded = loadModel(onnx, this.#backend, dimensions);
    const given = Object.values(dimensions).some((sizes) => Object.keys(sizes).length > 0);
    makeFolder(this.folder);
    if (given || existsSync(this.#dimensionsFile(loaded.id)))
      writeWhole(this.#dimensionsFile(loaded.id), `${JSON.stringify(dimensions, null, 2)}\n`);
    writeWhole(this.#file(loaded.id), onnx);
    this.#loaded.set(loaded.id, loaded);
    return loaded;
  }

  /** @throws UserError if the model is not there, or its file no longer gives its id. */
  load(id: Hex): LoadedModel {
    const known = this.#loaded.get(id);
    if (known) return known;
    if (!this.has(id)) {
      throw new UserError(
        `model ${id} is not in ${this.folder}; add its ONNX file with elench model add`,
        EXIT.environment,
      );
    }
    const loaded = loadModel(readWhole(this.#file(id)), this.#backend, this.#dimensions(id));
    if (loaded.id !== id) {
      throw new UserError(
        `${this.#file(id)} is damaged: it now gives model ${loaded.id}; remove it, and add the ONNX file again`,
        EXIT.environment,
      );
    }
    this.#loaded.set(id, loaded);
    return loaded;
  }

  #file(id: Hex): string {
    return join(this.folder, `${id}.onnx`);
  }

  #dimensionsFile(id: Hex): string {
    return join(this.folder, `${id}.dimensions.json`);
  }

  #dimensions(id: Hex): Dimensions {
    const file = this.#dimensionsFile(id);
    if (!existsSync(file)) return {};
    try {
      return JSON.parse(new TextDecoder().decode(readWhole(file))) as Dimensions;
    } catch {
      throw new UserError(`${file} is damaged; remove it, and add the model's ONNX file again`, EXIT.environment);
    }
  }
}

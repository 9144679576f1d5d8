import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@elench/bytes/hex";
import { EXIT, UserError } from "@elench/errors/user-error";
import { makeFolder, readWhole, writeWhole } from "@elench/files/files";
import type { Backend } from "@elench/tensor/engine/backend";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import type { Dimensions } from "@elench/tensor/onnx/graph/dimensions";

/** The default folder of models. */
export const defaultStore = (): string => join(homedir(), ".elench", "models");

/**
 * Models by id: a folder of ONNX files. Each file is named after its model's id, and is imported with the dimensions in the file
 * beside it; the id is computed again, so a damaged or replaced file is never used.
 */
export class ModelStore {
  readonly folder: string;
  readonly #backend: Pick<Backend, "dataRoot">;
  readonly #loaded = new Map<Hex, LoadedModel>();

  /** @throws UserError if the path is a file */
  constructor(folder: string, backend: Pick<Backend, "dataRoot">) {
    if (existsSync(folder) && !statSync(folder).isDirectory())
      throw new UserError(`the model store ${folder} is a file; it must be a folder`);
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

  /** @param dimensions sizes of the file's symbolic dimensions; they are stored beside it */
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

  /** @throws UserError if the model is missing, or its file gives another id. */
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
        `${this.#file(id)} is damaged: its model id is now ${loaded.id}; remove it, and add the ONNX file again`,
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

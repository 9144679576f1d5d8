import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../ml-vm/engine/backend.ts";
import { type LoadedModel, loadModel } from "../ml-vm/load.ts";
import { EXIT, UserError } from "./errors.ts";
import type { Hex } from "./strategy/bytes.ts";

/** The folder where models are kept unless another is named. */
export const defaultStore = (): string => join(homedir(), ".elench", "models");

/**
 * Models by their id: a folder of ONNX files, each named after the id that it must give when it is imported again, so that a damaged
 * or exchanged file is never used.
 */
export class ModelStore {
  readonly folder: string;
  readonly #backend: Pick<Backend, "dataRoot">;
  readonly #loaded = new Map<Hex, LoadedModel>();

  constructor(folder: string, backend: Pick<Backend, "dataRoot">) {
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

  add(onnx: Uint8Array): LoadedModel {
    const loaded = loadModel(onnx, this.#backend);
    mkdirSync(this.folder, { recursive: true });
    // Written aside and renamed, so that a file under its final name is always whole.
    const unfinished = `${this.#file(loaded.id)}.${process.pid}`;
    writeFileSync(unfinished, onnx);
    renameSync(unfinished, this.#file(loaded.id));
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
    const loaded = loadModel(readFileSync(this.#file(id)), this.#backend);
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
}

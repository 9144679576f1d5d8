import { openBackend } from "../../engine/backend.ts";
import { Session } from "../../engine/session.ts";
import { elementCount } from "../../program/program.ts";
import { unsupported } from "../graph/error.ts";
import { valueIn } from "../graph/tensor.ts";
import { assemble } from "./assemble.ts";
import type { Draft } from "./draft.ts";
import { bytesOf } from "./instruction.ts";

/** Limit of scalar operations for the constants of one model: about a second on a slow machine. */
const MOST_OPERATIONS = 2 ** 27;

/** Limits of computed constants and tables, in bytes: for every model, and for each byte that its file stores. */
const FREE_BYTES = 2 ** 24;
const BYTES_PER_STORED_BYTE = 8;

/** Budget of the computation while a model is imported, so that a short file cannot cause much work. */
export class Budget {
  #operations = MOST_OPERATIONS;
  #bytes: number;

  /** @param stored bytes of the constants that the file stores */
  constructor(stored: number) {
    this.#bytes = FREE_BYTES + BYTES_PER_STORED_BYTE * stored;
  }

  /** Call before a constant is created. @throws ModelError if it is too large */
  claimBytes(bytes: number): void {
    if (bytes > this.#bytes)
      throw unsupported(
        `it takes a constant of ${bytes} bytes, which the file does not store; ${this.#bytes} are left for those of a file of this size`,
      );
    this.#bytes -= bytes;
  }

  /** Call before a constant is evaluated. @throws ModelError if that takes too long */
  claimWork(drafts: readonly Draft[]): void {
    const operations = drafts.reduce((n, draft) => n + operationsOf(draft), 0);
    if (operations > this.#operations)
      throw unsupported(
        `it takes a constant that is computed in ${operations} scalar operations, and ${this.#operations} are left; store the constant in the file`,
      );
    this.#operations -= operations;
  }
}

const operationsOf = ({ dims, reduction, body, finish }: Draft): number => {
  const [each, last] = [body, finish].map((stage) => (stage ? stage.code.length + stage.reads.length : 0));
  return elementCount(dims) * (elementCount(reduction) * (each as number) + (last as number));
};

/** One thread: constants are small, and a model is imported while others run. */
let engine: ReturnType<typeof openBackend> | undefined;

/** The target's bytes of instructions that read only constants, as the machine would compute them. */
export function evaluate(drafts: readonly Draft[], budget: Budget): Uint8Array {
  const { target } = drafts[0] as Draft;
  budget.claimBytes(bytesOf(target));
  budget.claimWork(drafts);
  engine ??= openBackend({ threads: 1 });
  const model = assemble([], [{ name: "constant", value: valueIn(target, target.shape) }], drafts);
  return new Session(model, engine).run([])[0] as Uint8Array;
}

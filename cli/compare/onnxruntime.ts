import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { DType } from "@elench/tensor/program/dtype";
import { HelperProcess } from "./helper-process.ts";

/** onnxruntime as the reference: its CPU provider on one thread, without graph optimisations. It is not a dependency; the user installs it. */
export interface Peer {
  /** Runs one model at a time. */
  run(question: PeerQuestion): Promise<PeerAnswer>;
  close(): void;
}

/** Installed version. */
export interface InstalledPeer extends Peer {
  readonly version: string;
}

/** A tensor with its content: row-major, little-endian. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface PeerQuestion {
  readonly model: Uint8Array;
  readonly feeds: readonly { readonly name: string; readonly value: Tensor }[];
}

/** The graph's outputs in order, or why onnxruntime refuses it. */
export type PeerAnswer = { readonly outputs: readonly Tensor[] } | { readonly refusal: string };

/** Element types that onnxruntime-node supports. */
export const PEER_TYPES: ReadonlySet<DType> = new Set([
  "f32",
  "f64",
  "f16",
  "i8",
  "u8",
  "i16",
  "u16",
  "i32",
  "u32",
  "i64",
  "u64",
  "bool",
]);

/** Timeout of one model, in milliseconds. */
const PATIENCE = 60_000;

const PACKAGE = "onnxruntime-node";

/** Files beside which node_modules is searched: `ELENCH_ORT`, the current folder, Elench's folder, and `.toolchain/`, into which `npm run fuzz` installs it. */
const places = (): string[] =>
  process.env.ELENCH_ORT
    ? [resolve(process.env.ELENCH_ORT)]
    : [
        join(process.cwd(), "package.json"),
        import.meta.filename,
        join(import.meta.dirname, "../../.toolchain/package.json"),
      ];

/** @throws UserError if onnxruntime-node is not installed. */
function findPackage(): { readonly place: string; readonly version: string } {
  for (const place of places()) {
    try {
      const { version } = createRequire(place)(`${PACKAGE}/package.json`) as { version: string };
      return { place, version };
    } catch {
      // Not found here: try the next place.
    }
  }
  const looked = process.env.ELENCH_ORT
    ? `ELENCH_ORT is ${process.env.ELENCH_ORT}, but ${PACKAGE} is not in a node_modules folder beside it or above it`
    : `${PACKAGE} is not installed`;
  throw new UserError(
    `${looked}; install it with npm install ${PACKAGE}@1.30.0, or set ELENCH_ORT to a file beside the node_modules folder that has it`,
    EXIT.environment,
  );
}

/**
 * Starts onnxruntime in a separate process.
 * @param patience timeout of one model, in milliseconds.
 * @throws UserError if onnxruntime-node is not installed, or cannot be loaded.
 */
export async function openPeer(patience = PATIENCE): Promise<InstalledPeer> {
  const { place, version } = findPackage();
  const script = new URL(`onnxruntime-process${extname(import.meta.filename)}`, import.meta.url);
  const helper = new HelperProcess<PeerQuestion, PeerAnswer>(script, patience, [place]);
  if (!(await helper.start()))
    throw new UserError(
      `${PACKAGE} ${version}, found from ${place}, cannot be loaded: its binary may not be for ${process.platform}-${process.arch}; install it again, with its install scripts`,
      EXIT.environment,
    );
  return {
    version,
    async run(question) {
      const answer = await helper.ask(question);
      return "died" in answer ? { refusal: `onnxruntime crashed (${answer.died})` } : answer;
    },
    close: () => helper.close(),
  };
}

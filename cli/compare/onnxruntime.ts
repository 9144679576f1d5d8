import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { DType } from "@elench/tensor/program/dtype";
import { HelperProcess } from "./helper-process.ts";

/** onnxruntime, to compare with: its CPU provider on one thread, without graph optimisations. It is no dependency: who compares installs it. */
export interface Peer {
  /** One at a time. */
  run(question: PeerQuestion): Promise<PeerAnswer>;
  close(): void;
}

/** The one that is installed. */
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

/** The graph's outputs in order, or why onnxruntime does not run it. */
export type PeerAnswer = { readonly outputs: readonly Tensor[] } | { readonly refusal: string };

/** Element types that onnxruntime-node takes and gives. */
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

/** Milliseconds that it may take for a model; small ones take a few. */
const PATIENCE = 60_000;

const PACKAGE = "onnxruntime-node";

/** Files whose node_modules may have it: where the user says, where the user works, where Elench is installed, and where `npm run fuzz` puts it. */
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
      // Not there: perhaps at the next place.
    }
  }
  const looked = process.env.ELENCH_ORT
    ? `ELENCH_ORT is ${process.env.ELENCH_ORT}, and ${PACKAGE} is not in a node_modules folder beside it or above`
    : `${PACKAGE} is not installed here`;
  throw new UserError(
    `${looked}; install it with npm install ${PACKAGE}@1.30.0, or set ELENCH_ORT to a file beside the node_modules folder that has it`,
    EXIT.environment,
  );
}

/**
 * Starts onnxruntime in a process of its own.
 * @param patience milliseconds that one model may take.
 * @throws UserError if onnxruntime-node is not installed, or cannot be loaded.
 */
export async function openPeer(patience = PATIENCE): Promise<InstalledPeer> {
  const { place, version } = findPackage();
  const script = new URL(`onnxruntime-process${extname(import.meta.filename)}`, import.meta.url);
  const helper = new HelperProcess<PeerQuestion, PeerAnswer>(script, patience, [place]);
  if (!(await helper.start()))
    throw new UserError(
      `${PACKAGE} ${version}, found from ${place}, cannot be loaded: its binary may not be made for ${process.platform}-${process.arch}; install it again, with its install scripts`,
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

import { HelperProcess } from "./helper-process.ts";
import type { Tensor } from "./tensor.ts";

/** onnxruntime, to compare with: its CPU provider on one thread, without graph optimisations. */
export interface Peer {
  /** One at a time. */
  run(question: PeerQuestion): Promise<PeerAnswer>;
  close(): void;
}

export interface PeerQuestion {
  readonly model: Uint8Array;
  readonly feeds: readonly { readonly name: string; readonly value: Tensor }[];
}

/** The graph's outputs in order, or why onnxruntime does not run it. */
export type PeerAnswer = { readonly outputs: readonly Tensor[] } | { readonly refusal: string };

/** Milliseconds that it may take for a model; small ones take a few. */
const PATIENCE = 60_000;

/** @throws Error if onnxruntime-node cannot be loaded. */
export async function openPeer(): Promise<Peer> {
  const helper = new HelperProcess<PeerQuestion, PeerAnswer>(new URL("peer-process.ts", import.meta.url), PATIENCE);
  if (!(await helper.start()))
    throw new Error(
      "onnxruntime-node cannot be loaded: `npm run fuzz` and `npm test` fetch it; or ELENCH_ORT names a file beside its node_modules",
    );
  return {
    async run(question) {
      const answer = await helper.ask(question);
      return "died" in answer ? { refusal: `onnxruntime crashed (${answer.died})` } : answer;
    },
    close: () => helper.close(),
  };
}

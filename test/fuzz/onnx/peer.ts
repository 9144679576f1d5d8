import { type ChildProcess, fork } from "node:child_process";
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

type Settle = (answer: PeerAnswer | "ready") => void;

/** The process, started when it is first needed and again after each crash. */
class PeerProcess implements Peer {
  #child: ChildProcess | null = null;
  #settle: Settle = () => {};

  /** @throws Error if onnxruntime-node cannot be loaded. */
  async run(question: PeerQuestion): Promise<PeerAnswer> {
    await this.start();
    return (await this.#await(() => this.#child?.send(question))) as PeerAnswer;
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const first = await this.#await(() => {
      this.#child = this.#fork();
    });
    if (first === "ready") return;
    throw new Error(
      "onnxruntime-node cannot be loaded: `npm run fuzz` fetches it, or ELENCH_ORT names a file beside its node_modules",
    );
  }

  close(): void {
    if (this.#child?.connected) this.#child.disconnect();
  }

  #fork(): ChildProcess {
    const child = fork(new URL("peer-process.ts", import.meta.url), { serialization: "advanced", stdio: "ignore" });
    child.on("message", (message) => this.#settle(message as PeerAnswer | "ready"));
    child.on("exit", (code, signal) => {
      this.#child = null;
      this.#settle({ refusal: `onnxruntime crashed (${signal ?? `exit code ${code}`})` });
    });
    return child;
  }

  #await(begin: () => void): Promise<PeerAnswer | "ready"> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child?.kill("SIGKILL"), PATIENCE);
      this.#settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      begin();
    });
  }
}

/** @throws Error if onnxruntime-node cannot be loaded. */
export async function openPeer(): Promise<Peer> {
  const peer = new PeerProcess();
  await peer.start();
  return peer;
}

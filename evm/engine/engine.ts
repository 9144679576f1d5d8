import { randomBytes } from "node:crypto";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import { type BatchInput, type ChainState, outputOf } from "../batch/claim.ts";
import { HISTORY_LENGTH } from "../batch/history.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { evaluatePoint } from "../crypto/point-evaluation.ts";
import type { Models } from "../inference/models.ts";
import type { NodeStore } from "../structures/node-store.ts";
import type { Backend, Core, EngineHost } from "./backend.ts";
import { nativeBackend } from "./native.ts";
import { decodeReceipts } from "./receipts.ts";
import { wasmBackend } from "./wasm.ts";

export interface EngineOptions {
  readonly store: NodeStore;
  readonly models?: Models;
  /** Whether precompile calls over the L1 limit fail (precompile-bounds.ts). False only for the official tests. Default: true. */
  readonly l1Bounds?: boolean;
  /** Default: native code if it is built for this host, else WebAssembly. */
  readonly backend?: Backend;
  /** Bytes of accounts, slots, codes and trie nodes in memory above which they are dropped between batches. Default: 256 MiB. */
  readonly cacheBytes?: number;
}

let best: Backend | undefined;

/** Native code if it is built for this host, else WebAssembly. */
export function defaultBackend(): Backend {
  best ??= nativeBackend() ?? wasmBackend();
  return best;
}

/** Why the engine cannot execute a batch: `Fault` in evm/native/world.h. */
const FAULTS = [
  "",
  "a trie node of the state is missing",
  "a trie node of the state is corrupt",
  "the code of an account is missing",
  "there is not enough memory",
  "the host could not run a precompile: an entry of the model directory is wrong",
] as const;

const MEBIBYTE = 2 ** 20;
const HASH = 32;

/** Senders of another batch, or of none: WRONG_SENDERS in evm/native/engine.h. */
const WRONG_SENDERS = 100;

/** Executes batches, each on any state of the store. */
export class Engine {
  readonly backend: Backend;
  readonly #core: Core;
  readonly #store: NodeStore;

  constructor({
    store,
    models,
    l1Bounds = true,
    backend = defaultBackend(),
    cacheBytes = 256 * MEBIBYTE,
  }: EngineOptions) {
    const host = { node: store.node, code: store.code, run: runnerOf(models) };
    this.backend = backend;
    this.#store = store;
    this.#core = backend.create(host, { secret: randomBytes(HASH), capacity: cacheBytes, bounded: l1Bounds });
  }

  /** Recovers the senders of a batch, and executes it. */
  async run(input: BatchInput): Promise<NativeBatch> {
    return this.execute(input, await recoverSenders(input, this.backend));
  }

  /** Executes a batch by the rules of docs/evm-machine.md. @param senders of `recoverSenders`. @throws MissingModel */
  execute(input: BatchInput, senders: Uint8Array): NativeBatch {
    const { config, gas, previous, bytes } = input;
    const state = encodeState(previous);
    const batch = bytes.view(0, bytes.size);
    const [fault, receipts, written] = this.#core.execute(batch, wordBytes(config.chainId), gas, state, senders);
    if (fault === WRONG_SENDERS) throw new InternalError("the senders are not those of the batch's transactions");
    if (fault !== 0) throw new InternalError(`the batch cannot be executed: ${FAULTS[fault]}`);
    this.#keep(written);
    const next = decodeState(state);
    return { transactions: decodeReceipts(receipts), output: outputOf(next), next };
  }

  /** Output of a precompile and the gas that it used; null if it fails. */
  precompile(address: number, input: Uint8Array, gas: number): { gasUsed: number; output: Uint8Array } | null {
    const result = this.#core.precompile(address, input, gas);
    return result && { gasUsed: gas - result[0], output: result[1] };
  }

  /** Frees its memory now. One that is not closed is freed some time after its last use. */
  close(): void {
    this.#core.close();
  }

  #keep(written: Uint8Array): void {
    const view = new DataView(written.buffer, written.byteOffset, written.length);
    for (let at = 0; at < written.length; ) {
      const hash = written.subarray(at + 1, at + 1 + HASH);
      const start = at + 1 + HASH + 4;
      const end = start + view.getUint32(start - 4);
      const bytes = written.subarray(start, end);
      if (written[at] === 1) this.#store.keepCode(hash, bytes);
      else this.#store.keepNode(hash, bytes);
      at = end;
    }
  }
}

/** The senders of a batch's transactions, recovered ahead: 21 bytes for each, whether it has one and its address. */
export const recoverSenders = (
  { bytes, config }: Pick<BatchInput, "bytes" | "config">,
  backend = defaultBackend(),
): Promise<Uint8Array> => backend.recover(bytes.view(0, bytes.size), wordBytes(config.chainId));

const runnerOf =
  (models: Models | undefined): EngineHost["run"] =>
  (precompile, input) => {
    if (precompile === PRECOMPILE.POINT_EVALUATION) return evaluatePoint(input) ?? undefined;
    if (!models) throw new InternalError("the chain calls a model, and has none");
    return models.infer(input.subarray(0, HASH), input.subarray(HASH));
  };

function encodeState({ number, stateRoot, history }: ChainState): Uint8Array {
  const state = new Uint8Array(HASH * (2 + HISTORY_LENGTH));
  state.set(wordBytes(number));
  state.set(stateRoot, HASH);
  for (const [i, hash] of history.entries()) state.set(hash, HASH * (2 + i));
  return state;
}

function decodeState(state: Uint8Array): ChainState {
  const at = (i: number): Uint8Array => state.subarray(HASH * i, HASH * (i + 1));
  const history = Array.from({ length: HISTORY_LENGTH }, (_, i) => at(2 + i));
  return { number: toBigInt(at(0)), stateRoot: at(1), history };
}

import { readFileSync } from "node:fs";
import { InternalError } from "@elench/errors/internal-error";
import type { Backend, Core, CoreOptions, EngineHost } from "./backend.ts";

/** The part of the WebAssembly interface used here; Node's type declarations lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Exports of evm/native/wasm.c. Addresses and sizes are bytes of `memory`. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  allocate(size: number): number;
  release(address: number): void;
  room(instance: number, length: number): number;
  create(secret: number, capacity: number, bounded: number): number;
  destroy(instance: number): void;
  execute(
    instance: number,
    bytes: number,
    length: number,
    chainId: number,
    gas: bigint,
    state: number,
    senders: number,
    sendersLength: number,
  ): number;
  receipts(instance: number): number;
  written(instance: number): number;
  returned(instance: number): number;
  precompile(instance: number, address: number, input: number, length: number, gas: bigint): bigint;
  count(bytes: number, length: number): number;
  recover(bytes: number, length: number, chainId: number, senders: number): number;
}

const HASH = 32;
const SENDER_BYTES = 21;
/** What a host's function tells instead of a length. */
const [NOTHING, FAILED] = [-1, -2];

const outOfMemory = (): InternalError => new InternalError("there is not enough memory for the EVM engine");

/** A module's instance, and the engines in it. */
class Wasm {
  readonly exports: Exports;
  readonly #hosts = new Map<number, EngineHost>();
  /** What a host's function threw: it must not unwind the module's stack. */
  #thrown: { readonly error: unknown } | undefined;

  constructor(module: object) {
    const ask = (instance: number, question: (host: EngineHost) => Uint8Array | undefined): number => {
      try {
        const bytes = question(this.#hosts.get(instance) as EngineHost);
        return bytes === undefined ? NOTHING : this.#give(instance, bytes);
      } catch (error) {
        this.#thrown ??= { error };
        return FAILED;
      }
    };
    const host = {
      node: (instance: number, hash: number) => ask(instance, (it) => it.node(this.view(hash, HASH))),
      code: (instance: number, hash: number) => ask(instance, (it) => it.code(this.view(hash, HASH))),
      run: (instance: number, precompile: number, input: number, length: number) =>
        ask(instance, (it) => it.run(precompile, this.view(input, length).slice())),
    };
    const env = { emscripten_notify_memory_growth: () => undefined };
    this.exports = new WebAssembly.Instance(module, { host, env }).exports as Exports;
    this.exports._initialize();
  }

  /** Valid until the memory grows. */
  view(address: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, address >>> 0, length);
  }

  /** A copy of a `Buffer` of the module. */
  bytes(buffer: number): Uint8Array {
    const [address, length] = new Uint32Array(this.exports.memory.buffer, buffer >>> 0, 2) as unknown as [
      number,
      number,
    ];
    return this.view(address, length).slice();
  }

  /** Calls with bytes in the module's memory. */
  with<T>(arrays: readonly Uint8Array[], call: (...addresses: number[]) => T): T {
    const addresses: number[] = [];
    try {
      for (const array of arrays) {
        const address = this.exports.allocate(Math.max(1, array.length));
        if (address === 0) throw outOfMemory();
        addresses.push(address);
        this.view(address, array.length).set(array);
      }
      this.#thrown = undefined;
      const result = call(...addresses);
      // Set while the module called the host.
      const thrown = this.#thrown as { readonly error: unknown } | undefined;
      if (thrown) throw thrown.error;
      return result;
    } finally {
      for (const address of addresses) this.exports.release(address);
    }
  }

  adopt(instance: number, host: EngineHost): void {
    this.#hosts.set(instance, host);
  }

  drop(instance: number): void {
    this.#hosts.delete(instance);
    this.exports.destroy(instance);
  }

  #give(instance: number, bytes: Uint8Array): number {
    const room = this.exports.room(instance, bytes.length);
    if (room === 0) throw outOfMemory();
    this.view(room, bytes.length).set(bytes);
    return bytes.length;
  }
}

const MODULE = new URL("../native/engine.wasm", import.meta.url);

/** The engine in WebAssembly: on every host, more slowly. */
export function wasmBackend(): Backend {
  const wasm = new Wasm(new WebAssembly.Module(readFileSync(MODULE)));
  const unused = new FinalizationRegistry<number>((instance) => wasm.drop(instance));
  const { exports } = wasm;
  return {
    name: "wasm",
    recover: async (bytes, chainId) => {
      const count = wasm.with([bytes], (batch) => exports.count(batch as number, bytes.length));
      const senders = new Uint8Array(SENDER_BYTES * count);
      wasm.with([bytes, chainId, senders], (batch, id, to) => {
        if (exports.recover(batch as number, bytes.length, id as number, to as number) === 0) throw outOfMemory();
        senders.set(wasm.view(to as number, senders.length));
      });
      return senders;
    },
    create: (host, options) => {
      const instance = create(wasm, options);
      wasm.adopt(instance, host);
      const token = {};
      const core = coreOf(wasm, instance, () => {
        unused.unregister(token);
        wasm.drop(instance);
      });
      unused.register(core, instance, token);
      return core;
    },
  };
}

function create(wasm: Wasm, { secret, capacity, bounded }: CoreOptions): number {
  const instance = wasm.with([secret], (address) =>
    wasm.exports.create(address as number, Math.min(capacity, 2 ** 31), Number(bounded)),
  );
  if (instance === 0) throw outOfMemory();
  return instance;
}

const coreOf = (wasm: Wasm, instance: number, close: () => void): Core => ({
  close,
  execute: (bytes, chainId, gas, state, senders) =>
    wasm.with([bytes, chainId, state, senders], (batch, id, at, from) => {
      const { exports } = wasm;
      const fault = exports.execute(
        instance,
        batch as number,
        bytes.length,
        id as number,
        gas,
        at as number,
        from as number,
        senders.length,
      );
      state.set(wasm.view(at as number, state.length));
      return [fault, wasm.bytes(exports.receipts(instance)), wasm.bytes(exports.written(instance))];
    }),
  precompile: (address, input, gas) =>
    wasm.with([input], (at) => {
      const left = wasm.exports.precompile(instance, address, at as number, input.length, BigInt(gas));
      return left < 0n ? null : [Number(left), wasm.bytes(wasm.exports.returned(instance))];
    }),
});

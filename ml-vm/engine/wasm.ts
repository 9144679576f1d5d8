import { InternalError } from "@elench/errors/internal-error";
import { treeDepth } from "@elench/merkle/tree";
import type { Backend } from "./backend.ts";
import { EngineError } from "./engine-error.ts";

/** A compiled module, opaque to us. */
type WasmModule = object;

/** The part of the WebAssembly interface used here; Node's type declarations lack it. */
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): WasmModule;
    imports(module: WasmModule): { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
};

/** Exports of ml-vm/native/wasm.c. Addresses and sizes are bytes of `memory`. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize?(): void;
  allocate(size: number): number;
  release(address: number): void;
  lastError(): number;
  prepare(bytes: number, length: number): number;
  discard(handle: number): void;
  execute(
    handle: number,
    memory: number,
    operands: number,
    c0: number,
    c1: number,
    c2: number,
    from: number,
    to: number,
    interpreted: number,
  ): number;
  dataTree(data: number, length: number, nodes: number): void;
  fuses(): number;
}

/** The module's instance; emscripten's runtime imports a few functions that are never called. */
function instantiate(module: WasmModule): Exports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    imports[space] ??= {};
    imports[space][name] = () => 0;
  }
  const exports = new WebAssembly.Instance(module, imports).exports as Exports;
  exports._initialize?.();
  return exports;
}

/**
 * The engine in WebAssembly: the relaxed module if the host supports its instruction and fuses it, else the exact one,
 * which is several times slower. The caller passes both files' bytes, so that a browser can fetch them.
 */
export function instantiateEngine(relaxed: Uint8Array<ArrayBuffer> | null, exact: Uint8Array<ArrayBuffer>): Backend {
  if (relaxed && WebAssembly.validate(relaxed)) {
    const exports = instantiate(new WebAssembly.Module(relaxed));
    if (exports.fuses() === 1) return wasmBackend("wasm-relaxed", exports);
  }
  return wasmBackend("wasm-exact", instantiate(new WebAssembly.Module(exact)));
}

const roundUp = (size: number): number => Math.ceil(size / 64) * 64;

function wasmBackend(name: string, wasm: Exports): Backend {
  const handles = new WeakMap<Uint8Array, number>();
  const unused = new FinalizationRegistry<number>((handle) => wasm.discard(handle));
  // One memory block for the tensors of a call. It grows on demand and is never freed.
  let [area, room] = [0, 0];
  const reserve = (size: number): number => {
    if (size > room) {
      if (area !== 0) wasm.release(area);
      [area, room] = [wasm.allocate(size), size];
      if (area === 0) {
        room = 0;
        throw new EngineError(`out of memory: ${size} bytes of tensors do not fit in WebAssembly's 4 GiB`, {
          remedy: "use the native engine",
        });
      }
    }
    // Addresses beyond 2 GiB are returned as negative numbers.
    return area >>> 0;
  };
  const bytesAt = (address: number, length: number): Uint8Array => new Uint8Array(wasm.memory.buffer, address, length);
  const lastError = (): Error => {
    const text = bytesAt(wasm.lastError(), 200);
    return new InternalError(new TextDecoder().decode(text.slice(0, text.indexOf(0))));
  };
  const prepared = (instruction: Uint8Array): number => {
    const known = handles.get(instruction);
    if (known !== undefined) return known;
    const address = reserve(instruction.length + 1);
    bytesAt(address, instruction.length).set(instruction);
    const handle = wasm.prepare(address, instruction.length);
    if (handle === 0) throw lastError();
    handles.set(instruction, handle);
    unused.register(instruction, handle);
    return handle;
  };
  const dataTree = (data: Uint8Array): Uint8Array => {
    const size = 32 * (2 ** (treeDepth(data.length) + 1) - 1);
    const at = reserve(roundUp(data.length) + size);
    bytesAt(at, data.length).set(data);
    const nodes = at + roundUp(data.length);
    wasm.dataTree(at, data.length, nodes);
    return bytesAt(nodes, size).slice();
  };
  return {
    name,
    execute: (instruction, operands, target, [c0 = 0, c1 = 0, c2 = 0], from = 0, to = -1) => {
      const handle = prepared(instruction);
      const tensors = [...operands, target];
      const table = roundUp(8 * tensors.length);
      const start = reserve(tensors.reduce((sum, { length }) => sum + roundUp(length), table));
      const places = new Uint32Array(wasm.memory.buffer, start, 2 * tensors.length);
      let at = start + table;
      for (const [i, bytes] of tensors.entries()) {
        bytesAt(at, bytes.length).set(bytes);
        places.set([at, bytes.length], 2 * i);
        at += roundUp(bytes.length);
      }
      const result = at - roundUp(target.length);
      if (wasm.execute(handle, start, operands.length, c0, c1, c2, from, to, 0) === 0) throw lastError();
      // The memory can have grown and moved.
      target.set(bytesAt(result, target.length));
    },
    dataTree,
    dataRoot: (data) => dataTree(data).slice(-32),
  };
}

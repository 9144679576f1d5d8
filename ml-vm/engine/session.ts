import { ElenchError } from "@elench/errors/elench-error";
import { encodeInstruction } from "../program/codec.ts";
import { dtypeSpec } from "../program/dtype.ts";
import type { Model } from "../program/model.ts";
import {
  elementCount,
  type Instruction,
  type Operand,
  type TensorInstruction,
  type TensorType,
} from "../program/program.ts";
import type { Backend } from "./backend.ts";
import { coversTarget } from "./coverage.ts";
import { BufferPool, type TensorBuffer } from "./pool.ts";

const byteSize = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;

/** The bytes aligned for vector loads: a copy if they do not begin at a multiple of 64. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 64 === 0 ? bytes : bytes.slice());

type Step =
  | {
      readonly kind: "tensor";
      readonly instruction: TensorInstruction;
      readonly bytes: Uint8Array;
      readonly covers: boolean;
    }
  | Exclude<Instruction, TensorInstruction>;

/**
 * A model ready to run. It computes outputs only, without hashes or a trace. One run at a time; buffers are reused
 * between runs.
 */
export class Session {
  readonly #model: Model;
  readonly #backend: Backend;
  readonly #weights: readonly TensorBuffer[];
  readonly #steps: readonly Step[];
  readonly #pool = new BufferPool();

  /** @throws Error if a weight does not have the size of its type. */
  constructor(model: Model, backend: Backend) {
    const { program, weights } = model;
    checkSizes("weight", program.weights, weights);
    this.#model = model;
    this.#backend = backend;
    this.#weights = weights.map((bytes) => ({ bytes: aligned(bytes), uses: Number.POSITIVE_INFINITY }));
    this.#steps = program.instructions.map((instruction): Step => {
      if (instruction.kind !== "tensor") return instruction;
      const elements = elementCount((program.tensors[instruction.target] as TensorType).shape);
      const bytes = encodeInstruction(instruction);
      return { kind: "tensor", instruction, bytes, covers: coversTarget(instruction, elements) };
    });
  }

  /**
   * @param inputs row-major little-endian bytes of each input.
   * @returns bytes of each output, owned by the caller.
   * @throws Error if an input does not have the size of its type.
   */
  run(inputs: readonly Uint8Array[]): Uint8Array[] {
    const { program, inputNames } = this.#model;
    checkSizes("input", program.inputs, inputs, inputNames);
    const table = new Table(program.tensors, this.#pool, {
      input: inputs.map((bytes) => ({ bytes: aligned(bytes), uses: Number.POSITIVE_INFINITY })),
      weight: this.#weights,
    });
    try {
      this.#walk(table);
      return Array.from({ length: program.outputs }, (_, i) =>
        table.read({ space: "tensor", index: i, depth: 0 }).slice(),
      );
    } finally {
      table.clear();
    }
  }

  #walk(table: Table): void {
    const counters = [0, 0, 0];
    for (let pc = 0; pc < this.#steps.length; ) {
      const step = this.#steps[pc++] as Step;
      switch (step.kind) {
        case "tensor": {
          const operands = step.instruction.operands.map((operand) => table.read(operand));
          this.#backend.execute(step.bytes, operands, table.write(step.instruction.target, step.covers), counters);
          break;
        }
        case "loop":
          counters[step.depth] = 0;
          break;
        case "end": {
          const next = (counters[step.depth] as number) + 1;
          const again = next < step.count && !(step.halt !== null && table.firstByte(step.halt) !== 0);
          counters[step.depth] = again ? next : 0;
          if (again) pc = step.start;
          break;
        }
        case "move":
          table.move(step.target, step.source);
          break;
        case "drop":
          table.drop(step.target);
      }
    }
  }
}

/** The tensors do not match the model's inputs. */
export class WrongTensors extends ElenchError {
  override readonly name = "WrongTensors";
  override readonly kind = "input";
}

function checkSizes(
  what: string,
  types: readonly TensorType[],
  given: readonly Uint8Array[],
  names: readonly string[] = [],
): void {
  if (given.length !== types.length)
    throw new WrongTensors(`the model has ${types.length} ${what}s, but ${given.length} were given`);
  for (const [i, type] of types.entries()) {
    const [expected, actual] = [byteSize(type), (given[i] as Uint8Array).length];
    if (actual === expected) continue;
    const name = names[i] ? ` (${names[i]})` : "";
    throw new WrongTensors(
      `${what} ${i}${name} is ${type.dtype}[${type.shape}], ${expected} bytes, but ${actual} bytes were given`,
    );
  }
}

/** The tensor table of a run: each entry is empty or a buffer. Entries can share a buffer until one of them is written. */
class Table {
  readonly #types: readonly TensorType[];
  readonly #pool: BufferPool;
  readonly #spaces: { readonly input: readonly TensorBuffer[]; readonly weight: readonly TensorBuffer[] };
  readonly #entries: (TensorBuffer | null)[];

  constructor(
    types: readonly TensorType[],
    pool: BufferPool,
    spaces: { input: readonly TensorBuffer[]; weight: readonly TensorBuffer[] },
  ) {
    this.#types = types;
    this.#pool = pool;
    this.#spaces = spaces;
    this.#entries = types.map(() => null);
  }

  /** The bytes of an entry. An empty one is filled with zeros first. */
  #content({ space, index }: Operand): TensorBuffer {
    if (space !== "tensor") return this.#spaces[space][index] as TensorBuffer;
    const entry = this.#entries[index];
    if (entry) return entry;
    const zeros = this.#pool.take(byteSize(this.#types[index] as TensorType));
    zeros.bytes.fill(0);
    this.#entries[index] = zeros;
    return zeros;
  }

  read(operand: Operand): Uint8Array {
    return this.#content(operand).bytes;
  }

  firstByte(index: number): number {
    return this.#entries[index]?.bytes[0] ?? 0;
  }

  /** Bytes to write to, with the former content unless every element will be written (`covers`). */
  write(index: number, covers: boolean): Uint8Array {
    const former = this.#entries[index] ?? null;
    if (former?.uses === 1) return former.bytes;
    const fresh = this.#pool.take(byteSize(this.#types[index] as TensorType));
    if (!covers) {
      if (former) fresh.bytes.set(former.bytes);
      else fresh.bytes.fill(0);
    }
    this.#set(index, fresh);
    return fresh.bytes;
  }

  move(target: number, source: Operand): void {
    const buffer = this.#content(source);
    buffer.uses++;
    this.#set(target, buffer);
  }

  drop(index: number): void {
    this.#set(index, null);
  }

  clear(): void {
    for (const index of this.#entries.keys()) this.drop(index);
  }

  #set(index: number, buffer: TensorBuffer | null): void {
    const former = this.#entries[index];
    this.#entries[index] = buffer;
    if (former && --former.uses === 0) this.#pool.give(former);
  }
}

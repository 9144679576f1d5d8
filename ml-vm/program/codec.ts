import {
  DIMENSION_BYTES,
  FLAG_CLAMP,
  FLAG_SCAN,
  INDIRECT_MASK,
  KINDS,
  LAYOUTS,
  NO_TENSOR,
  SPACES,
} from "@elench/spec/tensor/encoding";
import { FIELD_BYTES, type Layout } from "@elench/spec/tensor/layout";
import { SCALAR_TYPES, SCALARS } from "@elench/spec/tensor/scalars";
import { dtypeFromCode, dtypeSpec } from "./dtype.ts";
import { EncodingError } from "./encoding-error.ts";
import { codeOf, OP_NAMES } from "./ops.ts";
import type {
  Constant,
  Coordinate,
  Instruction,
  Operand,
  Read,
  Stage,
  TensorInstruction,
  TensorType,
  Term,
  View,
} from "./program.ts";

/**
 * Canonical bytes of types and instructions: big-endian, no padding, one encoding for each value
 * (docs/tensor-machine.md, "Encoding"). `decodeInstruction(encodeInstruction(x))` is x, and no other bytes decode to x.
 */

/** The fields of a layout: 64 bits as a bigint, less as a number. */
type Fields<L extends Layout> = { -readonly [K in keyof L]: L[K] extends "u64" ? bigint : number };

class Writer {
  readonly #bytes: number[] = [];

  uint(size: 1 | 2 | 4, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new EncodingError(`${value} does not fit an unsigned field of ${size} bytes`);
    }
    for (let i = size - 1; i >= 0; i--) this.#bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff);
  }

  #int32(value: number): void {
    if (value !== (value | 0)) throw new EncodingError(`${value} does not fit a signed field of 4 bytes`);
    this.uint(4, value >>> 0);
  }

  #word64(value: bigint): void {
    if (value < 0n || value >> 64n) throw new EncodingError(`${value} does not fit a field of 8 bytes`);
    this.uint(4, Number(value >> 32n));
    this.uint(4, Number(value & 0xffffffffn));
  }

  record<L extends Layout>(layout: L, fields: Fields<L>): void {
    for (const [name, type] of Object.entries(layout)) {
      const value = fields[name] as number | bigint;
      if (type === "u64") this.#word64(value as bigint);
      else if (type === "i32") this.#int32(value as number);
      else this.uint(FIELD_BYTES[type], value as number);
    }
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.uint(1, items.length);
    for (const item of items) write(item);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

class Reader {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  uint(size: 1 | 2 | 4): number {
    if (this.#at + size > this.#data.length)
      throw new EncodingError(`instruction ends at byte ${this.#data.length}, inside a field`);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#data[this.#at++] as number);
    return value;
  }

  #word64(): bigint {
    return (BigInt(this.uint(4)) << 32n) | BigInt(this.uint(4));
  }

  /** The instruction's kind, without consuming the byte. */
  peek(): number | undefined {
    return this.#data[this.#at];
  }

  record<L extends Layout>(layout: L): Fields<L> {
    const fields: Record<string, number | bigint> = {};
    for (const [name, type] of Object.entries(layout)) {
      if (type === "u64") fields[name] = this.#word64();
      else if (type === "i32") fields[name] = this.uint(4) | 0;
      else fields[name] = this.uint(FIELD_BYTES[type]);
    }
    return fields as Fields<L>;
  }

  list<T>(read: () => T, length = this.uint(1)): T[] {
    return Array.from({ length }, read);
  }

  end(): void {
    if (this.#at !== this.#data.length)
      throw new EncodingError(`${this.#data.length - this.#at} bytes follow the instruction`);
  }
}

function pick<T>(list: readonly T[], index: number, what: string): T {
  const item = list[index];
  if (item === undefined) throw new EncodingError(`no ${what} has code ${index}`);
  return item;
}

function writeOperand(w: Writer, { space, index, depth }: Operand): void {
  w.record(LAYOUTS.operand, { space: SPACES.indexOf(space), index, depth });
}

function readOperand(r: Reader): Operand {
  const { space, index, depth } = r.record(LAYOUTS.operand);
  return { space: pick(SPACES, space, "operand space"), index, depth };
}

function writeConstant(w: Writer, { type, bits }: Constant): void {
  w.record(LAYOUTS.constant, { type: SCALARS[type].code, bits });
}

function readConstant(r: Reader): Constant {
  const { type, bits } = r.record(LAYOUTS.constant);
  return { type: pick(SCALAR_TYPES, type, "scalar type"), bits };
}

function writeView(w: Writer, view: View): void {
  w.list(view, ({ stride, extent, offset, outside, indirect, terms }) => {
    const flags = (outside === "clamp" ? FLAG_CLAMP : 0) | (indirect === null ? 0 : indirect + 1);
    w.record(LAYOUTS.coordinate, { stride, extent, offset, flags, terms: terms.length });
    for (const term of terms) w.record(LAYOUTS.term, { ...term });
  });
}

function readView(r: Reader): View {
  return r.list((): Coordinate => {
    const { stride, extent, offset, flags, terms } = r.record(LAYOUTS.coordinate);
    const indirect = flags & INDIRECT_MASK;
    return {
      stride,
      extent,
      offset,
      outside: flags & FLAG_CLAMP ? "clamp" : "pad",
      indirect: indirect ? indirect - 1 : null,
      terms: r.list((): Term => r.record(LAYOUTS.term), terms),
    };
  });
}

function writeStage(w: Writer, stage: Stage): void {
  w.list(stage.reads, ({ operand, dtype, pad, view }) => {
    w.record(LAYOUTS.read, { operand, dtype: dtypeSpec(dtype).code, pad });
    writeView(w, view);
  });
  w.list(stage.constants, (constant) => writeConstant(w, constant));
  w.list(stage.code, ({ op, a, b, c }) => w.record(LAYOUTS.operation, { code: codeOf(op), a, b, c }));
  w.list(stage.outs, (out) => w.uint(1, out));
}

function readStage(r: Reader): Stage {
  return {
    reads: r.list((): Read => {
      const { operand, dtype, pad } = r.record(LAYOUTS.read);
      return { operand, dtype: dtypeFromCode(dtype), pad, view: readView(r) };
    }),
    constants: r.list(() => readConstant(r)),
    code: r.list(() => {
      const { code, a, b, c } = r.record(LAYOUTS.operation);
      const op = OP_NAMES.get(code);
      if (op === undefined) throw new EncodingError(`no scalar operation has code 0x${code.toString(16)}`);
      return { op, a, b, c };
    }),
    outs: r.list(() => r.uint(1)),
  };
}

export function encodeInstruction(instruction: Instruction): Uint8Array {
  const w = new Writer();
  const kind = KINDS[instruction.kind];
  switch (instruction.kind) {
    case "loop":
      w.record(LAYOUTS.loop, { ...instruction, kind });
      break;
    case "end":
      w.record(LAYOUTS.end, { ...instruction, kind, halt: instruction.halt ?? NO_TENSOR });
      break;
    case "move":
      w.record(LAYOUTS.move, { kind, target: instruction.target });
      writeOperand(w, instruction.source);
      break;
    case "drop":
      w.record(LAYOUTS.drop, { ...instruction, kind });
      break;
    case "tensor": {
      const { scan, target, targetDepth, targetDtype } = instruction;
      const flags = scan ? FLAG_SCAN : 0;
      w.record(LAYOUTS.tensor, { kind, flags, target, targetDepth, targetDtype: dtypeSpec(targetDtype).code });
      w.list(instruction.operands, (operand) => writeOperand(w, operand));
      for (const space of [instruction.dims, instruction.reduction, instruction.innerReduction])
        w.list(space, (n) => w.uint(DIMENSION_BYTES, n));
      w.list(instruction.accumulators, (c) => writeConstant(w, c));
      w.list(instruction.innerAccumulators, (c) => writeConstant(w, c));
      writeView(w, instruction.write);
      if (instruction.inner) writeStage(w, instruction.inner);
      if (instruction.body) writeStage(w, instruction.body);
      writeStage(w, instruction.finish);
    }
  }
  return w.bytes();
}

/** @throws EncodingError if the bytes are not the canonical encoding of an instruction. `check.ts` checks the meaning. */
export function decodeInstruction(bytes: Uint8Array): Instruction {
  const r = new Reader(bytes);
  const instruction = readInstruction(r);
  r.end();
  return instruction;
}

function readInstruction(r: Reader): Instruction {
  const kind = r.peek();
  switch (kind) {
    case KINDS.loop:
      return { ...r.record(LAYOUTS.loop), kind: "loop" };
    case KINDS.end: {
      const { depth, count, start, halt } = r.record(LAYOUTS.end);
      return { kind: "end", depth, count, start, halt: halt === NO_TENSOR ? null : halt };
    }
    case KINDS.move:
      return { kind: "move", target: r.record(LAYOUTS.move).target, source: readOperand(r) };
    case KINDS.drop:
      return { kind: "drop", target: r.record(LAYOUTS.drop).target };
    case KINDS.tensor:
      return readTensorInstruction(r);
    case undefined:
      throw new EncodingError("an instruction has at least one byte, its kind; there is none");
    default:
      throw new EncodingError(`no instruction has kind ${kind}`);
  }
}

function readTensorInstruction(r: Reader): TensorInstruction {
  const { flags, target, targetDepth, targetDtype } = r.record(LAYOUTS.tensor);
  if (flags & ~FLAG_SCAN) throw new EncodingError(`unknown flags 0x${flags.toString(16)}`);
  const dtype = dtypeFromCode(targetDtype);
  const operands = r.list(() => readOperand(r));
  const dims = r.list(() => r.uint(DIMENSION_BYTES));
  const reduction = r.list(() => r.uint(DIMENSION_BYTES));
  const innerReduction = r.list(() => r.uint(DIMENSION_BYTES));
  const accumulators = r.list(() => readConstant(r));
  const innerAccumulators = r.list(() => readConstant(r));
  const write = readView(r);
  const inner = innerAccumulators.length > 0 ? readStage(r) : null;
  const body = accumulators.length > 0 ? readStage(r) : null;
  const finish = readStage(r);
  const scan = (flags & FLAG_SCAN) !== 0;
  return {
    kind: "tensor",
    target,
    targetDepth,
    targetDtype: dtype,
    write,
    operands,
    dims,
    reduction,
    innerReduction,
    scan,
    accumulators,
    innerAccumulators,
    inner,
    body,
    finish,
  };
}

/** Types of inputs, weights and table, in this order: as the model id commits to them. */
export function encodeTypes(types: readonly TensorType[]): Uint8Array {
  const w = new Writer();
  for (const { dtype, shape } of types) {
    w.record(LAYOUTS.type, { dtype: dtypeSpec(dtype).code, rank: shape.length });
    for (const n of shape) w.uint(DIMENSION_BYTES, n);
  }
  return w.bytes();
}

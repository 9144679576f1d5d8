import { dtypeFromCode, dtypeSpec } from "./dtype.ts";
import { OP_NAMES, OPS } from "./ops.ts";
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
 * (docs/tensor-machine.md, "Encoding"). `decodeInstruction(encodeInstruction(x))` is x, and nothing else decodes to x.
 */

const KIND = { tensor: 1, loop: 2, end: 3, move: 4, drop: 5 } as const;
const SPACES = ["input", "weight", "tensor"] as const;
const SCALARS = ["f32", "f64", "int"] as const;
const FLAG_SCAN = 1;
const NONE = 0xffff;

class Writer {
  readonly #bytes: number[] = [];

  uint(size: 1 | 2 | 4, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new RangeError(`${value} does not fit an unsigned field of ${size} bytes`);
    }
    for (let i = size - 1; i >= 0; i--) this.#bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff);
  }

  int32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} does not fit a signed field of 4 bytes`);
    this.uint(4, value >>> 0);
  }

  word64(value: bigint): void {
    if (value < 0n || value >> 64n) throw new RangeError(`${value} does not fit a field of 8 bytes`);
    this.uint(4, Number(value >> 32n));
    this.uint(4, Number(value & 0xffffffffn));
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
      throw new RangeError(`instruction ends at byte ${this.#data.length}, inside a field`);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#data[this.#at++] as number);
    return value;
  }

  int32(): number {
    return this.uint(4) | 0;
  }

  word64(): bigint {
    return (BigInt(this.uint(4)) << 32n) | BigInt(this.uint(4));
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.uint(1) }, read);
  }

  end(): void {
    if (this.#at !== this.#data.length)
      throw new RangeError(`${this.#data.length - this.#at} bytes follow the instruction`);
  }
}

function pick<T>(list: readonly T[], index: number, what: string): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no ${what} has code ${index}`);
  return item;
}

function writeOperand(w: Writer, operand: Operand): void {
  w.uint(1, SPACES.indexOf(operand.space));
  w.uint(2, operand.index);
  w.uint(1, operand.depth);
}

function readOperand(r: Reader): Operand {
  return { space: pick(SPACES, r.uint(1), "operand space"), index: r.uint(2), depth: r.uint(1) };
}

function writeConstant(w: Writer, constant: Constant): void {
  w.uint(1, SCALARS.indexOf(constant.type));
  w.word64(constant.bits);
}

function readConstant(r: Reader): Constant {
  return { type: pick(SCALARS, r.uint(1), "scalar type"), bits: r.word64() };
}

function writeView(w: Writer, view: View): void {
  w.list(view, (c) => {
    w.uint(4, c.stride);
    w.uint(4, c.extent);
    w.int32(c.offset);
    // One byte for both: bit 7 is `clamp`, the rest is 1 + the read that the coordinate adds, or 0.
    w.uint(1, (c.outside === "clamp" ? 0x80 : 0) | (c.indirect === null ? 0 : c.indirect + 1));
    w.list(c.terms, (t) => {
      w.uint(1, t.variable);
      w.uint(1, t.shift);
      w.uint(1, t.bits);
      w.int32(t.factor);
    });
  });
}

function readView(r: Reader): View {
  return r.list((): Coordinate => {
    const stride = r.uint(4);
    const extent = r.uint(4);
    const offset = r.int32();
    const flags = r.uint(1);
    const terms = r.list((): Term => ({ variable: r.uint(1), shift: r.uint(1), bits: r.uint(1), factor: r.int32() }));
    const indirect = flags & 0x7f;
    return {
      stride,
      extent,
      offset,
      outside: flags & 0x80 ? "clamp" : "pad",
      indirect: indirect ? indirect - 1 : null,
      terms,
    };
  });
}

function writeStage(w: Writer, stage: Stage): void {
  w.list(stage.reads, (read) => {
    w.uint(1, read.operand);
    w.uint(1, dtypeSpec(read.dtype).code);
    w.word64(read.pad);
    writeView(w, read.view);
  });
  w.list(stage.constants, (constant) => writeConstant(w, constant));
  w.list(stage.code, ({ op, a, b, c }) => {
    const spec = OPS.get(op);
    if (!spec) throw new RangeError(`no scalar operation is called ${op}`);
    w.uint(1, spec.code);
    w.uint(1, a);
    w.uint(1, b);
    w.uint(1, c);
  });
  w.list(stage.outs, (out) => w.uint(1, out));
}

function readStage(r: Reader): Stage {
  return {
    reads: r.list(
      (): Read => ({ operand: r.uint(1), dtype: dtypeFromCode(r.uint(1)), pad: r.word64(), view: readView(r) }),
    ),
    constants: r.list(() => readConstant(r)),
    code: r.list(() => {
      const code = r.uint(1);
      const op = OP_NAMES.get(code);
      if (op === undefined) throw new RangeError(`no scalar operation has code 0x${code.toString(16)}`);
      return { op, a: r.uint(1), b: r.uint(1), c: r.uint(1) };
    }),
    outs: r.list(() => r.uint(1)),
  };
}

export function encodeInstruction(instruction: Instruction): Uint8Array {
  const w = new Writer();
  w.uint(1, KIND[instruction.kind]);
  switch (instruction.kind) {
    case "loop":
      w.uint(1, instruction.depth);
      w.uint(4, instruction.count);
      break;
    case "end":
      w.uint(1, instruction.depth);
      w.uint(4, instruction.count);
      w.uint(4, instruction.start);
      w.uint(2, instruction.halt ?? NONE);
      break;
    case "move":
      w.uint(2, instruction.target);
      writeOperand(w, instruction.source);
      break;
    case "drop":
      w.uint(2, instruction.target);
      break;
    case "tensor":
      w.uint(1, instruction.scan ? FLAG_SCAN : 0);
      w.uint(2, instruction.target);
      w.uint(1, instruction.targetDepth);
      w.uint(1, dtypeSpec(instruction.targetDtype).code);
      w.list(instruction.operands, (operand) => writeOperand(w, operand));
      for (const space of [instruction.dims, instruction.reduction, instruction.innerReduction])
        w.list(space, (n) => w.uint(4, n));
      w.list(instruction.accumulators, (c) => writeConstant(w, c));
      w.list(instruction.innerAccumulators, (c) => writeConstant(w, c));
      writeView(w, instruction.write);
      if (instruction.inner) writeStage(w, instruction.inner);
      if (instruction.body) writeStage(w, instruction.body);
      writeStage(w, instruction.finish);
  }
  return w.bytes();
}

/** @throws RangeError where the bytes are not the canonical encoding of an instruction. Meaning is checked by `check.ts`. */
export function decodeInstruction(bytes: Uint8Array): Instruction {
  const r = new Reader(bytes);
  const instruction = readInstruction(r);
  r.end();
  return instruction;
}

function readInstruction(r: Reader): Instruction {
  const kind = r.uint(1);
  switch (kind) {
    case KIND.loop:
      return { kind: "loop", depth: r.uint(1), count: r.uint(4) };
    case KIND.end: {
      const [depth, count, start, halt] = [r.uint(1), r.uint(4), r.uint(4), r.uint(2)];
      return { kind: "end", depth, count, start, halt: halt === NONE ? null : halt };
    }
    case KIND.move:
      return { kind: "move", target: r.uint(2), source: readOperand(r) };
    case KIND.drop:
      return { kind: "drop", target: r.uint(2) };
    case KIND.tensor:
      return readTensorInstruction(r);
    default:
      throw new RangeError(`no instruction has kind ${kind}`);
  }
}

function readTensorInstruction(r: Reader): TensorInstruction {
  const flags = r.uint(1);
  if (flags & ~FLAG_SCAN) throw new RangeError(`unknown flags 0x${flags.toString(16)}`);
  const target = r.uint(2);
  const targetDepth = r.uint(1);
  const targetDtype = dtypeFromCode(r.uint(1));
  const operands = r.list(() => readOperand(r));
  const dims = r.list(() => r.uint(4));
  const reduction = r.list(() => r.uint(4));
  const innerReduction = r.list(() => r.uint(4));
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
    targetDtype,
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

/** Types of inputs, weights and table, in this order: what the model id binds of them. */
export function encodeTypes(types: readonly TensorType[]): Uint8Array {
  const w = new Writer();
  for (const { dtype, shape } of types) {
    w.uint(1, dtypeSpec(dtype).code);
    w.list(shape, (n) => w.uint(4, n));
  }
  return w.bytes();
}

import { InternalError } from "@elench/errors/internal-error";

/**
 * Finds floating-point instructions in a WebAssembly module (Core Specification 2.0, 5.4 and 5.5): the proof that
 * softfloat computes with integers only. Vector instructions are not in its scope and are an error.
 */

const CODE_SECTION = 10;

/** Inclusive ranges of one-byte opcodes that load, store, compare, compute or convert floats. */
const FLOAT_RANGES: readonly (readonly [number, number])[] = [
  [0x2a, 0x2b], // f32.load, f64.load
  [0x38, 0x39], // f32.store, f64.store
  [0x43, 0x44], // f32.const, f64.const
  [0x5b, 0x66], // comparisons
  [0x8b, 0xa6], // arithmetic
  [0xa8, 0xab], // i32.trunc_f32_s ... i32.trunc_f64_u
  [0xae, 0xb1], // i64.trunc_f32_s ... i64.trunc_f64_u
  [0xb2, 0xbf], // convert, demote, promote, reinterpret
];

/** Number of LEB128 immediates after a one-byte opcode; the other opcodes have none, or are handled individually. */
const LEB_IMMEDIATES: ReadonlyMap<number, number> = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0xd0, 0xd2].map((code): [number, number] => [code, 1]),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42].map((code): [number, number] => [code, 1]),
  [0x11, 2],
  ...Array.from({ length: 0x3e - 0x28 + 1 }, (_, i): [number, number] => [0x28 + i, 2]),
]);

/** Number of LEB128 immediates after 0xfc and each of its sub-opcodes 0 to 17; the first eight convert floats. */
const LEB_IMMEDIATES_FC = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

class Reader {
  readonly bytes: Uint8Array;
  offset: number;

  constructor(bytes: Uint8Array, offset: number) {
    this.bytes = bytes;
    this.offset = offset;
  }

  byte(): number {
    const byte = this.bytes[this.offset++];
    if (byte === undefined) throw new InternalError("the WebAssembly module is truncated");
    return byte;
  }

  /** Reads an unsigned LEB128; also skips a signed one correctly. */
  leb(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  skipLebs(count: number): void {
    for (let i = 0; i < count; i++) this.leb();
  }
}

/** Skips one instruction. @returns its opcode if it is a floating-point one. */
function floatInstruction(reader: Reader): string | undefined {
  const at = reader.offset;
  const code = reader.byte();
  if (code === 0xfc) {
    const sub = reader.leb();
    const immediates = LEB_IMMEDIATES_FC[sub];
    if (immediates === undefined) throw new InternalError(`unknown instruction 0xfc ${sub} at byte ${at}`);
    reader.skipLebs(immediates);
    return sub < 8 ? `0xfc ${sub} at byte ${at}` : undefined;
  }
  if (code > 0xc4 && code !== 0xd0 && code !== 0xd1 && code !== 0xd2) {
    throw new InternalError(`unknown instruction 0x${code.toString(16)} at byte ${at}`);
  }
  if (code === 0x0e) reader.skipLebs(reader.leb() + 1);
  else if (code === 0x1c) reader.skipLebs(reader.leb());
  else if (code === 0x43) reader.offset += 4;
  else if (code === 0x44) reader.offset += 8;
  else reader.skipLebs(LEB_IMMEDIATES.get(code) ?? 0);
  const isFloat = FLOAT_RANGES.some(([first, last]) => code >= first && code <= last);
  return isFloat ? `0x${code.toString(16)} at byte ${at}` : undefined;
}

/** The floating-point instructions of a module, each as opcode and offset. @throws InternalError on unknown instructions. */
export function floatInstructions(module: Uint8Array): string[] {
  const found: string[] = [];
  const reader = new Reader(module, 8);
  let searched = false;
  while (reader.offset < module.length) {
    const section = reader.byte();
    const size = reader.leb();
    const end = reader.offset + size;
    if (section === CODE_SECTION) {
      searched = true;
      for (let functions = reader.leb(); functions > 0; functions--) {
        const bodySize = reader.leb();
        const bodyEnd = reader.offset + bodySize;
        for (let groups = reader.leb(); groups > 0; groups--) reader.skipLebs(2);
        while (reader.offset < bodyEnd) {
          const instruction = floatInstruction(reader);
          if (instruction !== undefined) found.push(instruction);
        }
        if (reader.offset !== bodyEnd)
          throw new InternalError(`a function body ends inside an instruction at byte ${bodyEnd}`);
      }
    }
    reader.offset = end;
  }
  if (!searched) throw new InternalError("the WebAssembly module has no code section");
  return found;
}

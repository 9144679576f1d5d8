import { wordBytes } from "@elench/bytes/words";
import { OP } from "@elench/spec/evm/opcodes";

const PUSH2 = OP.PUSH1 + 1;

/** A place in a program, by the order of `label()`. */
export type Label = number;

/** Writes bytecode front to back; what is embedded comes behind all of it. Offsets within the program are pushed by PUSH2. */
export class Assembler {
  readonly #bytes: number[] = [];
  readonly #places: number[] = [];
  readonly #uses: { readonly at: number; readonly label: Label }[] = [];
  readonly #embedded: { readonly label: Label; readonly bytes: Uint8Array }[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  op(...codes: readonly number[]): void {
    this.#bytes.push(...codes);
  }

  /** PUSH in as few bytes as the value has; @param width bytes of the operand, to have more. */
  push(value: bigint | number, width = 0): void {
    const word = wordBytes(value);
    const first = word.findIndex((byte) => byte !== 0);
    const digits = first < 0 ? 0 : 32 - first;
    const size = Math.max(width, digits);
    this.op(OP.PUSH0 + size, ...word.subarray(32 - size));
  }

  /** Arguments so that the first is on top, then the opcode. */
  apply(code: number, ...args: readonly (bigint | number)[]): void {
    for (const arg of [...args].reverse()) this.push(arg);
    this.op(code);
  }

  /** A label that is yet to be placed. */
  label(): Label {
    this.#places.push(-1);
    return this.#places.length - 1;
  }

  place(label: Label): void {
    this.#places[label] = this.length;
  }

  /** Pushes the offset of a label, some bytes away from it if wanted. */
  pushLabel(label: Label): void {
    this.op(PUSH2, 0, 0);
    this.#uses.push({ at: this.length - 2, label });
  }

  /** Puts bytes behind the program. @returns where they are. */
  embed(bytes: Uint8Array): Label {
    const label = this.label();
    this.#embedded.push({ label, bytes });
    return label;
  }

  assemble(): Uint8Array {
    for (const { label, bytes } of this.#embedded) {
      this.place(label);
      for (const byte of bytes) this.#bytes.push(byte);
    }
    const code = Uint8Array.from(this.#bytes);
    for (const { at, label } of this.#uses) {
      const place = this.#places[label] as number;
      code.set([place >> 8, place & 255], at);
    }
    return code;
  }
}

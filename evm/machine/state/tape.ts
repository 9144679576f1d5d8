import { concat } from "@elench/bytes/concat";
import { joinWords, type Word } from "@elench/bytes/words";

/** A witness under construction: what a step opens, in order (docs/evm-machine.md, "Witnesses"). */
export class Tape {
  readonly #parts: Uint8Array[] = [];

  words(words: readonly Word[]): void {
    this.#parts.push(joinWords(words));
  }

  bytes(...parts: readonly Uint8Array[]): void {
    this.#parts.push(...parts);
  }

  uint(value: number, size: 1 | 2 | 4): void {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[size - 1 - i] = value >>> (8 * i);
    this.#parts.push(bytes);
  }

  get witness(): Uint8Array {
    return concat(...this.#parts);
  }
}

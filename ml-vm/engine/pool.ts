/** Memory of a tensor, with the number of table entries that share it; inputs and weights count as used for ever. */
export interface TensorBuffer {
  readonly bytes: Uint8Array;
  uses: number;
}

/** Buffers that are not in use, by size, so that a run asks for no fresh memory once it has run before. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>();

  /** A buffer used once; its content is whatever it was. */
  take(size: number): TensorBuffer {
    return { bytes: this.#free.get(size)?.pop() ?? new Uint8Array(size), uses: 1 };
  }

  give({ bytes }: TensorBuffer): void {
    const list = this.#free.get(bytes.length);
    if (list) list.push(bytes);
    else this.#free.set(bytes.length, [bytes]);
  }
}

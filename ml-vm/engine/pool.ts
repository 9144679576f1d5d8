/** Memory of a tensor, with the number of table entries that share it; inputs and weights are never released. */
export interface TensorBuffer {
  readonly bytes: Uint8Array;
  uses: number;
}

/** Free buffers by size, so that repeated runs allocate no memory. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>();

  /** A buffer with one use; its content is arbitrary. */
  take(size: number): TensorBuffer {
    return { bytes: this.#free.get(size)?.pop() ?? new Uint8Array(size), uses: 1 };
  }

  give({ bytes }: TensorBuffer): void {
    const list = this.#free.get(bytes.length);
    if (list) list.push(bytes);
    else this.#free.set(bytes.length, [bytes]);
  }
}

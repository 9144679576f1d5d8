import { concat } from "@elench/bytes/concat";
import { leavesOf } from "@elench/merkle/paged-bytes";
import { rangeSiblings } from "@elench/merkle/ranges";
import { dataLeaf, depthOf, type Hash, keccak256, LEAF_BYTES, ListTree } from "@elench/merkle/tree";
import { OP } from "@elench/spec/evm/opcodes";

/** A contract's code under its tree of chunks. While BUILD copies initcode, only its first `built` bytes are in the tree. */
export class Code {
  static readonly NONE = new Code(new Uint8Array(0));

  readonly bytes: Uint8Array;
  readonly built: number;
  #tree: ListTree | undefined;
  #carries: Uint8Array | undefined;
  #destinations: Uint8Array | undefined;

  constructor(bytes: Uint8Array, built = bytes.length) {
    this.bytes = bytes;
    this.built = built;
  }

  get size(): number {
    return this.bytes.length;
  }

  /** Root of the tree; 0 for empty code. */
  get root(): Hash {
    return this.#chunks.root;
  }

  /** The same code with its first `built` bytes in the tree. */
  upTo(built: number): Code {
    const more = new Code(this.bytes, built);
    more.#carries = this.#carries;
    more.#destinations = this.#destinations;
    return more;
  }

  isDestination(pc: number): boolean {
    this.#scan();
    return (this.#destinations as Uint8Array)[pc] === 1;
  }

  /** Opens the chunk that holds a byte: carry ‖ 128 bytes ‖ siblings. */
  openChunk(pc: number): Uint8Array {
    const index = Math.floor(pc / LEAF_BYTES);
    return concat(this.#chunk(index), ...this.#chunks.path(index));
  }

  /** Opens the chunks that hold a range of bytes: each as carry ‖ 128 bytes, then the siblings. Empty if length is 0. */
  openRange(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const [first, end] = leavesOf(offset, length);
    const chunks = Array.from({ length: end - first }, (_, i) => this.#chunk(first + i));
    return concat(...chunks, ...this.siblings(first, end));
  }

  /** Carry of the chunk at an offset: how many of its first bytes are data of a PUSH. */
  carryAt(offset: number): number {
    this.#scan();
    return (this.#carries as Uint8Array)[offset / LEAF_BYTES] as number;
  }

  /** Siblings of the chunks first … end − 1. */
  siblings(first: number, end: number): Hash[] {
    const tree = this.#chunks;
    return rangeSiblings((height, index) => tree.node(height, index), tree.depth, first, end);
  }

  /** carry ‖ 128 bytes. */
  #chunk(index: number): Uint8Array {
    this.#scan();
    return concat(new Uint8Array([(this.#carries as Uint8Array)[index] as number]), dataLeaf(this.bytes, index));
  }

  get #chunks(): ListTree {
    if (this.#tree) return this.#tree;
    const hashes: Hash[] = [];
    for (let i = 0; i * LEAF_BYTES < this.built; i++) hashes.push(keccak256(this.#chunk(i)));
    this.#tree = new ListTree(hashes, depthOf(Math.ceil(this.size / LEAF_BYTES)));
    return this.#tree;
  }

  #scan(): void {
    if (this.#carries) return;
    const carries = new Uint8Array(Math.ceil(this.size / LEAF_BYTES));
    const destinations = new Uint8Array(this.size);
    for (let pc = 0; pc < this.size; ) {
      const op = this.bytes[pc] as number;
      if (op === OP.JUMPDEST) destinations[pc] = 1;
      const next = pc + 1 + (op >= OP.PUSH1 && op <= OP.PUSH32 ? op - OP.PUSH1 + 1 : 0);
      const chunk = Math.floor(pc / LEAF_BYTES) + 1;
      if (next > chunk * LEAF_BYTES && chunk < carries.length) carries[chunk] = next - chunk * LEAF_BYTES;
      pc = next;
    }
    this.#carries = carries;
    this.#destinations = destinations;
  }
}

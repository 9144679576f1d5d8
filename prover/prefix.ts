import { InternalError } from "@elench/errors/internal-error";
import { climb, type Hash, keccak256, LEAF_BYTES } from "@elench/merkle/tree";
import type { Content } from "@elench/tensor/stepper/content";

/**
 * A partly written result with ascending writes: the finished content below a cut, the former content above. Its tree shares their
 * nodes, except on the path of the leaf that the cut is in.
 */
class Prefix implements Content {
  readonly #final: Content;
  readonly #former: Content;
  readonly #cut: number;
  #root: Hash | undefined;

  /** @param cut first byte of the former content; within both. */
  constructor(final: Content, former: Content, cut: number) {
    this.#final = final;
    this.#former = former;
    this.#cut = cut;
  }

  get bytes(): Uint8Array {
    const bytes = this.#former.bytes.slice();
    bytes.set(this.#final.bytes.subarray(0, this.#cut));
    return bytes;
  }

  get #mixed(): number {
    return Math.floor(this.#cut / LEAF_BYTES);
  }

  get root(): Hash {
    this.#root ??= climb(keccak256(this.leaf(this.#mixed)), this.#mixed, this.path(this.#mixed));
    return this.#root;
  }

  leaf(index: number): Uint8Array {
    if (index !== this.#mixed) return (index < this.#mixed ? this.#final : this.#former).leaf(index);
    const leaf = this.#former.leaf(index);
    leaf.set(this.#final.leaf(index).subarray(0, this.#cut % LEAF_BYTES));
    return leaf;
  }

  /** Siblings of the leaf of the next write, where the cut is. Other leaves are not needed. */
  path(index: number): Hash[] {
    if (index !== this.#mixed)
      throw new InternalError(`leaf ${index} is not the leaf of the next write, ${this.#mixed}`);
    const [left, right] = [this.#final.path(index), this.#former.path(index)];
    return left.map((sibling, height) =>
      Math.floor(index / 2 ** height) % 2 === 1 ? sibling : (right[height] as Hash),
    );
  }
}

/** The final content below byte `cut`, the former one above. */
export function prefixOf(final: Content, former: Content, cut: number): Content {
  if (cut <= 0) return former;
  return cut >= final.bytes.length ? final : new Prefix(final, former, cut);
}

import type { DType } from "@elench/tensor/program/dtype";
import type { Random } from "../../../evm/trie/fixtures/random.ts";
import { once, pick } from "../values.ts";
import type { Tolerance } from "./compare.ts";
import type { Attribute, GraphSpec } from "./graph.ts";
import { type Content, int64s, isFloat, randomTensor, type Tensor } from "./tensor.ts";

/** Draws one node with its inputs and attributes, as a generator of an operator's cases asks for them. */
export class Draw {
  readonly random: Random;
  readonly opset: number;
  readonly op: string;
  #inputs: string[] = [];
  #attributes: Record<string, Attribute> = {};
  #given: { name: string; value: Tensor }[] = [];
  #constants: { name: string; value: Tensor; encoding: "raw" | "typed" }[] = [];
  #outputs: readonly string[] = ["y0"];
  #exact = true;

  constructor(random: Random, op: string, opset: number) {
    this.random = random;
    this.op = op;
    this.opset = opset;
  }

  /** Whether all numbers drawn are multiples of 1/8 up to 4: then sums of some hundred products of two are exact in any order. */
  get exact(): boolean {
    return this.#exact;
  }

  /** From low to high, both included. */
  between(low: number, high: number): number {
    return low + this.random(high - low + 1);
  }

  /** One time in `bound`. */
  once(bound: number): boolean {
    return once(this.random, bound);
  }

  pick<T>(from: readonly T[]): T {
    return pick(this.random, from);
  }

  /** One of the types, without f16 in operator sets where onnxruntime cannot convert it. */
  dtype<T extends DType>(...from: readonly T[]): T {
    return this.pick(this.opset < 6 ? from.filter((dtype) => dtype !== "f16") : from);
  }

  /** Sizes from 1 to `most`, with many ones. */
  shape(rank: number, most = 5): number[] {
    return Array.from({ length: rank }, () => (this.once(5) ? 1 : this.between(1, most)));
  }

  tensor(dtype: DType, shape: readonly number[], content: Content = this.pick(["grid", "grid", "real"])): Tensor {
    if (isFloat(dtype) && content !== "grid") this.#exact = false;
    return randomTensor(this.random, dtype, shape, content);
  }

  /** A shape that broadcasts with `shape`, to which it adds nothing but ones in front. */
  broadcastable(shape: readonly number[]): number[] {
    const kept = shape.slice(this.random(shape.length + 1)).map((n) => (this.once(4) ? 1 : n));
    return this.once(8) && kept.length < 5 ? [1, ...kept] : kept;
  }

  /** An axis of `rank`, counted from the end half of the time. */
  axis(rank: number): number {
    return this.once(2) ? this.random(rank) : this.random(rank) - rank;
  }

  /** Some different axes of `rank` in any order, each counted from either end. */
  axes(rank: number, atLeast = 1): number[] {
    const left = Array.from({ length: rank }, (_, i) => i);
    const taken = Array.from(
      { length: this.between(Math.min(atLeast, rank), rank) },
      () => left.splice(this.random(left.length), 1)[0] as number,
    );
    return taken.map((axis) => (this.once(3) ? axis - rank : axis));
  }

  permutation(rank: number): number[] {
    const left = Array.from({ length: rank }, (_, i) => i);
    return Array.from({ length: rank }, () => left.splice(this.random(left.length), 1)[0] as number);
  }

  /** The next input is the graph's. */
  input(value: Tensor): Tensor {
    const name = `x${this.#inputs.length}`;
    this.#inputs.push(name);
    this.#given.push({ name, value });
    return value;
  }

  /** The next input is an initializer. */
  constant(value: Tensor): Tensor {
    const name = `c${this.#inputs.length}`;
    this.#inputs.push(name);
    this.#constants.push({ name, value, encoding: this.pick(["raw", "typed"]) });
    return value;
  }

  /** The next input is an initializer, or the graph's. */
  parameter(value: Tensor): Tensor {
    return this.once(2) ? this.input(value) : this.constant(value);
  }

  /** The next input is an initializer of int64, as what decides shapes must be. */
  integers(values: readonly (number | bigint)[]): void {
    this.constant(int64s(values));
  }

  /** The next input is left out. */
  skip(): void {
    this.#inputs.push("");
  }

  int(name: string, value: number | bigint): void {
    this.#attributes[name] = { int: value };
  }
  float(name: string, value: number): void {
    this.#attributes[name] = { float: value };
  }
  string(name: string, value: string): void {
    this.#attributes[name] = { string: value };
  }
  ints(name: string, value: readonly (number | bigint)[]): void {
    this.#attributes[name] = { ints: value };
  }
  floats(name: string, value: readonly number[]): void {
    this.#attributes[name] = { floats: value };
  }
  attribute(name: string, value: Attribute): void {
    this.#attributes[name] = value;
  }

  /** An attribute from these half of the time, else its default. @returns what counts */
  maybeInt(name: string, otherwise: number, from: readonly number[]): number {
    if (this.once(2)) return otherwise;
    const value = this.pick(from);
    this.int(name, value);
    return value;
  }
  maybeFloat(name: string, otherwise: number, from: readonly number[]): number {
    if (this.once(2)) return otherwise;
    const value = this.pick(from);
    this.float(name, value);
    return value;
  }

  /** So many outputs, without those whose place is among `omitted`. */
  outputs(count: number, omitted: readonly number[] = []): void {
    this.#outputs = Array.from({ length: count }, (_, i) => (omitted.includes(i) ? "" : `y${i}`));
  }

  graph(): GraphSpec {
    const outputs = this.#outputs;
    const inputs = [...this.#inputs];
    while (inputs.at(-1) === "" && !this.once(4)) inputs.pop();
    return {
      opset: this.opset,
      inputs: this.#given,
      initializers: this.#constants,
      nodes: [{ op: this.op, inputs, outputs, attributes: this.#attributes }],
      outputs: outputs.filter((name) => name !== ""),
    };
  }
}

/**
 * An operator's cases. `since` are the operator sets in which its signature changed; a case is of one of these or a later one.
 * `generate` draws inputs and attributes, and says how far two right results can be apart.
 */
export interface Generator {
  readonly since: readonly number[];
  /** The last operator set that has it, if it was taken out. */
  readonly until?: number;
  /** How often it is drawn, compared with others; 1 unless told. */
  readonly weight?: number;
  readonly generate: (d: Draw) => Tolerance;
}

export type Generators = Readonly<Record<string, Generator>>;

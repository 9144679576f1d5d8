import type { DType } from "@elench/tensor/program/dtype";
import type { Random } from "../../../evm/trie/fixtures/random.ts";
import { once, pick } from "../values.ts";
import { STEPS } from "./chain-steps.ts";
import type { Tolerance } from "./compare.ts";
import { castFacts, type Facts, GREATEST, LARGEST, type Value } from "./facts.ts";
import { type Attribute, type GraphSpec, ONNX_TYPE } from "./graph.ts";
import { count, isFloat, randomTensor, type Tensor } from "./tensor.ts";

/**
 * Random chains of operators, with what each value can be known to be: so that results can be compared as closely as arithmetic
 * allows, and exactly where every step is exact.
 */

export class Chain {
  readonly #random: Random;
  readonly #values: Value[] = [];
  readonly #nodes: GraphSpec["nodes"][number][] = [];
  readonly #inputs: { name: string; value: Tensor }[] = [];
  readonly #initializers: { name: string; value: Tensor; encoding: "raw" | "typed" }[] = [];
  readonly opset: number;
  #names = 0;

  constructor(random: Random, opset: number) {
    this.#random = random;
    this.opset = opset;
  }

  /** A chain of so many steps. Some of its values are outputs, the last one always. */
  build(steps: number): { graph: GraphSpec; tolerances: [Tolerance, ...Tolerance[]] } {
    const rank = this.pick([1, 2, 2, 3, 4, 4, 4]);
    const shape = Array.from({ length: rank }, () => this.between(1, 5));
    this.#given("f32", shape, true);
    if (once(this.#random, 2)) this.#given("f32", shape, once(this.#random, 2));
    for (let left = steps, tries = 0; left > 0 && tries < 200; tries++) {
      const before = this.#nodes.length;
      pick(this.#random, STEPS)(this, this.#pickValue());
      if (this.#nodes.length > before) left--;
    }
    const made = this.#values.filter(({ name }) => this.#nodes.some((node) => node.outputs.includes(name)));
    const last = made.at(-1) as Value;
    const others = made.filter((value) => value !== last && value.dtype !== "bf16" && once(this.#random, 4));
    const outputs = [...others, last.dtype === "bf16" ? this.cast(last, "f32") : last];
    const tolerances = outputs.map(({ error }) => ({ ulps: error > 0 ? 1 : 0, absolute: error }));
    return {
      graph: {
        opset: this.opset,
        inputs: this.#inputs,
        initializers: this.#initializers,
        nodes: this.#nodes,
        outputs: outputs.map(({ name }) => name),
      },
      tolerances: tolerances as [Tolerance, ...Tolerance[]],
    };
  }

  between(low: number, high: number): number {
    return low + this.#random(high - low + 1);
  }

  once(bound: number): boolean {
    return once(this.#random, bound);
  }

  pick<T>(from: readonly T[]): T {
    return pick(this.#random, from);
  }

  /** A late value most of the time, so that chains get long. */
  #pickValue(): Value {
    const values = this.#values;
    return this.once(3) ? this.pick(values) : (values.at(-1) as Value);
  }

  /** Another value of the same type whose shape satisfies `fits`, or undefined. */
  other(value: Value, fits: (shape: readonly number[]) => boolean): Value | undefined {
    const found = this.#values.filter((v) => v.dtype === value.dtype && fits(v.shape));
    return found.length > 0 ? this.pick(found) : undefined;
  }

  #name(): string {
    return `v${this.#names++}`;
  }

  /** A graph input or an initializer: multiples of 1/8 up to 4, or any numbers up to 4. */
  #given(dtype: DType, shape: readonly number[], input: boolean): Value {
    const name = this.#name();
    const even = !isFloat(dtype) || this.once(2);
    const value = randomTensor(this.#random, dtype, shape, even ? "grid" : "real");
    if (input) this.#inputs.push({ name, value });
    else if (this.once(4))
      this.#nodes.push({ op: "Constant", inputs: [], outputs: [name], attributes: { value: { tensor: value } } });
    else this.#initializers.push({ name, value, encoding: this.pick(["raw", "typed"]) });
    const facts = {
      name,
      dtype,
      shape,
      bound: isFloat(dtype) ? 4 : 16,
      error: 0,
      grid: isFloat(dtype) ? (even ? -3 : null) : 0,
    };
    this.#values.push(facts);
    return facts;
  }

  constant(dtype: DType, shape: readonly number[]): Value {
    const value = this.#given(dtype, shape, false);
    this.#values.splice(this.#values.indexOf(value), 1);
    return value;
  }

  /** The name of an initializer with these elements. */
  initializer(value: Tensor): string {
    const name = this.#name();
    this.#initializers.push({ name, value, encoding: this.pick(["raw", "typed"]) });
    return name;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs = 1,
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#name());
    this.#nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  value(name: string, dtype: DType, shape: readonly number[], facts: Facts): Value {
    const value = { name, dtype, shape, ...facts };
    this.#values.push(value);
    return value;
  }

  /** One node with one result. */
  emit(
    op: string,
    inputs: readonly string[],
    dtype: DType,
    shape: readonly number[],
    facts: Facts,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value | undefined {
    if (facts.bound > GREATEST || count(shape) > LARGEST || shape.length > 5) return undefined;
    const [name] = this.node(op, inputs, attributes) as [string];
    return this.value(name, dtype, shape, facts);
  }

  /**
   * To another type. What is exact stays so: a conversion rounds in one way alone, and nothing that follows may undo it.
   */
  cast(x: Value, to: DType): Value {
    const [name] = this.node("Cast", [x.name], { to: { int: ONNX_TYPE[to] } }) as [string];
    return this.value(name, to, x.shape, castFacts(x, to));
  }
}

import { f32FromBits, f64FromBits } from "../../functions/builder.ts";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import { ModelError, unsupported } from "../graph/error.ts";
import type { Attributes, Node } from "../graph/graph.ts";
import { integersOf, type Value, viewOfBytes } from "../graph/tensor.ts";
import { loadElement } from "./element.ts";
import type { Lowering } from "./lower.ts";

/** The results of an operator: its only one, or all in order. */
export type Lowered = Value | readonly Value[];

/** Lowers one node: reads its inputs and attributes from `call`, emits instructions through `call.lower`. */
export type Operator = (call: Call) => Lowered;

/** A node and its input values. */
export class Call {
  readonly node: Node;
  readonly opset: number;
  readonly inputs: readonly (Value | undefined)[];
  readonly lower: Lowering;

  constructor(node: Node, opset: number, inputs: readonly (Value | undefined)[], lower: Lowering) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
    this.lower = lower;
  }

  get attributes(): Attributes {
    return this.node.attributes;
  }

  input(i: number): Value {
    return this.inputs[i] ?? this.fail(`input ${i} is missing`);
  }

  optional(i: number): Value | undefined {
    return this.inputs[i];
  }

  /** Integers of an input that shapes depend on, as `Attributes.int` gives them. */
  integers(i: number): number[] {
    return this.bigints(i).map(Number);
  }

  /** Integers of an input that shapes depend on, exactly. */
  bigints(i: number): bigint[] {
    const value = this.#known(i);
    if (dtypeSpec(value.dtype).scalar !== "int")
      this.fail(`input ${i} ("${this.node.inputs[i]}") is of ${value.dtype}; it must hold integers`);
    return integersOf(value);
  }

  /** Floats of an input that shapes or tables depend on. */
  floats(i: number): number[] {
    const { dtype, storage } = this.#known(i);
    const { scalar } = dtypeSpec(dtype);
    if (scalar === "int") this.fail(`input ${i} ("${this.node.inputs[i]}") is of ${dtype}; it must hold floats`);
    const view = viewOfBytes(storage.data as Uint8Array);
    return Array.from({ length: storage.elements }, (_, at) => {
      const register = loadElement(this.lower.softfloat, dtype, view, at);
      return scalar === "f32" ? f32FromBits(register) : f64FromBits(register);
    });
  }

  /** The number in a one-element input that a shape depends on: an exact integer, or a float. */
  number(i: number): number | bigint {
    const { dtype } = this.#known(i);
    return (dtypeSpec(dtype).scalar === "int" ? this.bigints(i)[0] : this.floats(i)[0]) as number | bigint;
  }

  /** Data of an input that a shape depends on. It must be a constant. */
  #known(i: number): Value {
    const value = this.input(i);
    if (value.storage.data) return value;
    throw unsupported(
      `input ${i} ("${this.node.inputs[i]}") decides a shape and is known only when the model runs; make it a constant`,
    );
  }

  /** Integers of an attribute before operator set `since`, and of input `i` from there on. */
  integersFrom(attribute: string, i: number, since: number): number[] | undefined {
    if (this.opset < since) return this.attributes.ints(attribute);
    if (this.attributes.has(attribute))
      this.fail(`attribute "${attribute}" is an input from operator set ${since} on, and this is ${this.opset}`);
    return this.optional(i) ? this.integers(i) : undefined;
  }

  /** An axis counted from the front, for a tensor of `rank` dimensions. */
  axis(axis: number, rank: number): number {
    const from = axis < 0 ? axis + rank : axis;
    if (from < 0 || from >= rank) return this.fail(`axis ${axis} of a tensor of ${rank} dimensions`);
    return from;
  }

  /** Axes counted from the front; no axis occurs twice. */
  axes(axes: readonly number[], rank: number): number[] {
    const counted = axes.map((axis) => this.axis(axis, rank));
    if (new Set(counted).size !== counted.length) this.fail(`axes [${axes}] name one twice`);
    return counted;
  }

  /** @throws ModelError unless `value` has one of the element types. */
  expect(value: Value, ...dtypes: readonly DType[]): void {
    if (!dtypes.includes(value.dtype))
      throw unsupported(`elements of type ${value.dtype}; supported are ${dtypes.join(", ")}`);
  }

  fail(reason: string): never {
    throw new ModelError(reason);
  }
}

import type { DType } from "../program/dtype.ts";
import { ModelError, unsupported } from "./error.ts";
import type { Attributes, Node } from "./graph.ts";
import type { Lowering } from "./lower.ts";
import { integersOf, type Value, viewOfBytes } from "./tensor.ts";

/** What an operator gives: its only result, or its results in order. */
export type Lowered = Value | readonly Value[];

/** Lowers one node: reads its inputs and attributes from `call`, emits instructions through `call.lower`. */
export type Operator = (call: Call) => Lowered;

/** A node with its inputs at hand. */
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

  /** Integers of an input that shapes depend on, and that must therefore be known before anything runs. */
  integers(i: number): number[] {
    const value = this.input(i);
    if (!value.storage.data) {
      throw unsupported(
        `input ${i} ("${this.node.inputs[i]}") decides a shape and is known only when the model runs; make it a constant`,
      );
    }
    return integersOf(value).map(Number);
  }

  /** The first number of an input that shapes depend on. */
  number(i: number): number {
    const { storage, dtype } = this.input(i);
    if (!storage.data) return this.integers(i)[0] as number;
    const view = viewOfBytes(storage.data);
    return dtype === "f32"
      ? view.getFloat32(0, true)
      : dtype === "f64"
        ? view.getFloat64(0, true)
        : (this.integers(i)[0] as number);
  }

  /** Integers of an attribute in old operator sets, and of an input in newer ones. */
  integersFrom(attribute: string, i: number): number[] | undefined {
    return this.attributes.ints(attribute) ?? (this.optional(i) ? this.integers(i) : undefined);
  }

  /** An axis counted from the front, for a tensor of `rank` dimensions. */
  axis(axis: number, rank: number): number {
    const from = axis < 0 ? axis + rank : axis;
    if (from < 0 || from >= Math.max(rank, 1)) return this.fail(`axis ${axis} of a tensor of ${rank} dimensions`);
    return from;
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

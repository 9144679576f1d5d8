import { f32Bits, f64Bits, OperandError, type Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import type { ScalarType } from "../../program/ops.ts";
import { type Constant, elementCount, LIMITS, type Stage, type Term, VARIABLES } from "../../program/program.ts";
import type { Softfloat } from "../../softfloat/softfloat.ts";
import { ModelError, unsupported } from "../graph/error.ts";
import { type Storage, type Value, valueIn, viewOfBytes } from "../graph/tensor.ts";
import {
  boundsOf,
  canonicalTerms,
  constantIndex,
  type Index,
  mayLeave,
  type Ranges,
  scale,
  sum,
  variable,
  viewOf,
} from "./affine.ts";
import { type Draft, newStorage, rangesOf } from "./draft.ts";
import { loadElement } from "./element.ts";
import { type Budget, evaluate } from "./evaluate.ts";

/** Type and shape of a result. */
export interface ResultType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Bits of a number in a register of the given type. @throws OperandError for a fraction, or ∞, among integers */
export function registerBits(type: ScalarType, x: number | bigint): bigint {
  if (type === "f32") return f32Bits(Number(x));
  if (type === "f64") return f64Bits(Number(x));
  if (typeof x === "number" && !Number.isInteger(x)) throw new OperandError(`${x} is not an integer`);
  return BigInt.asUintN(64, BigInt(x));
}

export const scalarOf = (dtype: DType): ScalarType => dtypeSpec(dtype).scalar;

/** A reduction whose first dimension is split into lanes, along output variable `axis`. */
interface Split {
  readonly lanes: number;
  readonly axis: number;
  /** Number of terms of all lanes that are beyond the dimension's end. */
  readonly excess: number;
}

/** A stage under construction: the scalar builder, with reads by index and the loop variables. */
export class Scope {
  readonly b = new ScalarBuilder();
  readonly dims: readonly number[];
  readonly #operands: Storage[];
  readonly #ranges: Ranges;
  readonly #softfloat: Softfloat;
  readonly #split: Split | undefined;

  constructor(
    softfloat: Softfloat,
    operands: Storage[],
    dims: readonly number[],
    ranges: Ranges,
    split: Split | undefined,
  ) {
    this.#softfloat = softfloat;
    this.#operands = operands;
    this.dims = dims;
    this.#ranges = ranges;
    this.#split = split;
  }

  /** Output variable i. */
  o(i: number): Index {
    return variable(VARIABLES.output + i);
  }

  /** Reduction variable i; if the fold is split into lanes, the expression that replaces it. */
  r(i: number): Index {
    const index = variable(VARIABLES.reduction + i);
    if (i > 0 || !this.#split) return index;
    // Term kL + l of the split dimension: lane l is an output variable.
    return sum(scale(index, this.#split.lanes), variable(this.#split.axis));
  }

  /**
   * Element of `value` at one index for each axis. `pad` is the value outside: a number, or a constant's only element. It
   * defaults to 0 for lanes beyond the end of a sum.
   *
   * @throws ModelError if an index can leave its axis and there is no `pad`.
   */
  read(value: Value, indices: readonly Index[], pad?: number | bigint | { readonly of: Value }): Scalar {
    const { storage, dtype, shape } = value;
    if (pad === undefined) this.#expectInside(shape, indices);
    const view = viewOf(shape, indices, this.#ranges);
    if (storage.data && storage.elements === 1 && !mayLeave(view, this.#ranges)) {
      return this.b.constant(scalarOf(dtype), this.#first(storage));
    }
    let operand = this.#operands.indexOf(storage);
    if (operand < 0) operand = this.#operands.push(storage) - 1;
    const leaves = mayLeave(view, this.#ranges);
    const filler = typeof pad === "object" ? this.#first(pad.of.storage) : registerBits(scalarOf(dtype), pad ?? 0);
    const bits = leaves ? filler : 0n;
    return this.b.readElement({ operand, dtype, pad: bits, view }, scalarOf(dtype));
  }

  /** Refuses a tensor that is smaller than its reader assumes: the missing elements would read as zeros. */
  #expectInside(shape: readonly number[], indices: readonly Index[]): void {
    for (const [axis, { offset, terms, indirect, outside }] of indices.entries()) {
      if (indirect !== undefined || outside === "clamp") continue;
      const [low, high] = boundsOf({ offset, terms: canonicalTerms(terms, this.#ranges) }, this.#ranges);
      const [below, above] = this.#excess(terms);
      if (low + below < 0 || high - above >= (shape[axis] as number))
        throw new ModelError(`a tensor of shape [${shape}] is read from ${low} to ${high} along axis ${axis}`);
    }
  }

  /** By how much the lanes exceed the first and the last term of a sum. */
  #excess(terms: readonly Term[]): [below: number, above: number] {
    const split = this.#split;
    const lane = split && terms.find((t) => t.variable === split.axis && t.shift === 0 && t.bits === 0);
    if (!split || !lane || !terms.some((t) => t.variable === VARIABLES.reduction)) return [0, 0];
    const reach = lane.factor * split.excess;
    return reach > 0 ? [0, reach] : [-reach, 0];
  }

  #first({ dtype, data }: Storage): bigint {
    return loadElement(this.#softfloat, dtype, viewOfBytes(data as Uint8Array), 0);
  }

  /** Element of `value` at the output's indices, by NumPy's broadcasting. */
  element(value: Value): Scalar {
    const lead = this.dims.length - value.shape.length;
    if (lead < 0 || value.shape.some((n, axis) => n !== 1 && n !== this.dims[lead + axis]))
      throw new ModelError(`a tensor of shape [${value.shape}] cannot be laid over [${this.dims}]`);
    return this.read(
      value,
      value.shape.map((n, axis) => (n === 1 ? constantIndex(0) : this.o(lead + axis))),
    );
  }

  /** An index read from an integer tensor at `at`, clamped to its axis. */
  lookup(indices: Value, at: readonly Index[]): Index {
    const { storage } = indices;
    if (storage.data && storage.elements === 1) return constantIndex(Number(BigInt.asIntN(64, this.#first(storage))));
    return { ...constantIndex(0), indirect: this.b.readPosition(this.read(indices, at)), outside: "clamp" };
  }
}

/** A view's extent is a field of four bytes. */
export const MOST_ELEMENTS = 2 ** 32 - 1;

/** How terms are combined; each has a neutral element. */
export type Combine = "sum" | "max" | "min" | "product";

/** @throws ModelError for extremes of u64, because registers compare as signed. */
export function neutral(combine: Combine, dtype: DType): number | bigint {
  if (combine === "sum") return 0;
  if (combine === "product") return 1;
  const sign = combine === "max" ? -1 : 1;
  if (scalarOf(dtype) !== "int") return sign * Number.POSITIVE_INFINITY;
  if (dtype === "u64") throw unsupported("the greatest or least of u64 along an axis");
  const bits = BigInt(8 * dtypeSpec(dtype).size);
  const signed = dtype.startsWith("i");
  if (combine === "max") return signed ? -(2n ** (bits - 1n)) : 0;
  return signed ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
}

export function combineWith(b: ScalarBuilder, combine: Combine, acc: Scalar, term: Scalar): Scalar {
  const op = { sum: b.add, max: b.max, min: b.min, product: b.mul }[combine];
  return op(acc, term);
}

export interface Fold {
  /** Output space. Default: the result's shape. */
  readonly dims?: readonly number[];
  readonly space: readonly number[];
  readonly accumulators: readonly Constant[];
  readonly scan?: boolean;
  readonly body: (s: Scope, accumulators: readonly Scalar[]) => readonly Scalar[];
  readonly finish: (s: Scope, accumulators: readonly Scalar[]) => Scalar;
  /** Position of results: one index for each axis of the result. */
  readonly write?: (s: Scope) => readonly Index[];
}

export interface Reduction {
  readonly space: readonly number[];
  readonly combine: Combine;
  /** Type of the terms, which determines the accumulator and the neutral element. */
  readonly of: DType;
  /** The accumulator with one more term. Reads outside give the neutral element if they pad with `neutral`. */
  readonly term: (s: Scope, acc: Scalar) => Scalar;
  readonly finish?: (s: Scope, acc: Scalar) => Scalar;
  /** Whether every read of `term` has reduction variable 0 as a separate axis, so that lanes can exceed its end. */
  readonly splittable?: boolean;
}

/** Number of lanes that a reduction is split into, 1 for none (docs/importer.md, "Lanes"). */
export function laneCount(outputs: number, space: readonly number[], splittable = true): number {
  const terms = elementCount(space);
  if (!splittable || outputs >= 256 || terms < 256) return 1;
  const lanes = 2 ** Math.ceil(Math.floor(Math.log2(terms)) / 2);
  return Math.min(lanes, 2 ** Math.ceil(Math.log2(space[0] ?? 1)));
}

/** Collects the instructions of a model while operators are lowered; evaluates what depends only on constants. */
export class Lowering {
  readonly drafts: Draft[] = [];
  /** Whether the node being lowered needs half types rounded as stored (docs/importer.md, "Fusion"). */
  exact = false;
  readonly softfloat: Softfloat;
  readonly budget: Budget;
  readonly #derived = new Map<Storage, Map<string, Value>>();

  constructor(softfloat: Softfloat, budget: Budget) {
    this.softfloat = softfloat;
    this.budget = budget;
  }

  /** A tensor whose elements are `f` of the output's indices. */
  map(type: ResultType, f: (s: Scope) => Scalar): Value {
    return this.pieces(type, [{ dims: type.shape, f }]);
  }

  /** A tensor that several maps write in turn. `write` gives the positions of each map's elements. */
  pieces(
    type: ResultType,
    pieces: readonly {
      dims: readonly number[];
      f: (s: Scope) => Scalar;
      write?: (s: Scope) => readonly Index[];
    }[],
  ): Value {
    const target = this.#target(type);
    return this.#emit(
      type,
      pieces.map(({ dims, f, write }) =>
        this.#draft(type, target, {
          dims,
          space: [],
          accumulators: [],
          body: () => [],
          finish: f,
          ...(write && { write }),
        }),
      ),
    );
  }

  /** A fold in its general form. */
  fold(type: ResultType, fold: Fold): Value {
    return this.#emit(type, [this.#draft(type, this.#target(type), fold)]);
  }

  /** A fold with one accumulator that may be split into lanes. */
  reduce(type: ResultType, reduction: Reduction): Value {
    const { combine, of, term, finish = (_, acc) => acc, splittable = true } = reduction;
    const space = reduction.space.length > 0 ? reduction.space : [1];
    const scalar = scalarOf(of);
    const start: Constant = { type: scalar, bits: registerBits(scalar, neutral(combine, of)) };
    const lanes = type.shape.length < LIMITS.dims ? laneCount(elementCount(type.shape), space, splittable) : 1;
    if (lanes === 1) {
      return this.fold(type, {
        space,
        accumulators: [start],
        body: (s, [acc]) => [term(s, acc as Scalar)],
        finish: (s, [acc]) => finish(s, acc as Scalar),
      });
    }
    const [size, ...rest] = space as [number, ...number[]];
    const laneType: DType = scalar === "int" ? "i64" : scalar;
    const laneAxis = type.shape.length;
    const partial: ResultType = { dtype: laneType, shape: [...type.shape, lanes] };
    const split = this.#draft(
      partial,
      this.#target(partial),
      {
        space: [Math.ceil(size / lanes), ...rest],
        accumulators: [start],
        body: (s, [acc]) => [term(s, acc as Scalar)],
        finish: (_, [acc]) => acc as Scalar,
      },
      { lanes, axis: laneAxis, excess: Math.ceil(size / lanes) * lanes - size },
    );
    const partials = this.#emit(partial, [split]);
    return this.fold(type, {
      space: [lanes],
      accumulators: [start],
      body: (s, [acc]) => [
        combineWith(s.b, combine, acc as Scalar, s.read(partials, [...type.shape.map((_, i) => s.o(i)), s.r(0)])),
      ],
      finish: (s, [acc]) => finish(s, acc as Scalar),
    });
  }

  /** A constant computed from another one, once for each `key`. */
  derive(value: Value, key: string, make: () => Value): Value {
    const known = this.#derived.get(value.storage) ?? new Map<string, Value>();
    this.#derived.set(value.storage, known);
    const derived = known.get(key) ?? make();
    known.set(key, derived);
    return derived;
  }

  #target({ dtype, shape }: ResultType): Storage {
    for (const n of shape) {
      if (!(n >= 1 && n < 2 ** 31))
        throw unsupported(`a result of shape [${shape}]; dimensions are from 1 to 2^31 − 1`);
    }
    if (elementCount(shape) > MOST_ELEMENTS)
      throw unsupported(`a result of shape [${shape}]; at most ${MOST_ELEMENTS} elements are possible`);
    if (shape.length > LIMITS.dims)
      throw unsupported(`a result of ${shape.length} dimensions; at most ${LIMITS.dims} are possible`);
    return newStorage(dtype, shape);
  }

  #draft(type: ResultType, target: Storage, fold: Fold, split?: Split): Draft {
    const { dims = type.shape, space, accumulators, scan = false } = fold;
    const operands: Storage[] = [];
    const ranges = rangesOf(dims, space);
    const scope = (): Scope => new Scope(this.softfloat, operands, dims, ranges, split);
    const stage = (s: Scope, f: (s: Scope, acc: readonly Scalar[]) => readonly Scalar[]): Stage =>
      s.b.stage(
        f(
          s,
          accumulators.map((c) => s.b.entry(c.type)),
        ),
      );
    const body = accumulators.length > 0 ? stage(scope(), fold.body) : null;
    const last = scope();
    const finish = stage(last, (s, acc) => [fold.finish(s, acc)]);
    const indices = fold.write?.(last) ?? dims.map((_, i) => last.o(i));
    const write = viewOf(type.shape, indices, ranges);
    const { exact } = this;
    return { target, write, operands, dims, reduction: space, scan, accumulators, body, finish, exact };
  }

  #emit({ shape }: ResultType, drafts: readonly Draft[]): Value {
    const { target } = drafts[0] as Draft;
    if (drafts.every((d) => d.operands.every((o) => o.data))) {
      Object.assign(target, { kind: "constant", data: evaluate(drafts, this.budget) });
    } else {
      this.drafts.push(...drafts);
    }
    return valueIn(target, shape);
  }
}

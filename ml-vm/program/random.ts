import { treeDepth } from "../../merkle/tree.ts";
import { DTYPES, dtypeSpec } from "./dtype.ts";
import type { Model } from "./model.ts";
import { OPS, type ScalarType } from "./ops.ts";
import {
  type Constant,
  type Coordinate,
  elementCount,
  type Instruction,
  type Operand,
  type Read,
  type ScalarOp,
  type Stage,
  type TensorInstruction,
  type TensorType,
  type Term,
  VARIABLES,
  type View,
} from "./program.ts";
import { Random, randomRegister, randomTensor } from "./random-bits.ts";

/**
 * Small well-formed programs that a seed decides, for properties that hold of every program: all executors agree, all
 * checks accept. Every operation, dtype and kind of view occurs; nothing in them makes sense.
 */
export interface RandomProgram {
  readonly model: Model;
  readonly inputs: readonly Uint8Array[];
}

export interface RandomLimits {
  /** Tensor instructions, at most. */
  readonly instructions?: number;
  /** Points of the output space of an instruction, about, at most. */
  readonly elements?: number;
}

/** Ranges of the variables that exist, by number. */
type Variables = ReadonlyMap<number, number>;

const bytesOf = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;
const depthOf = (type: TensorType): number => treeDepth(bytesOf(type));

export function randomProgram(seed: number, { instructions = 4, elements = 60 }: RandomLimits = {}): RandomProgram {
  const random = new Random(seed);
  const types = (least: number, greatest: number): TensorType[] =>
    Array.from({ length: random.integer(least, greatest) }, () => randomType(random, elements));
  const [inputs, weights] = [types(1, 3), types(0, 2)];
  const outputs = random.integer(1, 3);
  const tensors = [...types(outputs + 1, outputs + 1), ...types(1, 3)];
  // Byte 0 of the last one may halt a block.
  tensors.push({ dtype: "u8", shape: [random.integer(1, 9)] });
  const builder = new Builder(random, { inputs, weights, tensors }, outputs, elements);
  builder.block(instructions);
  for (let i = 0; i < outputs; i++) builder.tensor(i);
  const program = { inputs, weights, tensors, outputs, instructions: builder.instructions };
  const bytes = (list: readonly TensorType[]): Uint8Array[] => list.map((type) => randomTensor(random, type));
  const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  return {
    model: {
      program,
      weights: bytes(weights),
      inputNames: names("in", inputs.length),
      outputNames: names("out", outputs),
    },
    inputs: bytes(inputs),
  };
}

function randomType(random: Random, elements: number): TensorType {
  return { dtype: random.chance(0.4) ? "f32" : random.pick(DTYPES), shape: randomSpace(random, 3, elements) };
}

function randomSpace(random: Random, rank: number, points: number): number[] {
  const dims: number[] = [];
  let left = points;
  for (let i = random.integer(0, rank); i > 0; i--) {
    const n = random.integer(1, Math.max(1, Math.min(left, random.chance(0.3) ? left : 6)));
    dims.push(n);
    left = Math.floor(left / n);
  }
  return dims;
}

interface Types {
  readonly inputs: readonly TensorType[];
  readonly weights: readonly TensorType[];
  readonly tensors: readonly TensorType[];
}

class Builder {
  readonly instructions: Instruction[] = [];
  readonly #random: Random;
  readonly #types: Types;
  readonly #outputs: number;
  readonly #elements: number;
  /** Counts of the open blocks. */
  readonly #counts: number[] = [];

  constructor(random: Random, types: Types, outputs: number, elements: number) {
    this.#random = random;
    this.#types = types;
    this.#outputs = outputs;
    this.#elements = elements;
  }

  /** Up to `length` instructions, some of them in blocks. */
  block(length: number): void {
    const random = this.#random;
    for (let i = random.integer(1, length); i > 0; i--) {
      const depth = this.#counts.length;
      if (random.chance(0.2) && depth < 3) {
        const count = random.integer(1, 3);
        this.instructions.push({ kind: "loop", depth, count });
        const start = this.instructions.length;
        this.#counts.push(count);
        this.block(2);
        this.#counts.pop();
        const halt = random.chance(0.3) ? this.#types.tensors.length - 1 : null;
        this.instructions.push({ kind: "end", depth, count, start, halt });
      } else {
        this.#simple();
      }
    }
  }

  /** Most often a tensor instruction. */
  #simple(): void {
    const kind = this.#random.integer(0, 9);
    if (kind === 0) this.#move();
    else if (kind === 1) this.instructions.push({ kind: "drop", target: this.#target() });
    else this.tensor(this.#target());
  }

  /** Any table tensor but the one that fills three outputs up to four. */
  #target(): number {
    for (;;) {
      const target = this.#random.integer(0, this.#types.tensors.length - 1);
      if (this.#outputs !== 3 || target !== 3) return target;
    }
  }

  /** A move where two tensors have the same size, else nothing. */
  #move(): void {
    const target = this.#target();
    const size = bytesOf(this.#types.tensors[target] as TensorType);
    const sources = this.#operands(target).filter((operand) => bytesOf(this.#type(operand)) === size);
    if (sources.length > 0) this.instructions.push({ kind: "move", target, source: this.#random.pick(sources) });
  }

  #type({ space, index }: Operand): TensorType {
    const { inputs, weights, tensors } = this.#types;
    return (space === "input" ? inputs : space === "weight" ? weights : tensors)[index] as TensorType;
  }

  #operands(target: number): Operand[] {
    const { inputs, weights, tensors } = this.#types;
    return [
      ...inputs.map((type, index): Operand => ({ space: "input", index, depth: depthOf(type) })),
      ...weights.map((type, index): Operand => ({ space: "weight", index, depth: depthOf(type) })),
      ...tensors.map((type, index): Operand => ({ space: "tensor", index, depth: depthOf(type) })),
    ].filter(({ space, index }) => space !== "tensor" || index !== target);
  }

  tensor(target: number): void {
    const random = this.#random;
    const type = this.#types.tensors[target] as TensorType;
    const operands = Array.from({ length: random.integer(1, 3) }, () => random.pick(this.#operands(target)));
    const sizes = operands.map((operand) => bytesOf(this.#type(operand)));
    const plain = random.chance(0.5);
    const dims = plain ? [...type.shape] : randomSpace(random, 3, this.#elements);
    const fold = random.chance(0.6);
    const scan = fold && random.chance(0.25);
    const innerReduction = fold && random.chance(0.25) ? [random.integer(1, 5), ...randomSpace(random, 1, 3)] : [];
    const reduction = fold ? randomSpace(random, 2, 12) : [];
    const asked = reduction.length + innerReduction.length > 0 || scan;
    const accumulators = asked ? this.#constants(1, 3) : [];
    const innerAccumulators = innerReduction.length > 0 ? this.#constants(1, 2) : [];
    const types = accumulators.map((c) => c.type);
    const innerTypes = innerAccumulators.map((c) => c.type);

    const everywhere = new Map([...ranges(VARIABLES.output, dims), ...ranges(VARIABLES.counter, this.#counts)]);
    const inFold = new Map([...everywhere, ...ranges(VARIABLES.reduction, reduction)]);
    const inInner = new Map([...inFold, ...ranges(VARIABLES.inner, innerReduction)]);
    const inner = innerAccumulators.length > 0 ? this.#stage(innerTypes, innerTypes, sizes, inInner) : null;
    const body = accumulators.length > 0 ? this.#stage([...types, ...innerTypes], types, sizes, inFold) : null;
    const inFinish = scan ? inFold : everywhere;
    const { size, scalar } = dtypeSpec(type.dtype);
    const finish = this.#stage(types, [scalar], sizes, inFinish);
    const write = plain && !scan ? rowMajor(dims) : this.#view(bytesOf(type) / size, inFinish, finish.reads);
    this.instructions.push({
      kind: "tensor",
      target,
      targetDepth: depthOf(type),
      targetDtype: type.dtype,
      write,
      operands,
      dims,
      reduction,
      innerReduction,
      scan,
      accumulators,
      innerAccumulators,
      inner,
      body,
      finish,
    } satisfies TensorInstruction);
  }

  #constants(least: number, greatest: number): Constant[] {
    return Array.from({ length: this.#random.integer(least, greatest) }, () => {
      const type = this.#random.pick<ScalarType>(["f32", "f32", "f64", "int"]);
      return { type, bits: randomRegister(this.#random, type) };
    });
  }

  /** `wanted`: types of what leaves the stage. */
  #stage(
    entries: readonly ScalarType[],
    wanted: readonly ScalarType[],
    sizes: readonly number[],
    variables: Variables,
  ): Stage {
    const random = this.#random;
    const reads: Read[] = [];
    for (let i = random.integer(0, 3); i > 0; i--) reads.push(this.#read(sizes, variables, reads));
    const constants = [
      ...this.#constants(0, 2),
      ...wanted.map((type) => ({ type, bits: randomRegister(random, type) })),
    ];
    const values = [...entries, ...reads.map((read) => dtypeSpec(read.dtype).scalar), ...constants.map((c) => c.type)];
    const code: ScalarOp[] = [];
    for (let i = random.integer(0, 8); i > 0; i--) {
      const operation = this.#operation(values, variables);
      if (operation) code.push(operation);
    }
    return { reads, constants, code, outs: wanted.map((type) => latest(random, values, type)) };
  }

  /** An operation whose operands are there; its result joins `values`. */
  #operation(values: ScalarType[], variables: Variables): ScalarOp | null {
    const random = this.#random;
    const [op, spec] = random.pick([...OPS]);
    if (op === "index") {
      if (variables.size === 0) return null;
      values.push("int");
      return { op, a: random.pick([...variables.keys()]), b: 0, c: 0 };
    }
    const generic = random.pick(values.length > 0 ? values : ["int" as const]);
    const types = spec.args.map((type) => (type === "T" ? generic : type));
    if (types.some((type) => !values.includes(type))) return null;
    const [a = 0, b = 0, c = 0] = types.map((type) => latest(random, values, type));
    values.push(spec.result === "T" ? generic : spec.result);
    return { op, a, b, c };
  }

  #read(sizes: readonly number[], variables: Variables, earlier: readonly Read[]): Read {
    const random = this.#random;
    for (;;) {
      const operand = random.integer(0, sizes.length - 1);
      const dtype = random.chance(0.3) ? "f32" : random.pick(DTYPES);
      const { size, scalar } = dtypeSpec(dtype);
      const elements = Math.floor((sizes[operand] as number) / size);
      if (elements === 0) continue;
      return { operand, dtype, pad: randomRegister(random, scalar), view: this.#view(elements, variables, earlier) };
    }
  }

  /** A view that stays inside `elements` elements: row-major over a shape that fits, with any indices. */
  #view(elements: number, variables: Variables, reads: readonly Read[]): View {
    const random = this.#random;
    const extents: number[] = [];
    let left = elements;
    for (let i = random.integer(0, 3); i > 0; i--) {
      const extent = random.integer(1, Math.max(1, Math.min(left, random.chance(0.4) ? left : 7)));
      extents.push(extent);
      left = Math.floor(left / extent);
    }
    let stride = 1;
    const view = extents.map((extent) => {
      const coordinate = this.#coordinate(stride, extent, variables, reads);
      stride *= extent;
      return coordinate;
    });
    return random.chance(0.7) ? view.reverse() : view;
  }

  #coordinate(stride: number, extent: number, variables: Variables, reads: readonly Read[]): Coordinate {
    const random = this.#random;
    const integers = [...reads.keys()].filter((i) => dtypeSpec((reads[i] as Read).dtype).scalar === "int");
    return {
      stride,
      extent,
      offset: random.chance(0.6) ? 0 : random.integer(-4, extent),
      outside: random.chance(0.5) ? "pad" : "clamp",
      indirect: integers.length > 0 && random.chance(0.3) ? random.pick(integers) : null,
      terms:
        variables.size === 0
          ? []
          : Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, () => this.#term(variables)),
    };
  }

  #term(variables: Variables): Term {
    const random = this.#random;
    const digits = random.chance(0.2);
    return {
      variable: random.pick([...variables.keys()]),
      shift: digits ? random.integer(0, 3) : 0,
      bits: digits ? random.integer(0, 3) : 0,
      factor: random.chance(0.6) ? 1 : random.integer(-3, 5),
    };
  }
}

const ranges = (first: number, dims: readonly number[]): [number, number][] => dims.map((n, i) => [first + i, n]);

/** The place of a value of the type: more often one of the latest. There is one. */
function latest(random: Random, values: readonly ScalarType[], type: ScalarType): number {
  const places = [...values.keys()].filter((i) => values[i] === type);
  return random.chance(0.5) ? random.pick(places.slice(-3)) : random.pick(places);
}

/** Writes element i to place i. */
export function rowMajor(dims: readonly number[]): View {
  let stride = 1;
  return dims
    .map(
      (extent, variable): Coordinate => ({
        stride: 0,
        extent,
        offset: 0,
        outside: "pad",
        indirect: null,
        terms: [{ variable, shift: 0, bits: 0, factor: 1 }],
      }),
    )
    .reverse()
    .map((coordinate) => {
      const placed = { ...coordinate, stride };
      stride *= coordinate.extent;
      return placed;
    })
    .reverse();
}

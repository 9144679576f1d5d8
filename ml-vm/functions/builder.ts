import { ElenchError } from "@elench/errors/elench-error";
import { InternalError } from "@elench/errors/internal-error";
import { dtypeSpec } from "../program/dtype.ts";
import { OPS, type ScalarType } from "../program/ops.ts";
import type { Constant, Read, ScalarOp, Stage } from "../program/program.ts";

/** A value of a stage under construction. It belongs to the builder that created it. */
export interface Scalar {
  readonly type: ScalarType;
}

type Node =
  | { readonly kind: "entry"; readonly type: ScalarType }
  | { readonly kind: "read"; readonly type: ScalarType; readonly read: Read }
  | { readonly kind: "constant"; readonly type: ScalarType; readonly bits: bigint }
  | { readonly kind: "op"; readonly type: ScalarType; readonly op: string; readonly args: readonly Node[] }
  | { readonly kind: "index"; readonly type: "int"; readonly variable: number };

export const NAN32 = 0x7fc00000n;
export const NAN64 = 0x7ff8000000000000n;

const scratch = new DataView(new ArrayBuffer(8));

/** Bits of the f32 nearest to x. */
export function f32Bits(x: number): bigint {
  if (Number.isNaN(x)) return NAN32;
  scratch.setFloat32(0, x);
  return BigInt(scratch.getUint32(0));
}

/** Bits of x as f64. */
export function f64Bits(x: number): bigint {
  if (Number.isNaN(x)) return NAN64;
  scratch.setFloat64(0, x);
  return scratch.getBigUint64(0);
}

export function f32FromBits(bits: bigint): number {
  scratch.setUint32(0, Number(bits));
  return scratch.getFloat32(0);
}

export function f64FromBits(bits: bigint): number {
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

/** An operation got operands of the wrong register types. */
export class OperandError extends ElenchError {
  override readonly name = "OperandError";
  override readonly kind = "input";
}

/** A stage has more than 256 values. */
export class StageTooLarge extends ElenchError {
  override readonly name = "StageTooLarge";
  override readonly kind = "input";
}

/**
 * Builds a stage as an expression: `b.add(b.mul(x, y), b.f32(1))`. Equal subexpressions share one value, and values
 * that no result needs are omitted. Numbering follows the order of construction, so the same calls always give the same
 * stage.
 */
export class ScalarBuilder {
  readonly #nodes = new Map<string, Node>();
  readonly #ids = new Map<Node, number>();
  readonly #entries: Node[] = [];

  #intern<N extends Node>(key: string, make: () => N): N {
    const known = this.#nodes.get(key);
    if (known) return known as N;
    const node = make();
    this.#nodes.set(key, node);
    this.#ids.set(node, this.#ids.size);
    return node;
  }

  #node(scalar: Scalar): Node {
    const node = scalar as Node;
    if (!this.#ids.has(node)) throw new InternalError("a scalar of another builder was used");
    return node;
  }

  /** The next value on entry (accumulators); entries are numbered in the order of the calls. */
  entry(type: ScalarType): Scalar {
    const node = this.#intern<Node>(`entry ${this.#entries.length}`, () => ({ kind: "entry", type }));
    this.#entries.push(node);
    return node;
  }

  /** A read; coordinates that are `indirect` name reads by the order of `readsSoFar`. */
  readElement(read: Read, type: ScalarType): Scalar {
    const key = JSON.stringify(read, (_, v) => (typeof v === "bigint" ? `${v}n` : v));
    return this.#intern<Node>(`read ${key}`, () => ({ kind: "read", type, read }));
  }

  /** All reads in order, needed or not: `indirect` indexes this list. */
  get reads(): readonly Scalar[] {
    return [...this.#ids.keys()].filter((node) => node.kind === "read");
  }

  constant(type: ScalarType, bits: bigint): Scalar {
    return this.#intern<Node>(`constant ${type} ${bits}`, () => ({ kind: "constant", type, bits }));
  }

  /** The f32 nearest to x. */
  f32(x: number): Scalar {
    return this.constant("f32", f32Bits(x));
  }

  f64(x: number): Scalar {
    return this.constant("f64", f64Bits(x));
  }

  int(x: number | bigint): Scalar {
    if (typeof x === "number" && !Number.isInteger(x)) throw new OperandError(`${x} is not an integer`);
    return this.constant("int", BigInt.asUintN(64, BigInt(x)));
  }

  /** The number x in the register type `type`. */
  number(type: ScalarType, x: number | bigint): Scalar {
    return type === "f32" ? this.f32(Number(x)) : type === "f64" ? this.f64(Number(x)) : this.int(x);
  }

  /** Value of a loop variable. */
  index(variable: number): Scalar {
    return this.#intern<Node>(`index ${variable}`, () => ({ kind: "index", type: "int", variable }));
  }

  /** An operation of ops.ts by name. */
  op(name: string, ...args: readonly Scalar[]): Scalar {
    const spec = OPS.get(name);
    if (!spec || spec.args.length !== args.length)
      throw new OperandError(`no operation ${name} of ${args.length} operands`);
    const generic = args.find((_, i) => spec.args[i] === "T")?.type;
    for (const [i, want] of spec.args.entries()) {
      const expected = want === "T" ? generic : want;
      const got = (args[i] as Scalar).type;
      if (got !== expected) throw new OperandError(`operand ${i} of ${name} is ${got}, not ${expected}`);
    }
    const nodes = args.map((arg) => this.#node(arg));
    const type = spec.result === "T" ? (generic as ScalarType) : spec.result;
    const key = `${name} ${nodes.map((node) => this.#ids.get(node)).join(" ")}`;
    return this.#intern<Node>(key, () => ({ kind: "op", type, op: name, args: nodes }));
  }

  // Operations that exist for several types, chosen by the operands' type.
  add = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.add`, a, b);
  sub = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.sub`, a, b);
  mul = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.mul`, a, b);
  div = (a: Scalar, b: Scalar): Scalar => this.op(a.type === "int" ? "int.divTrunc" : `${a.type}.div`, a, b);
  min = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.min`, a, b);
  max = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.max`, a, b);
  eq = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.eq`, a, b);
  lt = (a: Scalar, b: Scalar): Scalar => this.op(`${a.type}.lt`, a, b);
  le = (a: Scalar, b: Scalar): Scalar =>
    a.type === "int" ? this.not(this.op("int.lt", b, a)) : this.op(`${a.type}.le`, a, b);
  neg = (a: Scalar): Scalar => (a.type === "int" ? this.sub(this.int(0), a) : this.op(`${a.type}.neg`, a));
  abs = (a: Scalar): Scalar => (a.type === "int" ? this.max(a, this.neg(a)) : this.op(`${a.type}.abs`, a));
  /** a·b + c, with one rounding for floating-point types. */
  fma = (a: Scalar, b: Scalar, c: Scalar): Scalar =>
    a.type === "int" ? this.add(this.mul(a, b), c) : this.op(`${a.type}.fma`, a, b, c);
  select = (condition: Scalar, a: Scalar, b: Scalar): Scalar => this.op("select", condition, a, b);
  /** 1 if a is 0, else 0. */
  not = (a: Scalar): Scalar => this.op("int.eq", a, this.int(0));
  and = (a: Scalar, b: Scalar): Scalar => this.op("int.and", a, b);
  or = (a: Scalar, b: Scalar): Scalar => this.op("int.or", a, b);

  /** Copies the values of `other` into this builder. @param entries replace its entries; its reads can be changed. */
  inline(
    other: Stage,
    entries: readonly Scalar[],
    read: (read: Read, earlier: readonly Scalar[], type: ScalarType) => Scalar,
  ): Scalar[] {
    const values: Scalar[] = [...entries];
    const reads: Scalar[] = [];
    for (const r of other.reads) reads.push(read(r, reads, dtypeSpec(r.dtype).scalar));
    values.push(...reads, ...other.constants.map(({ type, bits }) => this.constant(type, bits)));
    for (const { op, a, b, c } of other.code) {
      if (op === "index") values.push(this.index(a));
      else values.push(this.op(op, ...[a, b, c].slice(0, OPS.get(op)?.args.length).map((n) => values[n] as Scalar)));
    }
    return other.outs.map((out) => values[out] as Scalar);
  }

  /** Position of a read among the reads, for `indirect`. */
  readPosition(scalar: Scalar): number {
    return this.reads.indexOf(this.#node(scalar));
  }

  /** The finished stage whose results are `outs`. @throws StageTooLarge if it has more than 256 values. */
  stage(outs: readonly Scalar[]): Stage {
    const needed = new Set<Node>();
    const all = this.reads as Node[];
    const visit = (node: Node): void => {
      if (needed.has(node)) return;
      needed.add(node);
      if (node.kind === "op") for (const arg of node.args) visit(arg);
      if (node.kind === "read") {
        for (const { indirect } of node.read.view) if (indirect !== null) visit(all[indirect] as Node);
      }
    };
    for (const out of outs) visit(this.#node(out));
    const ordered = [...this.#ids.keys()].filter((node) => needed.has(node));
    const reads = ordered.filter((node) => node.kind === "read");
    const constants = ordered.filter((node) => node.kind === "constant");
    const ops = ordered.filter((node) => node.kind === "op" || node.kind === "index");
    const numbers = new Map<Node, number>();
    for (const node of [...this.#entries, ...reads, ...constants, ...ops]) numbers.set(node, numbers.size);
    if (numbers.size > 256) throw new StageTooLarge(`a stage of ${numbers.size} values; at most 256 can be numbered`);
    const number = (node: Node | undefined): number => (node ? (numbers.get(node) as number) : 0);
    return {
      reads: reads.map(({ read }) => ({
        ...read,
        view: read.view.map((c) => ({
          ...c,
          indirect: c.indirect === null ? null : reads.indexOf(all[c.indirect] as (typeof reads)[number]),
        })),
      })),
      constants: constants.map(({ type, bits }): Constant => ({ type, bits })),
      code: ops.map(
        (node): ScalarOp =>
          node.kind === "index"
            ? { op: "index", a: node.variable, b: 0, c: 0 }
            : { op: node.op, a: number(node.args[0]), b: number(node.args[1]), c: number(node.args[2]) },
      ),
      outs: outs.map((out) => number(this.#node(out))),
    };
  }
}

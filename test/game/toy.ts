import { type Hex, toBytes } from "@elench/bytes/hex";
import type { Run, TraceProvider } from "@elench/challenger/strategy/trace-provider";
import { keccakWords, word } from "../../challenger/strategy/words.ts";

/** What a run of the toy machine is like: the fields of its context, see `ToyMachine.sol`. */
export type Shape = { salt: bigint; otherLength: number; otherLevel: number; every: number; length: number };

/** The two deployed toys: the steps of `first` may ask `second`. */
export type Toys = { first: Hex; second: Hex };

/** A state of the toy: halted at its index when there is an output. */
type State = { index: number; value: number };

const bytes32 = (digits: string): Hex => `0x${digits}`;

export const contextOf = (s: Shape): Hex =>
  bytes32(
    word(
      (s.salt << 96n) |
        (BigInt(s.otherLength) << 72n) |
        (BigInt(s.otherLevel) << 64n) |
        (BigInt(s.every) << 56n) |
        BigInt(s.length),
    ),
  );

export function shapeOf(context: Hex): Shape {
  const c = BigInt(context);
  const field = (shift: bigint, bits: bigint) => Number((c >> shift) & ((1n << bits) - 1n));
  return {
    salt: c >> 96n,
    otherLength: field(72n, 24n),
    otherLevel: field(64n, 8n),
    every: field(56n, 8n),
    length: field(0n, 56n),
  };
}

const seedOf = (shape: Shape): number => Number(shape.salt & 0xffffffffn);

export const haltedHash = (context: Hex, output: Hex): Hex => keccakWords(word(1), context.slice(2), output.slice(2));

export const runningHash = (context: Hex, index: number, value: number): Hex =>
  keccakWords(word(0), context.slice(2), word(index), word(value));

export const outputOf = (value: number): Hex => bytes32(word(value));

export const firstRun = (toys: Toys, shape: Shape, level: number): Run => {
  const context = contextOf(shape);
  return { machine: toys.first, context, start: runningHash(context, 0, seedOf(shape)), level };
};

/** Where a liar departs from the truth: before the state at `step`, by flipping these bits of its number. Bit 0 alone is forgotten
 * one step later. */
export type Lie = { machine: "first" | "second"; step: number; flip: number };

/**
 * What the toys do, by a twin of the contract. With lies, what a consistent liar says that they do.
 * A run is worked out whole and kept: toys are short.
 */
export class ToyTraceProvider implements TraceProvider {
  readonly #toys: Toys;
  readonly #lies: readonly Lie[];
  readonly #values = new Map<Hex, number[]>();
  readonly #hashes = new Map<string, Hex>();

  constructor(toys: Toys, lies: readonly Lie[] = []) {
    this.#toys = toys;
    this.#lies = lies;
  }

  async knows(run: Run): Promise<boolean> {
    const shape = shapeOf(run.context);
    const start = runningHash(run.context, 0, seedOf(shape));
    return (run.machine === this.#toys.first || run.machine === this.#toys.second) && run.start === start;
  }

  async output(run: Run): Promise<Uint8Array> {
    return toBytes(this.outputHex(run));
  }

  async stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]> {
    return steps.map((step) => toBytes(this.hash(run, Number(step))));
  }

  async asked(run: Run, step: bigint): Promise<Run | undefined> {
    const shape = shapeOf(run.context);
    const state = this.#state(run, Number(step));
    return asks(run, this.#toys, shape, state) ? askedRun(this.#toys, run.context, shape, state) : undefined;
  }

  async witness(run: Run, step: bigint): Promise<Uint8Array> {
    return toBytes(this.witnessHex(run, Number(step)));
  }

  outputHex(run: Run): Hex {
    return outputOf(this.#trace(run).at(-1)!);
  }

  hash(run: Run, step: number): Hex {
    const key = `${run.context}${run.machine}${step}`;
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      const { index, value } = this.#state(run, step);
      const { length } = shapeOf(run.context);
      hash = index >= length ? haltedHash(run.context, outputOf(value)) : runningHash(run.context, index, value);
      this.#hashes.set(key, hash);
    }
    return hash;
  }

  witnessHex(run: Run, step: number): Hex {
    const { index, value } = this.#state(run, step);
    const { length } = shapeOf(run.context);
    return bytes32(run.context.slice(2) + (index >= length ? outputOf(value).slice(2) : word(index) + word(value)));
  }

  #state(run: Run, step: number): State {
    const trace = this.#trace(run);
    const index = Math.min(step, trace.length - 1);
    return { index, value: trace[index]! };
  }

  /** The number before each step, and after the last. */
  #trace(run: Run): number[] {
    const key = `${run.machine}${run.context}` as Hex;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const shape = shapeOf(run.context);
    const name = run.machine === this.#toys.first ? "first" : "second";
    const values = [seedOf(shape)];
    for (let index = 0; index < shape.length; index++) {
      const state = { index, value: values[index]! };
      let value = next(shape, state);
      if (asks(run, this.#toys, shape, state)) {
        const answer = this.outputHex(askedRun(this.#toys, run.context, shape, state));
        value = resumed(state.value, answer);
      }
      const lie = this.#lies.find((l) => l.machine === name && l.step === index + 1);
      values.push((lie === undefined ? value : value ^ lie.flip) >>> 0);
    }
    this.#values.set(key, values);
    return values;
  }
}

/** What the machine's contract makes of a witness: which state it opens, and what follows. */
export type Opened = { pre: Hex } & ({ post: Hex } | { asked: Run; resume: (output: Hex) => Hex });

export function openWitness(toys: Toys, machine: Hex, witness: Hex): Opened {
  const fields = Array.from({ length: (witness.length - 2) / 64 }, (_, i) =>
    bytes32(witness.slice(2 + 64 * i, 66 + 64 * i)),
  );
  const context = fields[0]!;
  if (fields.length === 2) {
    const pre = haltedHash(context, fields[1]!);
    return { pre, post: pre };
  }
  const shape = shapeOf(context);
  const state = { index: Number(fields[1]!), value: Number(fields[2]!) };
  const pre = runningHash(context, state.index, state.value);
  const after = (value: number): Hex =>
    state.index + 1 >= shape.length
      ? haltedHash(context, outputOf(value))
      : runningHash(context, state.index + 1, value);
  const run: Run = { machine, context, start: pre, level: 0 };
  if (!asks(run, toys, shape, state)) return { pre, post: after(next(shape, state)) };
  const resume = (output: Hex) => after(resumed(state.value, output));
  return { pre, asked: askedRun(toys, context, shape, state), resume };
}

/** The number that a step which asked goes on with. */
const resumed = (value: number, output: Hex): number =>
  Number(BigInt(keccakWords(word(value), output.slice(2))) & 0xffffffffn);

const asks = (run: Run, toys: Toys, shape: Shape, { index }: State): boolean =>
  run.machine === toys.first && shape.every !== 0 && index < shape.length && index % shape.every === shape.every - 1;

const next = (shape: Shape, { index, value }: State): number =>
  Math.imul((value >>> 1) + index + seedOf(shape), 2654435761) >>> 0;

function askedRun(toys: Toys, own: Hex, shape: Shape, { index, value }: State): Run {
  const salt = BigInt(keccakWords(own.slice(2), word(index), word(value))) >> 96n;
  const other: Shape = { salt, otherLength: 0, otherLevel: 0, every: 0, length: shape.otherLength };
  const context = contextOf(other);
  return {
    machine: toys.second,
    context,
    start: runningHash(context, 0, seedOf(other)),
    level: shape.otherLevel,
  };
}

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { fetchWord, runningPreimage } from "@elench/tensor/program/commitment";
import { DTYPES } from "@elench/tensor/program/dtype";
import type { Model } from "@elench/tensor/program/model";
import {
  boundOf,
  encodedAt,
  hashOf,
  instructionAt,
  type RunningState,
  runningInstruction,
  type State,
  startOf,
  type TensorMachine,
} from "@elench/tensor/stepper/state";
import { stageAt, step, writtenElement } from "@elench/tensor/stepper/stepper";
import { bytesToHex } from "viem";
import { randomProgram } from "../../ml-vm/program/fixtures/random.ts";
import { Random } from "../../ml-vm/program/fixtures/random-bits.ts";
import { machineOf, samples } from "../../ml-vm/stepper/fixtures/samples.ts";
import { opening, startVerifier, type Verifier } from "./verifier.ts";

let verifier: Verifier;
before(async () => {
  verifier = await startVerifier();
});
after(() => verifier.close());

/** A seed's program, as a sample. */
const randomSample = (seed: number) => {
  const { model, inputs }: { model: Model; inputs: readonly Uint8Array[] } = randomProgram(seed);
  return machineOf({ name: `random program ${seed}`, model, inputs });
};

/** The states of a run, the halted one last. Each is given before it is used up. */
function* statesOf(machine: TensorMachine): Generator<State> {
  let state: State = startOf(machine);
  for (; state.kind !== "halted"; state = step(machine, state)) yield state;
  yield state;
}

/** Whether the verifier steps as the stepper does, at the states that are chosen. */
async function compare(machine: TensorMachine, choose: () => boolean): Promise<number> {
  let compared = 0;
  let open: { pre: Uint8Array; witness: Uint8Array } | null = null;
  for (const state of statesOf(machine)) {
    if (open !== null) {
      const post = await verifier.step(open.pre, open.witness);
      assert.equal(post && bytesToHex(post), bytesToHex(hashOf(machine, state)), `before ${describe(machine, state)}`);
      compared++;
    }
    open = choose() || state.kind === "halted" ? opening(machine, state) : null;
  }
  // The halted state is left, and steps to itself.
  const post = await verifier.step(open!.pre, open!.witness);
  assert.equal(post && bytesToHex(post), bytesToHex(open!.pre));
  return compared + 1;
}

const describe = (machine: TensorMachine, state: State): string =>
  state.kind === "running"
    ? `${JSON.stringify(state.position)} of instruction ${state.fetch.pc}`
    : state.kind === "fetch"
      ? `pc ${state.pc} of ${machine.program.instructions.length}`
      : "halted";

for (const sample of samples()) {
  test(`each step of the sample "${sample.name}" has the stepper's state after it`, async () => {
    await compare(machineOf(sample), () => true);
  });
}

test("steps of random programs have the stepper's state after them", async () => {
  let compared = 0;
  for (let seed = 1; compared < 10_000; seed++) {
    const random = new Random(seed);
    const machine = randomSample(seed);
    // Some thirty steps of each, so that there are many programs; those from fetch states are few anyway.
    compared += await compare(machine, () => random.chance(0.1));
  }
});

/** Where an encoded tensor instruction has the number of its operands. */
const OPERANDS_AT = 6;
const COMMIT = 3;

interface Reading {
  readonly instruction: Uint8Array;
  readonly roots: Uint8Array;
}

/** The same bytes behind a state, roots and instruction in either order, read with another number of roots. */
function* recuts({ operandRoots }: ReturnType<typeof boundOf>, encoded: Uint8Array): Generator<Reading> {
  for (const bytes of [concat(...operandRoots, encoded), concat(encoded, ...operandRoots)])
    for (let count = 0; 32 * count + OPERANDS_AT < bytes.length; count++) {
      if (count === operandRoots.length) continue;
      const [first, last] = [32 * count, bytes.length - 32 * count];
      const readings = [
        { instruction: bytes.subarray(first), roots: bytes.subarray(0, first) },
        { instruction: bytes.subarray(0, last), roots: bytes.subarray(last) },
      ];
      for (const reading of readings) if (reading.instruction[OPERANDS_AT] === count) yield reading;
    }
}

/** The witness of a commit that opens such a reading, and writes the result where it says. */
function recutWitness(machine: TensorMachine, state: RunningState, { instruction, roots }: Reading): Uint8Array {
  const { fetch, position, target } = state;
  const { fetchHash, bound } = boundOf(machine, state);
  const registers = [...state.accumulators, ...state.innerAccumulators];
  const preimage = runningPreimage(position, bound, target.root, registers);
  const { table } = fetch;
  const index = (256 * (instruction[2] as number) + (instruction[3] as number)) % 2 ** machine.commitment.tableDepth;
  const entry = index < machine.program.tensors.length ? table.word(index) : new Uint8Array(32);
  return concat(
    Uint8Array.of(2),
    preimage.subarray(0, 32),
    fetchHash,
    fetchWord(fetch.pc, fetch.counters),
    Uint8Array.of(instruction.length >> 8, instruction.length & 255),
    instruction,
    roots,
    preimage.subarray(64),
    machine.commitment.header,
    machine.inputTree.root,
    table.tree.root,
    entry,
    ...table.tree.path(index),
  );
}

test("what a state binds is read in one way: with another number of operands it is refused", async () => {
  let tried = 0;
  for (let seed = 1; seed < 300; seed++) {
    const machine = randomSample(seed);
    for (const state of statesOf(machine)) {
      if (state.kind !== "running" || state.position.stage !== COMMIT) continue;
      for (const reading of recuts(boundOf(machine, state), encodedAt(machine, state.fetch))) {
        const post = await verifier.step(hashOf(machine, state), recutWitness(machine, state, reading));
        assert.equal(post, null, `seed ${seed}, ${describe(machine, state)}, ${reading.roots.length / 32} operands`);
        tried++;
      }
    }
  }
  assert.ok(tried > 10, `${tried} readings`);
});

/** What kind of step is taken from a state: the cases that the verifier tells apart. */
function kindOf(machine: TensorMachine, state: State): string {
  if (state.kind === "halted") return "halted";
  if (state.kind === "fetch") {
    if (state.pc === machine.program.instructions.length) return "halting";
    const instruction = instructionAt(machine, state);
    if (instruction.kind !== "end") return instruction.kind;
    if (instruction.halt === null) return "end";
    return state.table.entries[instruction.halt] ? "end, halting on a tensor" : "end, halting on an empty entry";
  }
  const { stage } = state.position;
  if (stage === 3) return "commit";
  const result = stageAt(machine, state);
  const reads = result.reads.some(({ element }) => element === null) ? ", a read outside" : "";
  if (stage < 2) return `${["inner", "body"][stage]}${reads}`;
  const outside = writtenElement(machine, state, result) === null ? ", the write outside" : "";
  return `finish, ${runningInstruction(machine, state).targetDtype}${outside}`;
}

const KINDS = [
  "tensor",
  "loop",
  "end",
  "end, halting on a tensor",
  "end, halting on an empty entry",
  "move",
  "drop",
  "halting",
  "halted",
  "inner",
  "inner, a read outside",
  "body",
  "body, a read outside",
  "finish, f32, the write outside",
  "commit",
  ...DTYPES.map((dtype) => `finish, ${dtype}`),
];

/** An opened state of each kind, and the state after it. */
function openings(): Map<string, { pre: Uint8Array; witness: Uint8Array; post: Uint8Array }> {
  const found = new Map<string, { pre: Uint8Array; witness: Uint8Array; post: Uint8Array }>();
  const machines = function* () {
    for (const sample of samples()) yield machineOf(sample);
    for (let seed = 1; ; seed++) yield randomSample(seed);
  };
  for (const machine of machines()) {
    let last: { kind: string; pre: Uint8Array; witness: Uint8Array } | null = null;
    for (const state of statesOf(machine)) {
      const post = last && hashOf(machine, state);
      if (last && post && !found.has(last.kind)) found.set(last.kind, { ...last, post });
      const kind = kindOf(machine, state);
      last = found.has(kind) ? null : { kind, ...opening(machine, state) };
    }
    if (last) found.set(last.kind, { ...last, post: last.pre });
    if (KINDS.every((kind) => found.has(kind))) return found;
  }
  throw new Error("unreachable");
}

const opened = openings();

for (const kind of KINDS) {
  test(`a damaged witness is refused, or proves the same: ${kind}`, async () => {
    const { pre, witness, post } = opened.get(kind)!;
    const expected = bytesToHex(post);
    assert.equal(bytesToHex((await verifier.step(pre, witness))!), expected);
    const random = new Random(KINDS.indexOf(kind) + 1);
    const damaged: Uint8Array[] = Array.from(witness, (byte, i) => witness.with(i, byte ^ (1 << random.integer(0, 7))));
    const cut = random.integer(0, witness.length - 1);
    damaged.push(
      witness.subarray(0, -1),
      witness.subarray(1),
      Uint8Array.of(...witness.subarray(0, cut), ...witness.subarray(cut + 1)),
      Uint8Array.of(...witness, 0),
      Uint8Array.of(...witness, 0xff),
      Uint8Array.of(...witness, ...new Uint8Array(32)),
      Uint8Array.of(...witness.subarray(0, cut), 0, ...witness.subarray(cut)),
      new Uint8Array(0),
    );
    let refused = 0;
    for (const [i, bytes] of damaged.entries()) {
      const result = await verifier.step(pre, bytes);
      if (result === null) refused++;
      else assert.equal(bytesToHex(result), expected, `damage ${i} of ${damaged.length}`);
    }
    // Nothing in a witness is free: there is one that opens a state.
    assert.equal(refused, damaged.length);
    assert.equal(await verifier.step(pre.with(0, pre[0]! ^ 1), witness), null);
  });
}

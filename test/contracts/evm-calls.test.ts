/** Steps of calls, creations and the ends of frames: the contracts take them as the stepper does, from no other witness. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove } from "@elench/evm/machine/step";
import { PHASE, type Phase } from "@elench/evm/structures/layout";
import { OP } from "@elench/spec/evm/opcodes";
import { bytesToHex, concatBytes } from "@ethereumjs/util";
import { randomScenario, runStepped } from "../../evm/machine/fixtures/programs.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const SCENARIOS = 80;
/** Steps taken of each kind. */
const OF_EACH = 4;
/** What the dearest of these steps needs, which is far below the bounds of a step. */
const MOST_GAS = 200_000;
const MOST_BYTES = 16_384;
const STATE_BYTES = 480;
const CALLS: readonly number[] = [OP.CREATE, OP.CALL, OP.CALLCODE, OP.DELEGATECALL, OP.CREATE2, OP.STATICCALL];
const FRAMES: readonly Phase[] = [PHASE.enter, PHASE.create, PHASE.deposit, PHASE.leave];

const contracts = build(["contracts/evm/parts/CallOps.sol", "contracts/evm/parts/FrameSteps.sol"]);
const contract = (name: string) => contracts.get(name) ?? assert.fail(`no contract ${name}`);
let calls: Deployed;
let frames: Deployed;
const steps = new Map<string, ProvenStep[]>();

before(async () => {
  const evm = await startEvm();
  calls = await evm.deploy(contract("CallOps"));
  frames = await evm.deploy(contract("FrameSteps"));
  for (let seed = 1; seed <= SCENARIOS; seed++) await collect(seed);
});

/** A few steps of each kind, told by what happens and what comes next. */
async function collect(seed: number): Promise<void> {
  let last: { readonly kind: string; readonly proven: ProvenStep } | undefined;
  await runStepped(randomScenario(seed), (m) => {
    if (last) keep(`${last.kind} → ${place(m)}`, last.proven);
    const kind = kindOf(m);
    last = kind === undefined ? undefined : { kind, proven: prove(m) };
  });
}

function keep(kind: string, proven: ProvenStep): void {
  const same = steps.get(kind) ?? [];
  if (same.length < OF_EACH) steps.set(kind, [...same, proven]);
}

const status = (m: Machine): string =>
  m.task.phase === PHASE.leave || m.task.phase === PHASE.settle ? ` ${m.task.status}` : "";
const place = (m: Machine): string => `${m.phase}${status(m)}`;

function kindOf(m: Machine): string | undefined {
  if (FRAMES.includes(m.phase)) return `phase ${place(m)} of kind ${m.frame?.kind}`;
  const op = m.code.bytes[m.pc] ?? 0;
  return m.phase === PHASE.execute && CALLS.includes(op) ? `opcode ${op.toString(16)}` : undefined;
}

const partFor = (kind: string): Deployed => (kind.startsWith("opcode") ? calls : frames);

const take = (kind: string, pre: Uint8Array, witness: Uint8Array) =>
  partFor(kind).call("step", bytesToHex(pre), bytesToHex(witness));

describe("calls, creations and the ends of frames on L1", () => {
  it("come about in every kind", () => {
    const { enter, create, leave, execute, hash, deposit, copy, build, loadAccount, loadCode, precompile, settle } =
      PHASE;
    const expected = [
      ...["f1", "f2", "f4", "fa"].flatMap((op) => [`opcode ${op} → ${enter}`, `opcode ${op} → ${leave} 2`]),
      `opcode f1 → ${loadAccount}`,
      `opcode f0 → ${create}`,
      `opcode f5 → ${hash}`,
      `phase ${create} of kind 0 → ${loadAccount}`,
      `phase ${create} of kind 0 → ${enter}`,
      `phase ${create} of kind 0 → ${execute}`,
      `phase ${enter} of kind 0 → ${execute}`,
      `phase ${enter} of kind 0 → ${precompile}`,
      `phase ${enter} of kind 0 → ${loadCode}`,
      `phase ${enter} of kind 0 → ${leave} 1`,
      `phase ${enter} of kind 1 → ${build}`,
      `phase ${enter} of kind 1 → ${execute}`,
      `phase ${enter} of kind 1 → ${leave} 2`,
      `phase ${leave} 0 of kind 0 → ${execute}`,
      `phase ${leave} 0 of kind 0 → ${copy}`,
      `phase ${leave} 1 of kind 0 → ${execute}`,
      `phase ${leave} 1 of kind 0 → ${copy}`,
      `phase ${leave} 2 of kind 0 → ${execute}`,
      `phase ${leave} 0 of kind 1 → ${hash}`,
      `phase ${leave} 0 of kind 1 → ${execute}`,
      `phase ${leave} 0 of kind 1 → ${leave} 2`,
      `phase ${leave} 1 of kind 1 → ${execute}`,
      `phase ${leave} 2 of kind 1 → ${execute}`,
      `phase ${deposit} of kind 1 → ${leave} 3`,
      `phase ${leave} 3 of kind 1 → ${execute}`,
      ...[0, 1, 2].map((end) => `phase ${leave} ${end} of kind 0 → ${settle} ${end}`),
    ];
    assert.deepEqual(
      expected.filter((kind) => !steps.has(kind)),
      [],
    );
  });

  it("lead to the stepper's state, within a step's bounds", async () => {
    for (const [kind, same] of steps)
      for (const { pre, witness, post } of same) {
        const { value, gas } = await partFor(kind).call("step", bytesToHex(pre), bytesToHex(witness));
        assert.equal(value, bytesToHex(post), kind);
        assert.ok(gas < MOST_GAS && witness.length <= MOST_BYTES, `${kind}: ${gas} gas, ${witness.length} bytes`);
      }
  });

  it("are not taken from a witness with a bit changed, with a word cut off, or with one added", async () => {
    for (const [kind, [first]] of steps) {
      const { pre, witness } = first as ProvenStep;
      for (let at = STATE_BYTES; at < witness.length; at += 67) {
        const damaged = witness.slice();
        damaged[at] = (damaged[at] as number) ^ (1 << (at & 7));
        await assert.rejects(take(kind, pre, damaged), Reverted, `${kind}: byte ${at} of ${witness.length}`);
      }
      await assert.rejects(take(kind, pre, witness.subarray(0, -32)), Reverted, kind);
      await assert.rejects(take(kind, pre, concatBytes(witness, new Uint8Array(32))), Reverted, kind);
    }
  });

  it("are not taken by a part that does not know them", async () => {
    for (const [kind, [first]] of steps) {
      const { pre, witness } = first as ProvenStep;
      const other = kind.startsWith("opcode") ? frames : calls;
      await assert.rejects(other.call("step", bytesToHex(pre), bytesToHex(witness)), Reverted, kind);
    }
  });
});

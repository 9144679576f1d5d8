import { toHex } from "@elench/bytes/hex";
import { equalBytes } from "@elench/bytes/words";
import { contextOf, firstBlock, SLOT_STEPS } from "@elench/evm/batch/claim";
import type { NativeBatch, NativeTransaction } from "@elench/evm/batch/native-batch";
import { Engine } from "@elench/evm/engine/engine";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove } from "@elench/evm/machine/step";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { type Block, PHASE, type Tx, ZERO_HASH } from "@elench/evm/structures/layout";
import { hashPair } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { runBatch } from "../../evm/machine/run.ts";
import type { EvmVerifier } from "../contracts/evm-verifier.ts";
import { models } from "./models.ts";
import { randomScenario, type Scenario, type Stage, stageOf } from "./scenario.ts";
import { isDelegated, kindAfter, kindBefore } from "./step-kind.ts";

/** Runs a random scenario by every executor, and compares what they make of it. */

/** The executors do not agree. The message says where. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";
}

/** What was run. */
export interface Judged {
  readonly valid: number;
  /** Of these, those that ended by a revert or a failure. */
  readonly failed: number;
  readonly dropped: number;
  readonly steps: number;
  /** Steps that the contract took. */
  readonly verified: number;
}

/** How often each kind of step was met: the rarest are verified first. */
export type Met = Map<string, number>;

export interface JudgeOptions {
  /** Takes steps as the contract does. */
  readonly verifier?: EvmVerifier;
  /** Steps that it takes of a run; the rarest kinds are preferred. Default: 60. */
  readonly verified?: number;
  /** Kinds of steps met so far. It is added to. */
  readonly met?: Met;
}

/** @throws Disagreement */
export async function judgeSeed(seed: number, options: JudgeOptions = {}): Promise<Judged> {
  return judge(randomScenario(seed), options);
}

async function judge(scenario: Scenario, { verifier, verified = 60, met = new Map() }: JudgeOptions): Promise<Judged> {
  const stage = await stageOf(scenario);
  const engine = new Engine({ store: (await stageOf(scenario)).state.store, models });
  const native = await runReferenceBatch(stage.input, { state: stage.state, models });
  compareNative(await engine.run(stage.input), native);
  engine.close();
  const kinds = step(stage, native);
  for (const kind of kinds.values()) met.set(kind, (met.get(kind) ?? 0) + 1);
  const chosen = verifier ? choose(kinds, met, verified) : new Set<bigint>();
  if (verifier) await verify(stage, chosen, verifier);
  const receipts = native.transactions.flatMap(({ receipt }) => receipt ?? []);
  return {
    valid: receipts.length,
    failed: receipts.filter(({ success }) => !success).length,
    dropped: native.transactions.length - receipts.length,
    steps: kinds.size,
    verified: chosen.size,
  };
}

/** The native engine must give what the reference does: all of it. */
function compareNative(ours: NativeBatch, reference: NativeBatch): void {
  const [told, expected] = [ours, reference].map((batch) =>
    JSON.stringify(batch, (_, value) =>
      typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? toHex(value) : value,
    ),
  );
  if (told !== expected) throw new Disagreement(`the native engine gives ${told}, the reference ${expected}`);
}

/** Steps all of the batch; each transaction, and the end, must be what native execution says. @returns what was done at each clock. */
function step({ input, host }: Stage, { transactions, output }: NativeBatch): Map<bigint, string> {
  const kinds = new Map<bigint, string>();
  let last: { readonly clock: bigint; readonly kind: string } | undefined;
  const blocks = [firstBlock(input)];
  const bound = new StepBound();
  const halted = runBatch(host, input, (m) => {
    if (last) kinds.set(last.clock, `${last.kind} → ${kindAfter(m)}`);
    last = { clock: m.clock, kind: kindBefore(m) };
    if (m.clock > 0n && m.clock % SLOT_STEPS === 0n) {
      const [before, after] = [blocks.at(-1) as Block, (m.tx as Tx).block];
      const slot = blocks.push(after) - 2;
      bound.check(slot, after.batch.position - before.batch.position);
      compare(before, after, transactions[slot], slot);
    }
    bound.count(m);
  });
  // The last slot ends with the batch, whatever bytes of it are left.
  bound.check(blocks.length - 1, input.bytes.size - (blocks.at(-1) as Block).batch.position);
  if (last) kinds.set(last.clock, `${last.kind} → ${kindAfter(halted)}`);
  if (blocks.length - 1 !== transactions.length)
    throw new Disagreement(`${blocks.length - 1} transactions by the stepper, ${transactions.length} natively`);
  if (!equalBytes(halted.hash(), hashPair(contextOf(input), output))) throw new Disagreement("the outputs differ");
  return kinds;
}

/** Steps of a transaction's slot, idling aside, are at most one for each unit of gas that it spends (refunds not taken off), 1/7 for each byte of the batch, and 20 more: docs/evm-machine.md, "Slots of the clock", says why. */
class StepBound {
  #steps = 0n;
  #spent = 0n;

  count(m: Machine): void {
    if (m.phase !== PHASE.idle) this.#steps++;
    if (m.phase === PHASE.settle) this.#spent = (m.tx?.envelope?.gasLimit ?? 0n) - m.gas;
  }

  /** At the end of a slot. @param read bytes of the batch that were read in it. */
  check(slot: number, read: number): void {
    if (this.#steps > this.#spent + BigInt(Math.floor(read / 7)) + 20n)
      throw new Disagreement(`slot ${slot}: ${this.#steps} steps for ${this.#spent} gas and ${read} bytes`);
    [this.#steps, this.#spent] = [0n, 0n];
  }
}

/** @throws Disagreement about a transaction, which the stepper led from a block as it was before it to one as it is after. */
function compare(before: Block, after: Block, native: NativeTransaction | undefined, slot: number): void {
  const isFirst = before.number !== after.number;
  const dropped = equalBytes(after.receipts, isFirst ? ZERO_HASH : before.receipts);
  const gasUsed = dropped ? null : after.gasUsed - (isFirst ? 0n : before.gasUsed);
  const expected = native?.receipt?.gasUsed ?? null;
  if (native && after.number === native.number && gasUsed === expected) return;
  const said = (number: bigint | undefined, gas: bigint | null): string =>
    `${gas === null ? "dropped" : `${gas} gas`} in block ${number ?? "none"}`;
  throw new Disagreement(
    `transaction ${slot}: ${said(after.number, gasUsed)} by the stepper, ${said(native?.number, expected)} natively`,
  );
}

/** Clocks of the steps to verify: of the kinds that were met least, and of each kind once before twice. */
function choose(kinds: ReadonlyMap<bigint, string>, met: Met, count: number): ReadonlySet<bigint> {
  const here = new Map<string, number>();
  const taken = [...kinds].filter(([, kind]) => !isDelegated(kind));
  const ranked = taken.map(([clock, kind]) => {
    const before = here.get(kind) ?? 0;
    here.set(kind, before + 1);
    return { clock, rank: (met.get(kind) as number) + 1000 * before };
  });
  ranked.sort((a, b) => a.rank - b.rank);
  return new Set(ranked.slice(0, count).map(({ clock }) => clock));
}

/** Has the contract take steps of the run. @throws Disagreement */
async function verify({ input, host }: Stage, clocks: ReadonlySet<bigint>, verifier: EvmVerifier): Promise<void> {
  const proven: (ProvenStep & { readonly what: string })[] = [];
  runBatch(host, input, (m) => {
    if (clocks.has(m.clock)) proven.push({ ...prove(m), what: `step ${m.clock}, ${kindBefore(m)}` });
  });
  const verdicts = await verifier.verdicts(proven);
  for (const [i, { witness, post, what }] of proven.entries()) {
    const verdict = verdicts[i] as (typeof verdicts)[number];
    if (verdict.post === null) throw new Disagreement(`${what}: the contract refuses the witness`);
    if (!equalBytes(verdict.post, post)) throw new Disagreement(`${what}: the contract comes to another state`);
    if (witness.length > LIMIT.STEP_BYTES) throw new Disagreement(`${what}: a witness of ${witness.length} bytes`);
    if (verdict.gas > LIMIT.STEP_GAS) throw new Disagreement(`${what}: ${verdict.gas} gas on L1`);
  }
}

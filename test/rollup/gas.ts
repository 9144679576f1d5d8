import type { Hex } from "@elench/bytes/hex";
import { bytesToHex } from "@ethereumjs/util";
import { zeroHash } from "viem";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build, type Mutation } from "../contracts/build.ts";
import { parameters, prices } from "../game/arena.ts";
import type { Artifact as GameArtifact } from "../game/compile.ts";
import { type Rules, startRuledChain } from "../game/ruled-chain.ts";
import { type Artifact, compile, type Name } from "./contracts.ts";
import { FINALITY_DELAY, GENESIS, hashed, type Opened, openStage, type Stage } from "./stage.ts";

/** Whole transactions, in gas, by what they do. */
export type Gas = Record<string, number>;

/** So few places that a measurement comes round to slots that were used before. */
const FEW: readonly Mutation[] = [
  { file: "contracts/rollup/Outputs.sol", from: "PLACES = 2 ** 20;", to: "PLACES = 64;" },
  { file: "contracts/rollup/Inbox.sol", from: "RING = 8_192;", to: "RING = 4;" },
];
const LENGTH = 4;
const LAP = 64 / LENGTH;
/** Longer than anything is kept. */
const MONTH = 30 * 86_400;
/** A span is proposed every 600 seconds, settled 1,200 seconds later, and final after 500 more. */
const PERIOD = 600;

/** Bytes of a transaction's calldata look like these: few of them are zero. */
const random = seededRandom(11);
const bytesOf = (size: number): Hex => bytesToHex(Uint8Array.from({ length: size }, () => random(256)));

/** The optimised contracts, with few places. */
export function roundContracts(): Record<Name, Artifact> {
  const changed = build(["contracts/rollup/Inbox.sol", "contracts/rollup/Outputs.sol"], FEW);
  const artifact = (name: Name): Artifact => {
    const { abi, creation, size } = changed.get(name)!;
    return { abi, bytecode: bytesToHex(creation), deployedSize: size };
  };
  return { ...compile(), Inbox: artifact("Inbox"), Outputs: artifact("Outputs") };
}

export async function measure(game: GameArtifact, contracts: Record<Name, Artifact>, rules: Rules): Promise<Gas> {
  const chain = await startRuledChain(rules);
  const guardian = chain.accounts[1]!;
  const stage = await openStage(chain, {
    contracts,
    game: await chain.deploy(game, [{ ...parameters, guardian }]),
  });
  const gas: Gas = {};
  await appends(stage, gas);
  await spans(stage, game, gas);
  await chain.close();
  return gas;
}

async function appends(stage: Stage, gas: Gas): Promise<void> {
  const append = async (size: number): Promise<number> => Number((await stage.appendBytes(bytesOf(size))).gasUsed);
  const checkpoint = async (): Promise<number> => {
    stage.now += 12;
    return Number((await stage.checkpoint()).gasUsed);
  };
  gas["append 100 bytes, first use"] = await append(100);
  gas["checkpoint, first use"] = await checkpoint();
  // Every second append writes the lowest slot of the frontier, every fourth the next one.
  for (let i = 1; i < 128; i++) await append(100);
  const costs: number[] = [];
  for (let i = 128; i < 256; i++) costs.push(await append(100));
  gas["append 100 bytes"] = Math.round(costs.reduce((a, b) => a + b) / costs.length);
  gas["append 100 bytes, every second"] = Math.min(...costs);
  gas["append 1,000 bytes"] = await append(1_000);
  gas["append 10,000 bytes"] = await append(10_000);
  const large = await append(100_000);
  gas["append, each further kB"] = Math.round((large - gas["append 10,000 bytes"]) / 90);
  for (let i = 0; i < 4; i++) {
    await append(1);
    await checkpoint();
  }
  while ((await stage.readInbox<bigint>("count")) < 1_023n) await append(1);
  // A count of 2^20 has ten bits set on average; each is a slot of the frontier that is read.
  gas["checkpoint of 1,023 batches: ten slots of the frontier"] = await checkpoint();
}

async function spans(stage: Stage, { abi }: GameArtifact, gas: Gas): Promise<void> {
  const proposeSpan = async (n: number): Promise<[Opened, number]> => {
    const [first, end] = [n * LENGTH, (n + 1) * LENGTH];
    const previous = n === 0 ? GENESIS : hashed(n);
    const { opened, receipt } = await stage.proposeWith({ first, end, previous }, hashed(n + 1), {
      value: prices.proposal,
      hint: n % LAP,
    });
    return [opened, Number(receipt.gasUsed)];
  };
  const settleSpan = async (opened: Opened): Promise<number> => {
    const { chain, addresses, proposer: from, now: at } = stage;
    const args = [opened.proposal, [], zeroHash, zeroHash];
    await chain.transact({ from, to: addresses.game, abi, name: "settle", args, at });
    return Number((await stage.settle(opened)).gasUsed);
  };

  const pending: Opened[] = [];
  const settleNext = (): Promise<number> => settleSpan(pending.shift()!);
  /** Steady state: a chain of three pending spans, of which the first is settled; the one before becomes final. */
  const carryOn = async (from: number, to: number): Promise<{ toPropose: number; toSettle: number }> => {
    let toPropose = 0;
    let toSettle = 0;
    for (let n = from; n < to; n++) {
      const [opened, cost] = await proposeSpan(n);
      pending.push(opened);
      toPropose = cost;
      if (pending.length === 3) toSettle = await settleNext();
      stage.now += PERIOD;
    }
    return { toPropose, toSettle };
  };
  const settleAll = async (): Promise<void> => {
    stage.now += 2 * PERIOD;
    while (pending.length > 0) await settleNext();
  };

  const first = await carryOn(0, 3);
  gas["span propose, first use of each slot but the head"] = first.toPropose;
  gas["span settle, first use of each slot but the head"] = first.toSettle;
  await carryOn(3, LAP - 1);
  await settleAll();
  stage.now += MONTH;
  await stage.advance(LAP);
  const steady = await carryOn(LAP - 1, 2 * LAP - 2);
  gas["span propose"] = steady.toPropose;
  gas["span settle"] = steady.toSettle;
  await settleAll();
  stage.now += FINALITY_DELAY;
  await stage.advance(LAP);
  gas["span propose on the final boundary"] = (await proposeSpan(2 * LAP - 2))[1];
  gas["askAgain, first use"] = Number((await stage.outputs("askAgain", [], stage.guardian)).gasUsed);
}

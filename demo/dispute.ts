import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Address, Hex } from "viem";
import { type Bill, billOf } from "./ledger.ts";
import { type Stage, watcher } from "./stage.ts";
import { tell } from "./tell.ts";
import { until } from "./until.ts";

/** The step to which a dispute was narrowed. */
export interface Place {
  readonly machine: Address;
  readonly step: bigint;
  /** Number of levels of the dispute. */
  readonly levels: number;
}

export interface Refutation {
  /** The proposal's machine first, then the machines that its steps asked. */
  readonly places: readonly Place[];
  /** Milliseconds from the proposal's block to the refutation's. */
  readonly ms: number;
}

/** Prints the moves of the dispute after a block, until L1 has executed a step. @param since number of the block. */
export async function followDispute({ chain, deployment }: Stage, since: bigint): Promise<Refutation> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const logs = async <T extends "Proposed" | "Claimed" | "WholeRange" | "Refuted">(eventName: T) =>
    // A node can refuse requests for blocks that do not exist yet.
    (await chain.client.getContractEvents({ ...game, eventName, fromBlock: since, strict: true })).filter(
      ({ blockNumber }) => blockNumber > since,
    );
  await until("the proposal", async () => (await logs("Proposed")).length > 0);
  const started = performance.now();
  let shown = 0;
  const refuted = await until("the refutation", async () => {
    const claims = await logs("Claimed");
    const whole = new Map((await logs("WholeRange")).map(({ args }) => [args.id, args]));
    for (const { args } of claims.slice(shown)) {
      const by = isSame(args.claimant, watcher.account.address) ? "watchtower" : "liar      ";
      const what =
        isSame(whole.get(args.id)?.machine, deployment.tensorVerifier) && args.parent !== args.game
          ? ", about the inference"
          : "";
      tell(`  ${by}  segment ${String(args.segment).padStart(2)} of 16${what}, ends in ${args.end.slice(0, 12)}…`);
    }
    shown = claims.length;
    return (await logs("Refuted"))[0];
  });
  const ms = Math.round(performance.now() - started);
  const claims = (await logs("Claimed")).map(({ args }) => args);
  const whole = (await logs("WholeRange")).map(({ args }) => args);
  return { places: placesOf(refuted.args, claims, whole), ms };
}

interface Claimed {
  readonly id: Hex;
  readonly parent: Hex;
  readonly segment: number;
}

/** The step of each machine for a segment of a level-1 claim: the segments on the path to it are the hexadecimal digits of its number. */
function placesOf(
  { claim, segment }: { readonly claim: Hex; readonly segment: number },
  claims: readonly Claimed[],
  whole: readonly { readonly id: Hex; readonly machine: Address; readonly level: number }[],
): Place[] {
  const byId = new Map(claims.map((one) => [one.id, one]));
  const ranges = new Map(whole.map((one) => [one.id, one]));
  const places: Place[] = [];
  let [step, width] = [BigInt(segment), 16n];
  for (let at = byId.get(claim); at; at = byId.get(at.parent)) {
    const range = ranges.get(at.id);
    if (range) {
      places.unshift({ machine: range.machine, step, levels: range.level });
      [step, width] = [BigInt(at.segment), 16n];
    } else {
      step += BigInt(at.segment) * width;
      width *= 16n;
    }
  }
  return places;
}

const isSame = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/** L1 gas of a story's disputes since a block, both sides together. */
export async function gasSince(
  { chain, deployment }: Stage,
  since: bigint,
): Promise<Bill & { readonly total: bigint }> {
  const { disputeGame, inferenceOracle, rollup } = deployment;
  const last = await chain.client.getBlockNumber();
  const bill = await billOf(chain.client, [disputeGame, inferenceOracle, rollup.outputs], since + 1n, last);
  return { ...bill, total: Object.values(bill.gas).reduce((a, b) => a + b, 0n) };
}

import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import type { Deployment } from "@elench/deploy/deployment";
import { type Address, type PublicClient, parseAbi } from "viem";
import type { L1Block } from "./follower.ts";
import { agree } from "./quorum.ts";

/** A region of the game: the last game there, and how many claims and refutations it has. */
export interface RegionCount {
  readonly region: number;
  readonly generation: number;
  readonly claims: number;
}

/** What every consumer of the game has (`IResults`). */
const CONSUMER_ABI = parseAbi(["function sequence() view returns (uint256)"]);

/** How much the contracts themselves say that there is, at a block. */
export interface Counters {
  readonly block: bigint;
  readonly regions: readonly RegionCount[];
  /** Events of the oracle so far. */
  readonly oracle: number;
  /** Null if the deployment has no rollup. */
  readonly rollup: { readonly batches: number; readonly checkpoints: number; readonly outputs: number } | null;
}

/**
 * Reads the counters at a block on which the quorum agrees: a single endpoint that invents events would have the history read again and
 * again, and one that hides them would not be found out.
 * @param regions of the game, whose counters are read too
 */
export function readCounters(
  clients: readonly PublicClient[],
  quorum: number,
  deployment: Deployment,
  { number, hash }: L1Block,
  regions: readonly number[],
): Promise<Counters> {
  return agree({
    clients,
    quorum,
    what: `the contracts' counters at block ${number} (${hash})`,
    ask: (client) => ask(client, deployment, number, regions),
    digestOf: (counters) => JSON.stringify(counters, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  });
}

async function ask(
  client: PublicClient,
  { disputeGame, inferenceOracle, rollup }: Deployment,
  block: bigint,
  regions: readonly number[],
): Promise<Counters> {
  const [counts, oracle, rollupCounts] = await Promise.all([
    Promise.all(regions.map((region) => askRegion(client, disputeGame, block, region))),
    askSequence(client, inferenceOracle, block),
    rollup ? askRollup(client, rollup, block) : null,
  ]);
  return { block, regions: counts, oracle, rollup: rollupCounts };
}

async function askSequence(client: PublicClient, address: Address, blockNumber: bigint): Promise<number> {
  return Number(await client.readContract({ address, abi: CONSUMER_ABI, functionName: "sequence", blockNumber }));
}

async function askRegion(
  client: PublicClient,
  address: Address,
  blockNumber: bigint,
  region: number,
): Promise<RegionCount> {
  const args = [BigInt(region)] as const;
  const [generation, , claims] = await client.readContract({
    address,
    abi: disputeGameAbi,
    functionName: "gameAt",
    args,
    blockNumber,
  });
  return { region, generation: Number(generation), claims: Number(claims) };
}

async function askRollup(
  client: PublicClient,
  rollup: NonNullable<Deployment["rollup"]>,
  blockNumber: bigint,
): Promise<NonNullable<Counters["rollup"]>> {
  const inbox = { address: rollup.inbox, abi: inboxAbi, blockNumber } as const;
  const [batches, checkpoints, outputs] = await Promise.all([
    client.readContract({ ...inbox, functionName: "count" }),
    client.readContract({ ...inbox, functionName: "checkpoints" }),
    askSequence(client, rollup.outputs, blockNumber),
  ]);
  return { batches: Number(batches), checkpoints: Number(checkpoints), outputs };
}

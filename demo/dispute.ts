import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Address } from "viem";
import { type Bill, billOf } from "./ledger.ts";
import { provider, type Stage, watcher } from "./stage.ts";
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

/** A claim, unpacked from the two words that its event holds (docs/game.md, "Identity"). */
interface Claimed {
  readonly number: bigint;
  readonly parent: bigint;
  readonly segment: number;
  readonly level: number;
  readonly machine: Address;
  readonly claimant: Address;
}

const address = (word: bigint): Address => `0x${(word & ((1n << 160n) - 1n)).toString(16).padStart(40, "0")}`;

const unpack = (terms: bigint, origin: bigint): Claimed => ({
  number: (origin >> 184n) & 0xffffffn,
  parent: (origin >> 160n) & 0xffffffn,
  segment: Number((terms >> 232n) & 0xfn),
  level: Number((terms >> 228n) & 0xfn),
  machine: address(terms),
  claimant: address(origin),
});

/** Prints the moves of the dispute after a block, until L1 has executed a step. @param since number of the block. */
export async function followDispute({ chain, deployment }: Stage, since: bigint): Promise<Refutation> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const logs = async <T extends "Proposed" | "Claimed" | "Refuted">(eventName: T) =>
    // A node can refuse requests for blocks that do not exist yet.
    (await chain.client.getContractEvents({ ...game, eventName, fromBlock: since, strict: true })).filter(
      ({ blockNumber }) => blockNumber > since,
    );
  const claims = async () =>
    (await logs("Claimed")).map(({ args }) => ({ ...unpack(args.terms, args.origin), end: args.end }));
  await until("the proposal", async () => (await logs("Proposed")).length > 0);
  const started = performance.now();
  let shown = 0;
  const refuted = await until("the refutation", async () => {
    const made = await claims();
    for (const claim of made.slice(shown)) {
      tell(
        `  ${nameOf(claim.claimant)}  ${what(claim, made, deployment.tensorVerifier)}, ends in ${claim.end.slice(0, 12)}…`,
      );
    }
    shown = made.length;
    return (await logs("Refuted"))[0];
  });
  const ms = Math.round(performance.now() - started);
  return { places: placesOf(unpack(refuted.args.terms, refuted.args.origin), await claims()), ms };
}

function nameOf(claimant: Address): string {
  if (isSame(claimant, watcher.account.address)) return "watchtower";
  return isSame(claimant, provider.account.address) ? "proposer  " : "liar      ";
}

function what({ segment, parent, machine }: Claimed, claims: readonly Claimed[], tensorVerifier: Address): string {
  const asking = claims.find(({ number }) => number === parent)?.machine;
  const about = isSame(machine, tensorVerifier) ? "the inference" : "the batch";
  return `segment ${String(segment).padStart(2)} of 16${asking === undefined || asking === machine ? "" : `, about ${about}`}`;
}

/** The step of each machine: the segments on the path to the refutation are the hexadecimal digits of its number. */
function placesOf(refutation: Claimed, claims: readonly Claimed[]): Place[] {
  const byNumber = new Map(claims.map((claim) => [claim.number, claim]));
  const places: Place[] = [];
  let [step, width] = [BigInt(refutation.segment), 16n];
  for (let at = byNumber.get(refutation.parent); at; at = byNumber.get(at.parent)) {
    const parent = byNumber.get(at.parent);
    if (parent === undefined || parent.machine !== at.machine) {
      places.unshift({ machine: at.machine, step, levels: at.level });
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

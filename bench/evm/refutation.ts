import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { ProvenStep } from "@elench/evm/machine/step";
import { hashPair } from "@elench/merkle/tree";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { SEGMENTS } from "@elench/spec/game/game";
import { type Hex, parseEventLogs } from "viem";
import { open, rootOf } from "../../challenger/strategy/dissection.ts";
import { type Answered, packAnswered, unpackClaim } from "../../challenger/strategy/record.ts";
import { type L1, transact } from "./l1.ts";

/** What it takes to refute a false claim about one step, in a real game: the whole transaction, as its receipt tells it. */

const [LIAR, WATCHER] = [3, 4];
const word = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const CONTEXT = word(0);
const [PROPOSED, COUNTERED, WRONG] = [word(1), word(2), word(3)];

/** Places for claims that are warmed at a time. */
const WARMED = 256;
let places = 0;

/** A place that no claim has, in a slot that was used before: the next one. */
async function freshPlace({ chain, deployment }: L1): Promise<number> {
  if (places % WARMED === 0) {
    const args = [0n, 0n, BigInt(places), BigInt(WARMED)];
    await transact(chain, { abi: disputeGameAbi, to: deployment.disputeGame, name: "warm", args, from: WATCHER });
  }
  return places++;
}

export async function refutations(l1: L1, steps: readonly ProvenStep[]): Promise<number[]> {
  const game = { abi: disputeGameAbi, to: l1.deployment.disputeGame };
  const { bond, prepayment } = await l1.chain.client.readContract({
    abi: disputeGameAbi,
    address: game.to,
    functionName: "parameters",
  });
  const price = (bonds: bigint): bigint => bonds * bond + prepayment;
  const gas: number[] = [];
  for (let from = 0; from < steps.length; from += SEGMENTS) {
    // A claim of level 2 whose segments begin with the states that the steps begin with.
    const some = steps.slice(from, from + SEGMENTS);
    const starts = Array.from({ length: SEGMENTS }, (_, i) => toHex((some[i] ?? (some[0] as ProvenStep)).pre));
    const parent = await countered(l1, starts, price);
    const ends = [...starts, toHex(hashPair(bytes(CONTEXT), bytes(COUNTERED)))];
    for (const [segment, { pre, witness }] of some.entries()) {
      const middles = Array.from({ length: SEGMENTS - 1 }, () => WRONG);
      const args = [
        packAnswered(parent, segment, await freshPlace(l1)),
        COUNTERED,
        opening(ends, segment),
        WRONG,
        middles,
      ];
      const move = await transact(l1.chain, { ...game, name: "moveWhole", args, value: price(1n), from: LIAR });
      const points = [toHex(pre), ...middles, WRONG];
      const claim = claimIn(move, rootOf(points), undefined);
      const refuting = [packAnswered(claim, 0, await freshPlace(l1)), opening(points, 0), toHex(witness)];
      const refutation = { ...game, name: "refute", args: refuting, from: WATCHER };
      gas.push(Number((await transact(l1.chain, refutation)).gasUsed));
    }
  }
  return gas;
}

const opening = (points: readonly Hex[], segment: number) => {
  const { from, to, proof } = open(points, segment);
  return { from, to, proof };
};

/** The claim that a transaction made. */
function claimIn({ logs }: Awaited<ReturnType<typeof transact>>, root: Hex, output: Hex | undefined): Answered {
  const [event] = parseEventLogs({ abi: disputeGameAbi, eventName: "Claimed", logs });
  if (!event) throw new Error("the claim has no event");
  const { terms, origin } = event.args;
  const claim = unpackClaim({ terms, origin, commitment: root });
  if (!claim) throw new Error("the event's words are no claim");
  return { ...claim, root, output };
}

const bytes = (hex: Hex): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), "hex"));

async function countered(l1: L1, starts: readonly Hex[], price: (bonds: bigint) => bigint): Promise<Answered> {
  const { chain, deployment } = l1;
  const [to, machine] = [deployment.disputeGame, deployment.rollup.evmVerifier];
  const [start, ...middles] = starts as [Hex, ...Hex[]];
  const proposer = richAccount(WATCHER).address;
  const where = (2n << 160n) | BigInt(machine);
  const args = [where, proposer, CONTEXT, start, PROPOSED];
  const { logs } = await transact(chain, {
    abi: disputeGameAbi,
    to,
    name: "propose",
    args,
    value: price(4n),
    from: WATCHER,
  });
  const [proposed] = parseEventLogs({ abi: disputeGameAbi, eventName: "Proposed", logs });
  if (!proposed) throw new Error("the proposal has no event");
  const proposal = { ...proposed.args.proposal, proposer: (BigInt(await freshPlace(l1)) << 240n) | BigInt(proposer) };
  const counter = await transact(chain, {
    abi: disputeGameAbi,
    to,
    name: "counter",
    args: [proposal, COUNTERED, middles],
    value: price(2n),
    from: LIAR,
  });
  return claimIn(counter, rootOf([...starts, toHex(hashPair(bytes(CONTEXT), bytes(COUNTERED)))]), COUNTERED);
}

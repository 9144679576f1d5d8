import { type Hex, toHex } from "@elench/bytes/hex";
import { type Part, packPart } from "@elench/challenger/strategy/parts";
import {
  type Answered,
  type Proposal,
  packAnswered,
  packClaim,
  packProposal,
  regionOf,
} from "@elench/challenger/strategy/record";
import type { Settlement } from "@elench/challenger/strategy/settlement";
import type { Run } from "@elench/challenger/strategy/trace-provider";
import { emptyForest, extend, type Forest, type Game } from "@elench/challenger/strategy/tree";
import { type Abi, decodeEventLog } from "viem";
import type { Opening } from "../../challenger/strategy/dissection.ts";
import type { Move } from "../../challenger/strategy/moves.ts";
import { type Chain, gameEvents, type Receipt, startChain } from "./chain.ts";
import type { Artifact } from "./compile.ts";
import type { Toys } from "./toy.ts";

/** Small times, so that games can be told by hand; the amounts tell the kinds of payment apart. */
export const parameters = {
  maxClock: 1000n,
  extension: 50n,
  longExtension: 120n,
  bond: 3_000_000n,
  prepayment: 1_000n,
  withdrawalDelay: 100n,
};

export const times = { maxClock: 1000, extension: 50, longExtension: 120 };

export const prices = {
  proposal: 4n * parameters.bond + parameters.prepayment,
  counter: 2n * parameters.bond + parameters.prepayment,
  move: parameters.bond + parameters.prepayment,
};

/** Places that hints name in turn: so few that places are contested, and taken again from games that are over. */
const POOL = 40;

/** What the contract keeps of a region. */
export interface RegionState {
  readonly generation: bigint;
  readonly status: number;
  readonly claims: bigint;
  readonly time: bigint;
  readonly id: Hex;
}

/** A deployed game with its toys, who plays there, and what its events have told so far. */
export class Arena {
  readonly chain: Chain;
  readonly address: Hex;
  readonly toys: Toys;
  readonly artifact: Artifact;
  now: number;
  forest: Forest = emptyForest();
  /** What each account has staked of its credit, by the contract's events. */
  readonly staked = new Map<Hex, bigint>();
  /** Chooses where the contract looks first for a place for the next claim. */
  hint: () => number = inTurn();
  #regions = 0;

  constructor(chain: Chain, artifact: Artifact, address: Hex, toys: Toys, now: number) {
    this.chain = chain;
    this.artifact = artifact;
    this.address = address;
    this.toys = toys;
    this.now = now;
  }

  get consumer(): Hex {
    return this.chain.accounts[1]!;
  }
  get guardian(): Hex {
    return this.chain.accounts[2]!;
  }
  get settler(): Hex {
    return this.chain.accounts[3]!;
  }
  get honest(): Hex {
    return this.chain.accounts[4]!;
  }
  /** From 0 to 14. */
  liar(i: number): Hex {
    return this.chain.accounts[5 + i]!;
  }
  /** Everybody who may have money in a game. */
  get players(): Hex[] {
    return this.chain.accounts.slice(3);
  }

  game(id: Hex): Game {
    const game = this.forest.games.get(id);
    if (game === undefined) throw new Error(`no game ${id}`);
    return game;
  }

  /** What is known of the chain now. Call the result to go back to it. */
  save(): () => void {
    const [forest, now, staked] = [this.forest, this.now, [...this.staked]];
    return () => {
      this.forest = forest;
      this.now = now;
      this.staked.clear();
      for (const [account, amount] of staked) this.staked.set(account, amount);
    };
  }

  async transact(from: Hex, name: string, args: unknown[], value = 0n): Promise<Receipt> {
    const call = { from, to: this.address, abi: this.artifact.abi, name, args, value, at: this.now };
    return this.#follow(await this.chain.transact(call));
  }

  /** A call of another contract, which calls the game. */
  async through(contract: Hex, abi: Abi, name: string, args: unknown[], value: bigint): Promise<Receipt> {
    const call = { from: this.liar(0), to: contract, abi, name, args, value, at: this.now };
    return this.#follow(await this.chain.transact(call));
  }

  #follow(receipt: Receipt): Receipt {
    for (const log of receipt.logs) {
      const { eventName, args } = decodeEventLog({ abi: this.artifact.abi, ...log }) as unknown as StakedEvent;
      if (eventName === "Staked")
        this.staked.set(lower(args.account), (this.staked.get(lower(args.account)) ?? 0n) + args.amount);
    }
    this.forest = extend(this.forest, gameEvents(this.artifact.abi, receipt.logs));
    if (this.forest.broken.size > 0) throw new Error([...this.forest.broken.values()].join("\n"));
    return receipt;
  }

  read<T>(name: string, args: unknown[]): Promise<T> {
    return this.chain.read<T>({ to: this.address, abi: this.artifact.abi, name, args });
  }

  /** @param region the hint; by default one after the other */
  async propose(run: Run, output: Hex, proposer: Hex, region = this.#regions++): Promise<Hex> {
    const known = new Set(this.forest.games.keys());
    const where = (BigInt(region) << 168n) | (BigInt(run.level) << 160n) | BigInt(run.machine);
    await this.transact(this.consumer, "propose", [where, proposer, run.context, run.start, output], prices.proposal);
    return [...this.forest.games.keys()].find((id) => !known.has(id))!;
  }

  counter(from: Hex, proposal: Proposal, output: Hex, middles: Hex[], value = prices.counter): Promise<Receipt> {
    return this.transact(from, "counter", [packProposal(proposal, this.hint()), output, middles], value);
  }

  move(from: Hex, parent: Answered, opening: Opening, end: Hex, middles: Hex[], value = prices.move): Promise<Receipt> {
    return this.#answer(from, "move", parent, opening, [end, middles], value);
  }

  refute(from: Hex, parent: Answered, opening: Opening, witness: Hex): Promise<Receipt> {
    return this.#answer(from, "refute", parent, opening, [witness], 0n);
  }

  delegate(
    from: Hex,
    parent: Answered,
    opening: Opening,
    witness: Hex,
    output: Hex,
    middles: Hex[],
    value = prices.move,
  ): Promise<Receipt> {
    return this.#answer(from, "delegate", parent, opening, [witness, output, middles], value);
  }

  #answer(
    from: Hex,
    name: string,
    parent: Answered,
    opening: Opening,
    rest: unknown[],
    value: bigint,
  ): Promise<Receipt> {
    const record = packAnswered(parent, opening.segment, this.hint());
    return parent.output === undefined
      ? this.transact(from, name, [record, opening, ...rest], value)
      : this.transact(from, `${name}Whole`, [record, parent.output, opening, ...rest], value);
  }

  /** @param credit how much of the price is not sent, but staked from the account's credit */
  perform(from: Hex, move: Move, credit = 0n): Promise<Receipt> {
    const sent = (price: bigint) => (price > credit ? price - credit : 0n);
    switch (move.kind) {
      case "counter":
        return this.counter(from, move.proposal, move.output, move.middles, sent(prices.counter));
      case "move":
        return this.move(from, move.parent, move.opening, move.end, move.middles, sent(prices.move));
      case "refute":
        return this.refute(from, move.parent, move.opening, toHex(move.witness));
      case "delegate": {
        const { parent, opening, witness, output, middles } = move;
        return this.delegate(from, parent, opening, toHex(witness), output, middles, sent(prices.move));
      }
    }
  }

  settle(from: Hex, { proposal, entries, winner }: Settlement): Promise<Receipt> {
    const { root, output } = winner ?? { root: NOTHING, output: NOTHING };
    return this.transact(from, "settle", [packProposal(proposal), entries.map(packClaim), root, output]);
  }

  settlePart(from: Hex, settlement: Settlement, part: Part): Promise<Receipt> {
    return this.transact(from, "settlePart", [packPart(settlement, part)]);
  }

  async credit(account: Hex): Promise<bigint> {
    return (await this.read<[bigint, bigint, bigint]>("accountOf", [account]))[0];
  }

  async gameAt(region: number): Promise<RegionState> {
    const [generation, status, claims, time, id] = await this.read<[bigint, number, bigint, bigint, Hex]>("gameAt", [
      region,
    ]);
    return { generation, status, claims, time, id };
  }

  regionAt(game: Game): Promise<RegionState> {
    return this.gameAt(regionOf(game.proposal.number));
  }

  /** The status with which the contract says that a game ended, for one result: 0 if it does not say so. */
  async ended(proposal: Proposal, output: Hex): Promise<number> {
    try {
      const [status] = await this.read<[number, bigint]>("ended", [packProposal({ ...proposal, output })]);
      return status;
    } catch {
      return 0;
    }
  }
}

/** Hints one after the other, over and over. */
export function inTurn(): () => number {
  let next = 0;
  return () => next++ % POOL;
}

export const NOTHING: Hex = `0x${"0".repeat(64)}`;

type StakedEvent = { eventName: string; args: { account: Hex; amount: bigint } };
const lower = (address: Hex): Hex => address.toLowerCase() as Hex;

export async function openArena(artifacts: Record<string, Artifact>, existing?: Chain): Promise<Arena> {
  const chain = existing ?? (await startChain());
  const second = await chain.deploy(artifacts.ToyMachine!, ["0x0000000000000000000000000000000000000000"]);
  const first = await chain.deploy(artifacts.ToyMachine!, [second]);
  const guardian = chain.accounts[2]!;
  const address = await chain.deploy(artifacts.DisputeGame!, [{ ...parameters, guardian }]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  return new Arena(chain, artifacts.DisputeGame!, address, { first, second }, Number(timestamp) + 1);
}

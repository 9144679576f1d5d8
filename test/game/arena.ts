import { type Hex, toHex } from "@elench/bytes/hex";
import type { Resolution } from "@elench/challenger/strategy/resolutions";
import type { Run } from "@elench/challenger/strategy/trace-provider";
import { emptyForest, extend, type Forest, type Game } from "@elench/challenger/strategy/tree";
import { encodeFunctionData } from "viem";
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

/** A deployed game with its toys, who plays there, and what its events have told so far. */
export class Arena {
  readonly chain: Chain;
  readonly address: Hex;
  readonly toys: Toys;
  readonly artifact: Artifact;
  now: number;
  forest: Forest;

  constructor(chain: Chain, artifact: Artifact, address: Hex, toys: Toys, now: number, chainId: bigint) {
    this.chain = chain;
    this.artifact = artifact;
    this.address = address;
    this.toys = toys;
    this.now = now;
    this.forest = emptyForest({ chainId, address }, times);
  }

  get consumer(): Hex {
    return this.chain.accounts[1]!;
  }
  get guardian(): Hex {
    return this.chain.accounts[2]!;
  }
  get resolver(): Hex {
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

  async transact(from: Hex, name: string, args: unknown[], value = 0n): Promise<Receipt> {
    const call = { from, to: this.address, abi: this.artifact.abi, name, args, value, at: this.now };
    const receipt = await this.chain.transact(call);
    this.forest = extend(this.forest, gameEvents(this.artifact.abi, receipt.logs));
    if (this.forest.broken.size > 0) throw new Error([...this.forest.broken.values()].join("\n"));
    return receipt;
  }

  read<T>(name: string, args: unknown[]): Promise<T> {
    return this.chain.read<T>({ to: this.address, abi: this.artifact.abi, name, args });
  }

  async propose(run: Run, output: Hex, proposer: Hex): Promise<Hex> {
    const known = new Set(this.forest.games.keys());
    const args = [run.machine, run.context, run.start, run.level, output, proposer];
    await this.transact(this.consumer, "propose", args, prices.proposal);
    return [...this.forest.games.keys()].find((id) => !known.has(id))!;
  }

  perform(from: Hex, move: Move): Promise<Receipt> {
    switch (move.kind) {
      case "counter":
        return this.transact(from, "counter", [move.proposal, move.output, move.middles], prices.counter);
      case "move":
        return this.transact(from, "move", [move.parent, move.opening, move.end, move.middles], prices.move);
      case "refute":
        return this.transact(from, "refute", [move.claim, move.opening, toHex(move.witness)]);
      case "delegate": {
        const args = [move.parent, move.opening, toHex(move.witness), move.output, move.middles];
        return this.transact(from, "delegate", args, prices.move);
      }
    }
  }

  settle(from: Hex, resolution: Resolution): Promise<Receipt> {
    return resolution.kind === "resolve"
      ? this.transact(from, "resolve", [resolution.claim])
      : this.transact(from, "conclude", [resolution.proposal]);
  }

  /** Settles all of these, in their order, in one transaction. */
  settleAll(from: Hex, resolutions: Resolution[]): Promise<Receipt> {
    const calls = resolutions.map((r) =>
      r.kind === "resolve"
        ? encodeFunctionData({ abi: this.artifact.abi, functionName: "resolve", args: [r.claim] })
        : encodeFunctionData({ abi: this.artifact.abi, functionName: "conclude", args: [r.proposal] }),
    );
    return this.transact(from, "multicall", [calls]);
  }

  async credit(account: Hex): Promise<bigint> {
    return (await this.read<[bigint, bigint, bigint]>("accountOf", [account]))[0];
  }

  async result(game: Hex): Promise<{ status: number; output: Hex }> {
    const [status, output] = await this.read<[number, Hex]>("result", [game]);
    return { status, output };
  }
}

export async function openArena(artifacts: Record<string, Artifact>, existing?: Chain): Promise<Arena> {
  const chain = existing ?? (await startChain());
  const second = await chain.deploy(artifacts.ToyMachine!, ["0x0000000000000000000000000000000000000000"]);
  const first = await chain.deploy(artifacts.ToyMachine!, [second]);
  const guardian = chain.accounts[2]!;
  const address = await chain.deploy(artifacts.DisputeGame!, [{ ...parameters, guardian }]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  const chainId = BigInt(await chain.request<Hex>("eth_chainId", []));
  return new Arena(chain, artifacts.DisputeGame!, address, { first, second }, Number(timestamp) + 1, chainId);
}

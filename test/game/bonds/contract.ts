import type { Hex } from "@elench/bytes/hex";
import { dueSettlement } from "@elench/challenger/strategy/settlement";
import { Arena } from "../arena.ts";
import { type Chain, Reverted } from "../chain.ts";
import type { Artifact } from "../compile.ts";
import { firstRun, outputOf } from "../toy.ts";
import { type Action, DELAY, HOLD, heldFor, PRICE, type State } from "./model.ts";

/** The model's account in the contract. */

const TICK = (30 * 86_400) / HOLD;
const UNIT = 3_000_000n;

/** A game in which a proposal takes two units, and ends after a tick. */
const parameters = {
  maxClock: BigInt(TICK),
  extension: 1n,
  longExtension: 1n,
  bond: (UNIT * BigInt(PRICE)) / 4n,
  prepayment: 0n,
  withdrawalDelay: BigInt(TICK * DELAY),
};

export class AccountOnChain {
  readonly #arena: Arena;
  #playing: Hex[] = [];

  private constructor(arena: Arena) {
    this.#arena = arena;
  }

  static async open(chain: Chain, artifacts: Record<string, Artifact>): Promise<AccountOnChain> {
    const machine = await chain.deploy(artifacts.ToyMachine!, [`0x${"0".repeat(40)}`]);
    const guardian = chain.accounts[2]!;
    const game = await chain.deploy(artifacts.DisputeGame!, [{ ...parameters, guardian }]);
    const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
    const toys = { first: machine, second: machine };
    return new AccountOnChain(new Arena(chain, artifacts.DisputeGame!, game, toys, Number(timestamp) + 1));
  }

  /** @returns the name of the contract's error, or "done" */
  async act(action: Action): Promise<string> {
    try {
      await this.#do(action);
      return "done";
    } catch (error) {
      if (error instanceof Reverted) return error.error;
      throw error;
    }
  }

  async #do(action: Action): Promise<void> {
    const arena = this.#arena;
    const { consumer, guardian } = arena;
    const account = arena.honest;
    switch (action) {
      case "authorise":
      case "revoke":
        await arena.transact(account, "authorise", [consumer, action === "authorise"]);
        return;
      case "stake":
        return this.#propose(account, 0n);
      case "stake half":
        return this.#propose(account, UNIT);
      case "stake by the consumer":
        return this.#propose(consumer, 0n);
      case "stake by a foreign consumer":
        return this.#propose(arena.liar(1), 0n);
      case "receive":
        return this.#propose(arena.liar(2), UNIT * BigInt(PRICE));
      case "unlock":
      case "withdraw":
        await arena.transact(account, action, []);
        return;
      case "hold":
        await arena.transact(guardian, "hold", [account]);
        return;
      case "hold all":
        await arena.transact(guardian, "hold", [`0x${"0".repeat(40)}`]);
        return;
      case "tick":
        arena.now += TICK;
        for (const id of this.#playing) {
          const times = { maxClock: TICK, extension: 1, longExtension: 1 };
          await arena.settle(arena.settler, dueSettlement(arena.game(id), times, arena.now)!);
        }
        this.#playing = [];
        // A block, so that views are asked at this time.
        await arena.transact(arena.settler, "authorise", [consumer, false]);
        return;
    }
  }

  async #propose(from: Hex, value: bigint): Promise<void> {
    const arena = this.#arena;
    const shape = { salt: 1n, otherLength: 0, otherLevel: 0, every: 0, length: 10 };
    const { level, machine, context, start } = firstRun(arena.toys, shape, 1);
    const where = (BigInt(level) << 160n) | BigInt(machine);
    const known = new Set(arena.forest.games.keys());
    await arena.transact(from, "propose", [where, arena.honest, context, start, outputOf(1)], value);
    this.#playing.push([...arena.forest.games.keys()].find((id) => !known.has(id))!);
  }

  /** What the contract says of the account that a state of the model does too. */
  async view(): Promise<object> {
    const { now, honest } = this.#arena;
    const [credit, waiting, payableAt] = await this.#arena.read<[bigint, bigint, bigint]>("accountOf", [honest]);
    const [held, until] = await this.#arena.read<[bigint, bigint]>("holdOf", [honest]);
    return {
      credit: Number(credit / UNIT),
      waiting: Number(waiting / UNIT),
      payableIn: Math.max(0, Number(payableAt) - now) / TICK,
      held: Number(held / UNIT),
      heldFor: Math.max(0, Number(until) - now) / TICK,
      isAuthorised: await this.#arena.read<boolean>("isAuthorised", [honest, this.#arena.consumer]),
      balance: await this.#balance(),
    };
  }

  async #balance(): Promise<number> {
    const { chain, address } = this.#arena;
    return Number(BigInt(await chain.request<Hex>("eth_getBalance", [address, "latest"])) / UNIT);
  }
}

/** The same of the model. All ether in the contract is the account's. */
export const viewOf = (state: State): object => ({
  credit: state.credit,
  waiting: state.waiting,
  payableIn: state.payableIn,
  held: state.held,
  heldFor: heldFor(state),
  isAuthorised: state.isAuthorised,
  balance: state.credit + state.staked,
});

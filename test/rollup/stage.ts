import assert from "node:assert/strict";
import { type Hex, toHex } from "@elench/bytes/hex";
import type { ChainLog } from "@elench/challenger/l1/follower";
import { dueResolutions } from "@elench/challenger/strategy/resolutions";
import { emptyForest, extend, type Forest, type Game, nodeDeadline } from "@elench/challenger/strategy/tree";
import type { Deployment } from "@elench/deploy/deployment";
import { type ChainState, outputOf } from "@elench/evm/batch/claim";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { bytesToHex } from "@ethereumjs/util";
import { type Abi, decodeErrorResult, zeroAddress } from "viem";
import { decodeLogs, type RollupEvent } from "../../challenger/l1/events.ts";
import { keccakWords, word } from "../../challenger/strategy/words.ts";
import { build } from "../contracts/build.ts";
import { parameters, prices, times } from "../game/arena.ts";
import { type Chain, type Receipt, Reverted } from "../game/chain.ts";

export const CHAIN_ID = 4242n;
export const BATCH_GAS = 30_000_000n;
export const FINALITY_DELAY = 500;
export const START: ChainState = { number: 7n, stateRoot: new Uint8Array(32).fill(0x77), history: NO_HISTORY };
export const GENESIS = toHex(outputOf(START));

export const hashed = (n: number): Hex => keccakWords(word(n));

const contracts = new Map([
  // Apart, so that a change of one is compiled alone.
  ...build(["contracts/game/DisputeGame.sol", "contracts/evm/EvmVerifier.sol"]),
  ...build(["contracts/rollup/Inbox.sol", "contracts/rollup/Outputs.sol"]),
]);

export type Name = "DisputeGame" | "EvmVerifier" | "Inbox" | "Outputs";

export function artifact(name: Name): { abi: Abi; bytecode: Hex; deployedSize: number } {
  const contract = contracts.get(name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return { abi: contract.abi, bytecode: bytesToHex(contract.creation), deployedSize: contract.size };
}

/** What a contract can be called with, and every error that it passes on. */
const abiOf = (name: Name): Abi => [
  ...artifact(name).abi,
  ...(["DisputeGame", "Inbox", "Outputs"] as const).flatMap((other) =>
    artifact(other).abi.filter(({ type }) => other !== name && type === "error"),
  ),
];

/** What `Outputs` is deployed with. */
export interface ChainParameters {
  readonly machine: Hex;
  readonly inbox: Hex;
  readonly chainId: bigint;
  readonly batchGas: bigint;
  readonly genesisOutput: Hex;
  readonly guardian: Hex;
  readonly finalityDelay: number;
}

/** An entry as `outputOf` tells it. */
export interface Entry {
  readonly game: Hex;
  readonly previous: Hex;
  readonly output: Hex;
  readonly readyAt: number;
}

/** The contracts of a rollup on a chain in this process, and what their events have told. */
export class Stage {
  readonly chain: Chain;
  readonly deployment: Deployment & Required<Pick<Deployment, "rollup">>;
  readonly addresses: Record<Name, Hex>;
  readonly events: RollupEvent[] = [];
  now: number;
  forest: Forest;

  constructor(chain: Chain, addresses: Record<Name, Hex>, now: number, chainId: number) {
    this.chain = chain;
    this.addresses = addresses;
    this.now = now;
    const { DisputeGame: disputeGame, EvmVerifier: evmVerifier, Inbox: inbox, Outputs: outputs } = addresses;
    this.deployment = {
      chainId,
      block: 0,
      disputeGame,
      tensorVerifier: zeroAddress,
      modelRegistry: zeroAddress,
      inferenceOracle: zeroAddress,
      rollup: { evmVerifier, inbox, outputs, genesis: "" },
    };
    this.forest = emptyForest({ chainId: BigInt(chainId), address: disputeGame.toLowerCase() as Hex }, times);
  }

  get guardian(): Hex {
    return this.chain.accounts[1]!;
  }
  get proposer(): Hex {
    return this.chain.accounts[2]!;
  }
  get liar(): Hex {
    return this.chain.accounts[3]!;
  }
  get anyone(): Hex {
    return this.chain.accounts[4]!;
  }

  async transact(from: Hex, to: Name, name: string, args: unknown[], value = 0n): Promise<Receipt> {
    const call = { from, to: this.addresses[to], abi: abiOf(to), name, args, value, at: this.now };
    const receipt = await this.chain.transact(call);
    const { game, rollup } = decodeLogs(this.deployment, receipt.logs as unknown as ChainLog[]);
    this.forest = extend(this.forest, game);
    this.events.push(...rollup);
    return receipt;
  }

  /** @throws Reverted */
  async read<T>(to: Name, name: string, args: unknown[] = []): Promise<T> {
    const abi = abiOf(to);
    try {
      return await this.chain.read<T>({ to: this.addresses[to], abi, name, args });
    } catch (error) {
      const { data } = error as { data?: Hex };
      if (data === undefined) throw error;
      throw new Reverted(decodeErrorResult({ abi, data }).errorName, `${name}: ${(error as Error).message}`);
    }
  }

  /** A block without transactions, so that views see the time. */
  async pass(seconds: number): Promise<void> {
    this.now += seconds;
    await this.chain.request("evm_setNextBlockTimestamp", [this.now]);
    await this.chain.request("evm_mine", []);
  }

  append(bytes: Uint8Array, from = this.anyone): Promise<Receipt> {
    return this.transact(from, "Inbox", "append", [bytesToHex(bytes)]);
  }

  /** Appends so many batches, each of other bytes. */
  async appendMany(count: number): Promise<void> {
    const first = Number(await this.read<bigint>("Inbox", "count"));
    for (let i = first; i < first + count; i++) await this.append(Uint8Array.of(1, i));
  }

  context(batch: number, previous: Hex): Promise<Hex> {
    return this.read<Hex>("Outputs", "contextOf", [batch, previous]);
  }

  /** @returns the game's id */
  async propose(batch: number, previous: Hex, output: Hex, from = this.proposer): Promise<Hex> {
    const context = await this.context(batch, previous);
    await this.transact(from, "Outputs", "propose", [batch, context, output], prices.proposal);
    return (await this.entry(batch)).game;
  }

  /** A counter that nobody answers. */
  async counter(game: Hex, output: Hex, from = this.proposer): Promise<void> {
    const middles = Array.from({ length: 15 }, (_, i) => hashed(1000 + i));
    await this.transact(from, "DisputeGame", "counter", [this.game(game).proposal, output, middles], prices.counter);
  }

  /** Lets every clock of a game run out, and settles all of it. */
  async conclude(game: Hex): Promise<void> {
    const { made, claims } = this.game(game);
    const deadlines = [...claims.values()].map((node) => nodeDeadline(node, times));
    this.now = Math.max(this.now, made + times.maxClock, ...deadlines);
    await this.pay(game);
  }

  /** Settles what can be settled of a game. */
  async pay(game: Hex): Promise<void> {
    for (const due of dueResolutions(this.game(game), times, this.now)) {
      const args = [due.kind === "resolve" ? due.claim : due.proposal];
      await this.transact(this.anyone, "DisputeGame", due.kind, args);
    }
  }

  settle(batch: number): Promise<Receipt> {
    return this.transact(this.anyone, "Outputs", "settle", [batch]);
  }

  discard(batch: number): Promise<Receipt> {
    return this.transact(this.anyone, "Outputs", "discard", [batch]);
  }

  stop(batch: number, from = this.guardian): Promise<Receipt> {
    return this.transact(from, "Outputs", "stop", [batch]);
  }

  /** From the proposal to the settlement, unopposed. */
  async carry(batch: number, previous: Hex, output: Hex): Promise<void> {
    await this.conclude(await this.propose(batch, previous, output));
    await this.settle(batch);
  }

  game(id: Hex): Game {
    const game = this.forest.games.get(id);
    if (game === undefined) throw new Error(`no game ${id}`);
    return game;
  }

  async entry(batch: number): Promise<Entry> {
    const [game, previous, output, readyAt] = await this.read<[Hex, Hex, Hex, bigint]>("Outputs", "outputOf", [batch]);
    return { game, previous, output, readyAt: Number(readyAt) };
  }

  isFinal(batch: number): Promise<boolean> {
    return this.read<boolean>("Outputs", "isFinal", [batch]);
  }

  async credit(account: Hex): Promise<bigint> {
    return (await this.read<[bigint, bigint, bigint]>("DisputeGame", "accountOf", [account]))[0];
  }
}

/** @param changes of what `Outputs` is deployed with. */
export async function openStage(
  chain: Chain,
  {
    sequencer = zeroAddress as Hex,
    judge,
    ...changes
  }: Partial<ChainParameters> & { sequencer?: Hex; judge?: Hex } = {},
): Promise<Stage> {
  const [, guardian] = chain.accounts as [Hex, Hex];
  const game = await chain.deploy(artifact("DisputeGame"), [{ ...parameters, guardian }]);
  const inbox = await chain.deploy(artifact("Inbox"), [sequencer]);
  const machine = await chain.deploy(artifact("EvmVerifier"), [partsOf(inbox)]);
  const own: ChainParameters = {
    machine,
    inbox,
    chainId: CHAIN_ID,
    batchGas: BATCH_GAS,
    genesisOutput: GENESIS,
    guardian,
    finalityDelay: FINALITY_DELAY,
    ...changes,
  };
  const outputs = await chain.deploy(artifact("Outputs"), [judge ?? game, own]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  const addresses = { DisputeGame: game, EvmVerifier: machine, Inbox: inbox, Outputs: outputs };
  return new Stage(chain, addresses, Number(timestamp) + 1, Number(await chain.request<Hex>("eth_chainId", [])));
}

/** No step is taken in these tests: the machine need only halt, which takes none of its parts. */
function partsOf(contract: Hex): Record<string, Hex> {
  const { inputs = [] } = artifact("EvmVerifier").abi.find((item) => item.type === "constructor") ?? {};
  const struct = inputs[0] as { readonly components: readonly { readonly name: string }[] };
  return Object.fromEntries(struct.components.map(({ name }) => [name, contract]));
}

/** Holds that a call is refused with this error. */
export async function refused(error: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (thrown) => {
    if (!(thrown instanceof Reverted)) throw thrown;
    assert.equal(thrown.error, error, thrown.message);
    return true;
  });
}

import assert from "node:assert/strict";
import { type Hex, toHex } from "@elench/bytes/hex";
import { packClaim, packProposal } from "@elench/challenger/strategy/record";
import { concludedProposal, dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import { emptyForest, extend, type Forest, type Game, type GameEvent } from "@elench/challenger/strategy/tree";
import { openBackend } from "@elench/tensor/engine/backend";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import { registrationOf } from "@elench/tensor/program/registration";
import { bytesToHex } from "@ethereumjs/util";
import { type Abi, decodeErrorResult, decodeEventLog, zeroAddress } from "viem";
import { keccakWords, word } from "../../challenger/strategy/words.ts";
import { build } from "../contracts/build.ts";
import { tinyInput, tinyModel } from "../e2e/tiny-model.ts";
import { parameters as gameParameters, prices, times } from "../game/arena.ts";
import { type Chain, type Receipt, Reverted } from "../game/chain.ts";
import { type Artifact, compileGame } from "../game/compile.ts";

/** The oracle with a real game and a real registry, on a chain in this process. What is true here is what `truth` says: no step is executed. */

export const oracleParameters = {
  deliveryDelay: 500n,
  reveal: 300n,
  deposit: 60_000_000n,
  speed: 1_000n,
  minPrice: 7n,
  scale: 50_000n,
};
export type OracleParameters = typeof oracleParameters;
export const REVEAL = Number(oracleParameters.reveal);
export const DELAY = Number(oracleParameters.deliveryDelay);
export const FEE = 50_000_000n;
export const DELIVERY_FEE = 3_000_000n;

const contracts = new Map([
  // Apart, so that a change of one is compiled alone.
  ...build(["contracts/registry/ModelRegistry.sol"]),
  ...build(["contracts/oracle/InferenceOracle.sol"]),
]);

/** The game and its toy machine, which are compiled quickly: their gas does not matter here. */
const gameContracts = compileGame();

export function artifact(name: string): Artifact {
  if (gameContracts[name]) return gameContracts[name];
  const contract = contracts.get(name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return { abi: contract.abi, bytecode: bytesToHex(contract.creation), deployedSize: contract.size };
}

const tiny = tinyModel(1, 2, 2);
const backend = openBackend({ threads: 1 });
export const model = loadModel(tiny.onnx, backend);

/** A model of the same inputs with so many outputs, of four bytes each. */
export const modelOf = (outputs: number): LoadedModel => loadModel(tinyModel(1, 2, outputs).onnx, backend);

/** Bytes of an input; another one for each seed. */
export const inputOf = (seed: number): Hex => toHex(tinyInput(tiny, seed));

/** Eight bytes: two binary32 numbers. */
export const outputOf = (n: number): Hex => `0x${n.toString(16).padStart(16, "0")}`;
export const TRUE = outputOf(0x11);
export const FALSE = outputOf(0x66);
export const SALT = keccakWords(word(1));

export interface Request {
  readonly id: bigint;
  readonly requester: Hex;
  readonly inference: { readonly modelId: Hex; readonly inputRoot: Hex };
  readonly made: bigint;
  readonly terms: { consumer: Hex; callbackGas: bigint; fee: bigint; deliveryFee: bigint };
}

/** A request and where it is stored. */
export interface Asked {
  readonly request: Request;
  readonly place: bigint;
  readonly context: Hex;
}

/** What opens a commitment, beside the output. */
export interface Commitment {
  readonly place: bigint;
  readonly order: bigint;
  readonly salt: Hex;
}

export interface OracleEvent {
  readonly eventName: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export class Stage {
  readonly chain: Chain;
  readonly game: Hex;
  readonly oracle: Hex;
  readonly registry: Hex;
  readonly artifact: Artifact;
  /** What requests are about. */
  readonly model: LoadedModel;
  readonly events: OracleEvent[] = [];
  forest: Forest = emptyForest();
  now: number;

  constructor(
    chain: Chain,
    artifact: Artifact,
    at: { game: Hex; oracle: Hex; registry: Hex },
    now: number,
    about: LoadedModel,
  ) {
    this.chain = chain;
    this.model = about;
    this.artifact = artifact;
    this.game = at.game;
    this.oracle = at.oracle;
    this.registry = at.registry;
    this.now = now;
  }

  get guardian(): Hex {
    return this.chain.accounts[1]!;
  }
  get requester(): Hex {
    return this.chain.accounts[2]!;
  }
  /** Honest, and first to compute. */
  get provider(): Hex {
    return this.chain.accounts[3]!;
  }
  get thief(): Hex {
    return this.chain.accounts[4]!;
  }
  /** Honest: counters what is false. */
  get watcher(): Hex {
    return this.chain.accounts[5]!;
  }
  get deliverer(): Hex {
    return this.chain.accounts[6]!;
  }

  /** A call of the oracle. @throws Reverted */
  async call(from: Hex, name: string, args: readonly unknown[], value = 0n): Promise<Receipt> {
    const abi = [...this.artifact.abi, ...errorsOf(["DisputeGame", "ModelRegistry"])];
    return this.#transact({ from, to: this.oracle, abi, name, args: [...args], value, at: this.now });
  }

  /** A call of the game. @throws Reverted */
  async play(from: Hex, name: string, args: readonly unknown[], value = 0n): Promise<Receipt> {
    const { abi } = artifact("DisputeGame");
    return this.#transact({ from, to: this.game, abi, name, args: [...args], value, at: this.now });
  }

  async #transact(call: Parameters<Chain["transact"]>[0]): Promise<Receipt> {
    const receipt = await this.chain.transact(call);
    const abi = [...this.artifact.abi, ...artifact("DisputeGame").abi].filter(({ type }) => type === "event");
    const events = receipt.logs.map((log) => decodeEventLog({ abi, ...log }) as unknown as OracleEvent);
    this.forest = extend(this.forest, events.filter(isGameEvent));
    this.events.push(...events.filter(({ eventName }) => !GAME_EVENTS.has(eventName) && !MONEY_EVENTS.has(eventName)));
    return receipt;
  }

  /** A view of the oracle. @throws Reverted */
  async read<T>(name: string, args: readonly unknown[] = []): Promise<T> {
    const { abi } = this.artifact;
    try {
      return await this.chain.read<T>({ to: this.oracle, abi, name, args: [...args] });
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

  /** The latest event of this name. */
  last<T>(eventName: string): T {
    const event = this.events.findLast((e) => e.eventName === eventName);
    if (event === undefined) throw new Error(`no event ${eventName}`);
    return event.args as T;
  }

  async request(
    seed: number,
    terms: Partial<Request["terms"]> = {},
    { from = this.requester, hint = 0 }: { from?: Hex; hint?: number } = {},
  ): Promise<Asked> {
    const all = { consumer: zeroAddress, callbackGas: 0n, fee: FEE, deliveryFee: DELIVERY_FEE, ...terms };
    await this.pass(1);
    const value = all.fee + all.deliveryFee + (await this.read<bigint>("priceOf", [this.model.id]));
    await this.call(from, "request", [this.model.id, inputOf(seed), all, hint], value);
    return this.last<Asked>("Requested");
  }

  /** In a block of its own. */
  async commit(from: Hex, asked: Asked, output: Hex, { salt = SALT, hint = 0, as = from } = {}): Promise<Commitment> {
    this.now++;
    const commitment = await this.commitment(as, asked, output, salt);
    await this.call(from, "commit", [commitment, hint], oracleParameters.deposit);
    const { sequence: order, place } = this.last<{ sequence: bigint; place: bigint }>("Committed");
    return { place, order, salt };
  }

  async commitment(provider: Hex, { context }: Asked, output: Hex, salt: Hex): Promise<Hex> {
    const [chainId, root] = await Promise.all([this.chain.request<Hex>("eth_chainId", []), this.rootOf(output)]);
    const words = [BigInt(chainId), BigInt(this.oracle), BigInt(context), BigInt(provider), BigInt(root), BigInt(salt)];
    return keccakWords(...words.map(word));
  }

  rootOf(output: Hex): Promise<Hex> {
    const { abi } = artifact("ModelRegistry");
    return this.chain.read<Hex>({ to: this.registry, abi, name: "outputRoot", args: [this.model.id, output] });
  }

  /** One second after the commitment. @returns the game's number, 0 if none was opened */
  async open(
    from: Hex,
    commitment: Commitment,
    { request: { inference } }: Asked,
    output: Hex,
    { value = prices.proposal, wait = 1 } = {},
  ): Promise<bigint> {
    this.now += wait;
    await this.call(from, "open", [commitment, inference, output, 0], value);
    return this.last<{ number: bigint }>("Opened").number;
  }

  /** Commits and opens. @returns the game's number */
  async answer(from: Hex, asked: Asked, output: Hex): Promise<bigint> {
    return this.open(from, await this.commit(from, asked, output), asked, output);
  }

  /** A counter that nobody answers. */
  async counter(number: bigint, output: Hex, from = this.watcher): Promise<void> {
    const middles = Array.from({ length: 15 }, (_, i) => keccakWords(word(1_000 + i)));
    const { proposal } = this.gameOf(number);
    await this.play(from, "counter", [packProposal(proposal), await this.rootOf(output), middles], prices.counter);
  }

  gameOf(number: bigint): Game {
    const game = this.forest.games.get(this.forest.numbers.get(number) as Hex);
    if (game === undefined) throw new Error(`no game number ${number}`);
    return game;
  }

  /** Lets every clock of a game run out, and settles its bonds. */
  async conclude(number: bigint, from = this.watcher): Promise<void> {
    this.now = Math.max(this.now, dueAt(this.gameOf(number), times));
    const due = dueSettlement(this.gameOf(number), times, this.now);
    if (due === undefined) throw new Error(`game ${number} is not due`);
    const { root, output } = due.winner ?? { root: ZERO, output: ZERO };
    await this.play(from, "settle", [packProposal(due.proposal), due.entries.map(packClaim), root, output]);
  }

  /** The oracle takes the result of a concluded game. */
  settle(number: bigint, from = this.watcher): Promise<Receipt> {
    return this.call(from, "settle", [packProposal(concludedProposal(this.gameOf(number)))]);
  }

  /** From an open game to a final result. */
  async finish(number: bigint): Promise<void> {
    await this.conclude(number);
    await this.settle(number);
    await this.pass(DELAY);
  }

  async deliver({ place, request }: Asked, output: Hex, from = this.deliverer): Promise<void> {
    await this.call(from, "deliver", [place, request, output]);
  }

  credit(account: Hex): Promise<bigint> {
    return this.read<bigint>("creditOf", [account]);
  }

  async balance(account: Hex): Promise<bigint> {
    return BigInt(await this.chain.request<Hex>("eth_getBalance", [account, "latest"]));
  }
}

const ZERO: Hex = `0x${"0".repeat(64)}`;
const GAME_EVENTS = new Set(["Proposed", "WholeRange", "Claimed", "Refuted", "PartSettled", "Concluded"]);
const isGameEvent = (event: object): event is GameEvent => GAME_EVENTS.has((event as GameEvent).eventName);
const MONEY_EVENTS = new Set(["Credited", "Staked", "Unlocked", "Withdrawn", "Held", "Authorised"]);

const errorsOf = (names: readonly string[]): Abi =>
  names.flatMap((name) => artifact(name).abi.filter(({ type }) => type === "error"));

/** Contracts other than the usual ones: with a defence taken out, or optimized. */
export interface Contracts {
  readonly oracle?: Artifact;
  readonly disputeGame?: Artifact;
}

/** @param changes of the oracle's parameters */
export async function openStage(
  chain: Chain,
  { oracle = artifact("InferenceOracle"), disputeGame = artifact("DisputeGame") }: Contracts = {},
  changes: Partial<OracleParameters> = {},
  about: LoadedModel = model,
): Promise<Stage> {
  const guardian = chain.accounts[1]!;
  const toy = await chain.deploy(artifact("ToyMachine"), [zeroAddress]);
  const game = await chain.deploy(disputeGame, [{ ...gameParameters, guardian }]);
  const registry = await chain.deploy(artifact("ModelRegistry"), [
    await chain.deploy(artifact("ProgramValidator"), []),
  ]);
  const parameters = { guardian, ...oracleParameters, ...changes };
  const address = await chain.deploy(oracle, [game, toy, registry, parameters]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  const stage = new Stage(chain, oracle, { game, oracle: address, registry }, Number(timestamp) + 1, about);
  await register(stage);
  return stage;
}

async function register({ chain, registry, now, model }: Stage): Promise<void> {
  const { abi } = artifact("ModelRegistry");
  const { header, types, pages } = registrationOf(model.model.program, model.commitment, 0);
  const call = { from: chain.accounts[0]!, to: registry, abi, at: now };
  await chain.transact({ ...call, name: "begin", args: [toHex(header), toHex(types)] });
  for (const { firstPc, instructions, siblings } of pages) {
    const args = [toHex(header), toHex(types), firstPc, instructions.map(toHex), siblings.map(toHex)];
    await chain.transact({ ...call, name: "validate", args });
  }
}

/** Holds that a call is refused with this error. */
export async function refused(error: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (thrown) => {
    if (!(thrown instanceof Reverted)) throw thrown;
    assert.equal(thrown.error, error, thrown.message);
    return true;
  });
}

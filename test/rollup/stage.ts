/**
 * The contracts of a rollup on a chain in this process, with time under the test's control, and with a stub for the dispute game: a test
 * chooses each game's result.
 *
 *     const stage = await openStage(await startChain());
 *     await stage.append(3);
 *     await stage.checkpoint();
 *     const game = await stage.propose({ first: 0, end: 3, previous: GENESIS }, hashed(3));
 *     await stage.conclude(game);            // upheld; or `conclude(game, other)`
 *     await stage.settle(game);
 *     await stage.warp(FINALITY_DELAY);
 *     assert.equal(await stage.isFinal(3), true);
 *
 * Each transaction is a block of its own, at `stage.now`; `warp` moves the time. A refused call throws `Reverted` with the error's name.
 */
import assert from "node:assert/strict";
import type { Hex } from "@elench/bytes/hex";
import {
  type Abi,
  decodeErrorResult,
  encodeFunctionData,
  keccak256,
  numberToHex,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from "viem";
import { configOf } from "../../evm/batch/record.ts";
import { type Chain, type Receipt, Reverted } from "../game/chain.ts";
import { type Artifact, compile, type Name } from "./contracts.ts";

export const CHAIN_ID = 4242n;
export const GENESIS = hashed(0);
/** W and retention of the stub game, and the outputs' delay, in seconds. */
export const LONGEST = 1_000;
export const RETENTION = 2_000;
export const FINALITY_DELAY = 500;
/** A game's result counts for so long after its proposal. */
export const WINDOW = LONGEST + 3 * 86_400;
/** Of the timelock that is the upgrader. */
export const UPGRADE_DELAY = 5_000;

/** An output, or another word, for a number. */
export function hashed(n: number): Hex {
  return keccak256(numberToHex(n, { size: 32 }));
}

export const CONFIG = { ...configOf(CHAIN_ID), vault: zeroAddress };

/** What a span is, but for the root: the newest checkpoint's, if none is given. */
export interface SpanOf {
  readonly first: number;
  readonly end: number;
  readonly previous: Hex;
  readonly root?: Hex;
}

export interface Proposal {
  readonly head: bigint;
  readonly proposer: bigint;
  readonly machine: bigint;
  readonly context: Hex;
  readonly start: Hex;
  readonly output: Hex;
}

/** A game that `Outputs` opened. */
export interface Opened {
  readonly number: bigint;
  /** With its result as output once it is concluded by `conclude`. */
  proposal: Proposal;
  readonly span: Required<SpanOf>;
  readonly epoch: bigint;
}

export interface Event {
  readonly eventName: string;
  readonly args: Record<string, unknown>;
}

export interface ProposeOptions {
  readonly from?: Hex;
  readonly epoch?: bigint;
  readonly checkpoint?: bigint;
  readonly count?: number;
  readonly value?: bigint;
  /** Region of the game's slots. */
  readonly hint?: number;
}

export interface StageOptions {
  readonly sequencer?: Hex;
  readonly finalityDelay?: number;
  /** Stands in for the stub; its `Proposed` event must be the same. */
  readonly game?: Hex;
  /** Contracts with changes. */
  readonly contracts?: Record<Name, Artifact>;
  /** An inbox of any number of batches, which keeps every root. */
  readonly stubInbox?: boolean;
}

type Addresses = Record<"game" | "inbox" | "outputs" | "upgrader" | "machine", Hex>;

const original = compile();

export class Stage {
  readonly chain: Chain;
  readonly addresses: Addresses;
  readonly contracts: Record<Name, Artifact>;
  readonly stubInbox: boolean;
  /** Of `Outputs` and `Inbox`, in order. */
  readonly events: Event[] = [];
  /** The root that the newest checkpoint keeps, and of how many batches. */
  kept = { number: 0n, count: 0, root: zeroHash as Hex };
  now: number;
  #salt = 0n;

  constructor(chain: Chain, addresses: Addresses, contracts: Record<Name, Artifact>, stubInbox: boolean, now: number) {
    this.chain = chain;
    this.addresses = addresses;
    this.contracts = contracts;
    this.stubInbox = stubInbox;
    this.now = now;
  }

  get guardian(): Hex {
    return this.chain.accounts[1]!;
  }
  get proposer(): Hex {
    return this.chain.accounts[2]!;
  }
  get stranger(): Hex {
    return this.chain.accounts[3]!;
  }
  /** Schedules and executes upgrades. */
  get council(): Hex {
    return this.chain.accounts[5]!;
  }

  // ── The inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Appends so many batches of one byte. */
  async append(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#inbox("append", ["0x01"]);
  }

  async appendBytes(batch: Hex, from = this.proposer): Promise<Receipt> {
    return this.#inbox("append", [batch], from);
  }

  async checkpoint(from = this.proposer): Promise<Receipt> {
    return this.#inbox("checkpoint", [], from);
  }

  /** The stub inbox has so many batches. */
  async pretend(count: number): Promise<void> {
    await this.#call(this.proposer, this.addresses.inbox, "StubInbox", "setCount", [count]);
    this.kept = { number: 0n, count, root: hashed(count) };
  }

  // ── Results ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  async propose(span: SpanOf, output: Hex, options: ProposeOptions = {}): Promise<Opened> {
    return (await this.proposeWith(span, output, options)).opened;
  }

  /** `propose`, and what its transaction took. */
  async proposeWith(
    span: SpanOf,
    output: Hex,
    options: ProposeOptions = {},
  ): Promise<{ opened: Opened; receipt: Receipt }> {
    const whole = { root: this.kept.root, ...span };
    const epoch = options.epoch ?? (await this.read<bigint>("epoch"));
    const [checkpoint, count] = [options.checkpoint ?? this.kept.number, options.count ?? this.kept.count];
    const args = [whole, checkpoint, count, epoch, options.hint ?? 0, output];
    const receipt = await this.outputs("propose", args, options.from ?? this.proposer, options.value);
    const { proposal } = decode(this.contracts.StubGame.abi, receipt).find(isNamed("Proposed"))!.args as {
      proposal: Proposal;
    };
    return { opened: { number: proposal.head >> 216n, proposal, span: whole, epoch }, receipt };
  }

  /** The game ends: with the proposal's output, if no other is given. */
  async conclude(game: Opened, result: Hex = game.proposal.output): Promise<void> {
    game.proposal = { ...game.proposal, output: result };
    await this.#call(this.proposer, this.addresses.game, "StubGame", "conclude", [game.proposal]);
  }

  settle(game: Pick<Opened, "proposal" | "span">, from = this.stranger): Promise<Receipt> {
    return this.outputs("settle", [game.proposal, game.span], from);
  }

  /** From the proposal to the settlement, in no time. */
  async carry(span: SpanOf, output: Hex): Promise<Opened> {
    const game = await this.propose(span, output);
    await this.conclude(game);
    await this.settle(game);
    return game;
  }

  advance(steps: number): Promise<Receipt> {
    return this.outputs("advance", [steps], this.stranger);
  }

  /** Asks again, and waits the second in which nothing is proposed. */
  async askAgain(from = this.guardian): Promise<void> {
    await this.outputs("askAgain", [], from);
    await this.warp(1);
  }

  outputs(name: string, args: readonly unknown[], from: Hex, value = 0n): Promise<Receipt> {
    return this.#call(from, this.addresses.outputs, "Outputs", name, args, value);
  }

  // ── Upgrades ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Has the timelock call `Outputs`, after its delay. */
  async upgrade(name: "addMachine" | "replaceMachine", args: readonly unknown[]): Promise<void> {
    const execute = await this.schedule(name, args);
    await this.warp(UPGRADE_DELAY);
    await execute();
  }

  /** @returns what executes the call, once the delay has passed. */
  async schedule(name: "addMachine" | "replaceMachine", args: readonly unknown[]): Promise<() => Promise<void>> {
    const data = encodeFunctionData({ abi: this.contracts.Outputs.abi, functionName: name, args: [...args] });
    const operation = [this.addresses.outputs, 0n, data, zeroHash, numberToHex(this.#salt++, { size: 32 })];
    const timelock = (call: string, more: readonly unknown[]): Promise<Receipt> =>
      this.#call(this.council, this.addresses.upgrader, "TimelockController", call, [...operation, ...more]);
    await timelock("schedule", [UPGRADE_DELAY]);
    return async () => {
      await timelock("execute", []);
    };
  }

  /** Any contract will do: the stub game judges nothing by it. */
  deployMachine(): Promise<Hex> {
    return this.chain.deploy(this.contracts.StubInbox, []);
  }

  // ── What is ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A view of `Outputs`, at `now`. */
  async read<T>(name: string, args: readonly unknown[] = []): Promise<T> {
    return this.#read("Outputs", this.addresses.outputs, name, args);
  }

  async readInbox<T>(name: string, args: readonly unknown[] = []): Promise<T> {
    return this.#read(this.stubInbox ? "StubInbox" : "Inbox", this.addresses.inbox, name, args);
  }

  isFinal(boundary: number): Promise<boolean> {
    return this.read("isFinal", [boundary]);
  }

  async outputAt(boundary: number): Promise<{ output: Hex; readyAt: number; first: number }> {
    const [output, readyAt, first] = await this.read<[Hex, bigint, bigint]>("outputAt", [boundary]);
    return { output, readyAt: Number(readyAt), first: Number(first) };
  }

  async counts(): Promise<{ final: number; settled: number; epoch: number; frozenAt: number; sequence: number }> {
    const [final, settled, epoch, frozenAt, sequence] = await Promise.all(
      ["finalCount", "settledCount", "epoch", "frozenAt", "sequence"].map((name) => this.read<bigint>(name)),
    );
    return {
      final: Number(final),
      settled: Number(settled),
      epoch: Number(epoch),
      frozenAt: Number(frozenAt),
      sequence: Number(sequence),
    };
  }

  /** The events of `Outputs` with this name. */
  eventsOf(name: string): Record<string, unknown>[] {
    return this.events.filter(isNamed(name)).map(({ args }) => args);
  }

  /** Lets time pass, and makes a block, so that views see it. */
  async warp(seconds: number): Promise<void> {
    this.now += seconds;
    await this.chain.request("evm_setNextBlockTimestamp", [this.now]);
    await this.chain.request("evm_mine", []);
  }

  // ── Calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #inbox(name: string, args: readonly unknown[], from = this.proposer): Promise<Receipt> {
    const receipt = await this.#call(from, this.addresses.inbox, "Inbox", name, args);
    const events = decode(this.contracts.Inbox.abi, receipt);
    for (const { args: told } of events.filter(isNamed("Checkpointed"))) {
      const { number, count, root } = told as { number: bigint; count: bigint; root: Hex };
      this.kept = { number, count: Number(count), root };
    }
    this.events.push(...events);
    return receipt;
  }

  async #call(
    from: Hex,
    to: Hex,
    contract: Name,
    name: string,
    args: readonly unknown[],
    value = 0n,
  ): Promise<Receipt> {
    const call = { from, to, abi: this.#abi(contract), name, args: [...args], value, at: this.now };
    const receipt = await this.chain.transact(call);
    this.events.push(...decode(this.contracts.Outputs.abi, receipt));
    return receipt;
  }

  async #read<T>(contract: Name, to: Hex, name: string, args: readonly unknown[]): Promise<T> {
    const abi = this.#abi(contract);
    try {
      return await this.chain.read<T>({ to, abi, name, args: [...args] });
    } catch (thrown) {
      const { data } = thrown as { data?: Hex };
      if (data === undefined) throw thrown;
      throw new Reverted(decodeErrorResult({ abi, data }).errorName, `${name}: ${(thrown as Error).message}`);
    }
  }

  /** What a contract can be called with, and every error that it passes on. */
  #abi(contract: Name): Abi {
    const others = Object.entries(this.contracts).filter(([name]) => name !== contract);
    return [
      ...this.contracts[contract].abi,
      ...others.flatMap(([, { abi }]) => abi.filter(({ type }) => type === "error")),
    ];
  }
}

const isNamed =
  (name: string) =>
  ({ eventName }: Event): boolean =>
    eventName === name;

function decode(abi: Abi, { logs }: Receipt): Event[] {
  return parseEventLogs({ abi, logs: logs as never }) as unknown as Event[];
}

export async function openStage(chain: Chain, options: StageOptions = {}): Promise<Stage> {
  const { sequencer = zeroAddress, finalityDelay = FINALITY_DELAY, contracts = original, stubInbox = false } = options;
  const [, guardian, , , , council] = chain.accounts as Hex[];
  const game = options.game ?? (await chain.deploy(contracts.StubGame, [LONGEST, RETENTION]));
  const inbox = stubInbox
    ? await chain.deploy(contracts.StubInbox, [])
    : await chain.deploy(contracts.Inbox, [sequencer, CONFIG]);
  const upgrader = await chain.deploy(contracts.TimelockController, [
    UPGRADE_DELAY,
    [council],
    [zeroAddress],
    zeroAddress,
  ]);
  const machine = await chain.deploy(contracts.StubInbox, []);
  const parameters = {
    machine,
    inbox,
    chainId: CHAIN_ID,
    genesisOutput: GENESIS,
    guardian,
    upgrader,
    finalityDelay,
  };
  const outputs = await chain.deploy(contracts.Outputs, [game, parameters]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  return new Stage(chain, { game, inbox, outputs, upgrader, machine }, contracts, stubInbox, Number(timestamp) + 1);
}

/** A stage whose inbox has so many batches, under a kept root. */
export async function filled(
  open: (options?: StageOptions) => Promise<Stage>,
  count: number,
  options: StageOptions = {},
): Promise<Stage> {
  const stage = await open(options);
  if (options.stubInbox) {
    await stage.pretend(count);
  } else {
    await stage.append(count);
    await stage.checkpoint();
  }
  return stage;
}

/** Asserts that a call is refused with this error. */
export async function refused(error: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (thrown) => {
    if (!(thrown instanceof Reverted)) throw thrown;
    assert.equal(thrown.error, error, thrown.message);
    return true;
  });
}

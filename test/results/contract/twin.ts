import type { Hex } from "@elench/bytes/hex";
import { build } from "../../contracts/build.ts";
import { type Chain, Reverted } from "../../game/chain.ts";
import { compile } from "../../rollup/contracts.ts";
import {
  FINALITY_DELAY,
  GENESIS,
  hashed,
  LONGEST,
  type Opened,
  openStage,
  RETENTION,
  type Stage,
  UPGRADE_DELAY,
  WINDOW,
} from "../../rollup/stage.ts";
import { Outputs, type Refusal, type Span } from "../model/outputs.ts";
import { contractRules, PLACES, SWITCH, strictInbox, switched } from "./rules.ts";

export const YEAR = 365 * 86_400;

/** The contract, and a copy of its first state to which every run goes back. */
export type Theatre = { chain: Chain; stage: Stage; machines: readonly Hex[]; start: { snapshot: Hex; now: number } };

/** Machines that can be appended in a run. */
const MACHINES = 12;

/** Deploys the contract with a switch for each of its rules. */
export async function openTheatre(chain: Chain): Promise<Theatre> {
  const compiled = build(["contracts/rollup/Inbox.sol", "contracts/rollup/Outputs.sol"], switched);
  const inbox = build(["contracts/test/StubInbox.sol"], [strictInbox]);
  const artifact = (from: ReturnType<typeof build>, name: string) => {
    const { abi, creation, size } = from.get(name)!;
    return { abi, bytecode: `0x${Buffer.from(creation).toString("hex")}` as Hex, deployedSize: size };
  };
  const contracts = {
    ...compile(),
    Outputs: artifact(compiled, "Outputs"),
    StubInbox: artifact(inbox, "StubInbox"),
  };
  const stage = await openStage(chain, { contracts, stubInbox: true });
  // The upgrader's calls come at once here; its own delay is tested elsewhere.
  const { upgrader } = stage.addresses;
  await chain.request("hardhat_impersonateAccount", [upgrader]);
  await chain.request("hardhat_setBalance", [upgrader, "0x8ac7230489e80000"]);
  const machines: Hex[] = [stage.addresses.machine];
  while (machines.length < MACHINES) machines.push(await stage.deployMachine());
  await stage.warp(MACHINES);
  const snapshot = await chain.request<Hex>("evm_snapshot", []);
  return { chain, stage, machines, start: { snapshot, now: stage.now } };
}

/** A game, as the model and the contract know it. */
export type Game = Opened & { made: number; result: Hex | undefined };

/** The contract and the model, call by call. */
export class Twin {
  readonly stage: Stage;
  readonly model: Outputs<Hex>;
  readonly games: Game[] = [];
  /** By the model's numbers. */
  readonly #machines: readonly Hex[];
  #machinesUsed = 1;
  readonly differences: string[] = [];
  calls = 0;
  accepted = 0;
  /** By the error's name. */
  readonly refusals = new Map<string, number>();
  count = 0;
  #events = 0;

  constructor(stage: Stage, machines: readonly Hex[], deployedAt: number) {
    this.stage = stage;
    this.#machines = machines;
    this.model = new Outputs<Hex>(GENESIS, {
      finalityDelay: FINALITY_DELAY,
      longest: LONGEST,
      settleWithin: WINDOW,
      keepFor: LONGEST + RETENTION,
      places: PLACES,
      longestSpan: 4096,
      askings: 4,
      askingPeriod: YEAR,
      upgradeDelay: UPGRADE_DELAY,
    });
    this.model.at(0)!.readyAt = deployedAt;
  }

  get now(): number {
    return this.stage.now;
  }

  /** A call of both: the same refusal, or none. */
  async call(what: string, expected: Refusal, call: () => Promise<unknown>): Promise<boolean> {
    this.calls++;
    let given: Refusal;
    try {
      await call();
    } catch (error) {
      if (!(error instanceof Reverted)) throw error;
      given = error.error;
    }
    if (given === undefined) this.accepted++;
    else this.refusals.set(given, (this.refusals.get(given) ?? 0) + 1);
    if (given !== expected) this.#differ(`${what}: ${given ?? "accepted"}, not ${expected ?? "accepted"}`);
    return given === undefined && expected === undefined;
  }

  #differ(what: string): void {
    this.differences.push(`call ${this.calls}, ${what}`);
  }

  async propose(
    span: Span<Hex>,
    output: Hex,
    { count = this.count, epoch = this.model.epoch, isOwnRoot = true } = {},
  ): Promise<void> {
    const { first, end, previous } = span;
    const root = isOwnRoot ? hashed(count) : hashed(count + 7);
    const expected = this.model.propose(span, count, isOwnRoot, epoch, this.now);
    let opened: Opened | undefined;
    const isAccepted = await this.call(`propose [${first}, ${end})`, expected, async () => {
      opened = await this.stage.propose({ first, end, previous, root }, output, {
        count,
        epoch: BigInt(epoch),
        checkpoint: 0n,
      });
    });
    if (isAccepted) this.games.push({ ...opened!, made: this.now, result: undefined });
  }

  async conclude(game: Game, result: Hex): Promise<void> {
    await this.stage.conclude(game, result);
    game.result = result;
  }

  /** @param span that is shown; another one than the game's is refused */
  async settle(game: Game, span = game.span): Promise<void> {
    const { first, end, previous } = game.span;
    const isAbout = span === game.span;
    const copy = isAbout ? this.model : this.model.clone();
    const refusal = copy.settle({ first, end, previous, made: game.made }, game.result, this.now);
    const early = ["IsFrozen", "TooOld", "NoSuchGame"];
    const expected = isAbout || (refusal !== undefined && early.includes(refusal)) ? refusal : "NotAbout";
    await this.call(`settle [${first}, ${end})`, expected, () => this.stage.settle({ proposal: game.proposal, span }));
  }

  /** Settles a concluded game of another consumer. */
  async settleForeign({ proposal, span }: Game): Promise<void> {
    const head = ((proposal.head >> 160n) << 160n) | BigInt(this.stage.stranger);
    const expected = this.model.frozenAt === undefined ? "NotOwn" : "IsFrozen";
    await this.call("settle a foreign game", expected, () =>
      this.stage.settle({ proposal: { ...proposal, head }, span }),
    );
  }

  async advance(steps: number): Promise<void> {
    this.model.advance(steps, this.now);
    await this.call(`advance ${steps}`, undefined, () => this.stage.advance(steps));
  }

  async askAgain(byGuardian: boolean): Promise<void> {
    const { stage } = this;
    const expected = byGuardian ? this.model.askAgain(this.now) : "NotGuardian";
    const from = byGuardian ? stage.guardian : stage.stranger;
    await this.call("askAgain", expected, () => stage.outputs("askAgain", [], from));
  }

  async addMachine(from: number, byUpgrader: boolean): Promise<void> {
    const number = this.#machinesUsed;
    const expected = byUpgrader ? this.model.addMachine(from, number, this.count, this.now) : "NotUpgrader";
    await this.#changeMachine("addMachine", [from], expected, byUpgrader);
  }

  async replaceMachine(byUpgrader: boolean): Promise<void> {
    const expected = byUpgrader ? this.model.replaceMachine(this.#machinesUsed, this.now) : "NotUpgrader";
    await this.#changeMachine("replaceMachine", [], expected, byUpgrader);
  }

  async #changeMachine(name: string, args: unknown[], expected: Refusal, byUpgrader: boolean): Promise<void> {
    const { stage } = this;
    const machine = this.#machines[this.#machinesUsed];
    const from = byUpgrader ? stage.addresses.upgrader : stage.stranger;
    const isChanged = await this.call(name, expected, () => stage.outputs(name, [...args, machine], from));
    if (isChanged) this.#machinesUsed++;
  }

  get canChangeMachine(): boolean {
    return this.#machinesUsed < this.#machines.length;
  }

  async append(batches: number): Promise<void> {
    this.count += batches;
    await this.stage.pretend(this.count);
  }

  /** Compares what is, at these boundaries. */
  async compare(boundaries: readonly number[]): Promise<void> {
    const { stage, model, now } = this;
    const counts = await stage.counts();
    const events = stage.events.length;
    const expected = {
      final: model.finalCount,
      settled: model.settledCount,
      epoch: model.epoch,
      frozenAt: model.frozenAt ?? 0,
      sequence: counts.sequence,
    };
    for (const [key, value] of Object.entries(expected))
      if (counts[key as keyof typeof counts] !== value)
        this.#differ(`${key}: ${counts[key as keyof typeof counts]}, not ${value}`);
    if (counts.sequence !== events + 1)
      this.#differ(`sequence ${counts.sequence} after ${events} events, and one of the deployment`);
    this.#compareEvents();
    for (const boundary of boundaries) {
      const known = model.at(boundary);
      const { output, readyAt, first } = await stage.outputAt(boundary);
      const told = `${output} ${readyAt} ${first} ${await stage.isFinal(boundary)}`;
      const none = `0x${"0".repeat(64)} 0 0 false`;
      const own =
        known === undefined ? none : `${known.output} ${known.readyAt} ${known.first} ${model.isFinal(boundary, now)}`;
      if (told !== own) this.#differ(`boundary ${boundary}: ${told}, not ${own}`);
      const [machine, until] = await stage.read<[Hex, bigint]>("machineOf", [boundary]);
      const entry = model.machineOf(boundary);
      const isSame = machine.toLowerCase() === this.#machines[entry.machine]!.toLowerCase();
      const ends = Number.isFinite(entry.until) ? BigInt(entry.until) : 2n ** 256n - 1n;
      if (!isSame || until !== ends)
        this.#differ(`machine of ${boundary}: ${machine} until ${until}, not number ${entry.machine} until ${ends}`);
    }
  }

  /** Each event carries the number of those before it. */
  #compareEvents(): void {
    const { events } = this.stage;
    for (; this.#events < events.length; this.#events++) {
      const { eventName, args } = events[this.#events]!;
      // The deployment's own event is the first.
      if (args.sequence !== BigInt(this.#events + 1)) this.#differ(`${eventName} carries ${args.sequence}`);
    }
  }
}

/** A new run; with a rule taken out, if one is named. */
export async function raise({ chain, stage, machines, start }: Theatre, taken?: string): Promise<Twin> {
  await chain.request("evm_revert", [start.snapshot]);
  start.snapshot = await chain.request<Hex>("evm_snapshot", []);
  const number = contractRules.findIndex(({ rule }) => rule === taken) + 1;
  if (taken !== undefined && number === 0) throw new Error(`there is no rule "${taken}"`);
  await chain.request("hardhat_setBalance", [SWITCH, `0x${number.toString(16)}`]);
  stage.events.length = 0;
  stage.now = start.now;
  const { readyAt } = await stage.outputAt(0);
  return new Twin(stage, machines, readyAt);
}

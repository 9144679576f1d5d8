import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { settlementCall } from "@elench/challenger/l1/settlement";
import { type Proposal, unpackProposal } from "@elench/challenger/strategy/record";
import { concludedProposal, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";
import { type ProposedSpan, spanWords } from "@elench/challenger/watch/spans";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeFunctionData, type Hex, keccak256, parseEther, toHex } from "viem";
import type { HDAccount } from "viem/accounts";
import { settleIntent } from "../../challenger/l1/calls.ts";
import type { Intent } from "../../challenger/l1/transactions.ts";
import { type Elench, startElench } from "../../demo/processes.ts";
import { agentOn, isMoveOwed } from "./agents.ts";
import { append, batchOf, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { ledgerOf, stakesOf, wealthOf } from "./ledger.ts";
import { type Believer, createBeliever, type Manner, proposeSpan, type Range, truthAt } from "./rivals.ts";
import {
  claimsOf,
  gameEvents,
  keyOf,
  parameters,
  REPLACED,
  TIMES,
  transact,
  UPHELD,
  until,
  user,
  watcher,
} from "./stage.ts";
import { startTower, type Tower } from "./tower.ts";

/**
 * What the rollup promises, held against many rivals at once: the span of an honest agent, and any other on a true output, is settled with the true
 * output within W of its proposal; no lie becomes final; liars pay, and the honest are paid.
 */

/** Outputs of one span that others than the honest agents propose. */
interface Rivalry extends Range {
  /** In this order: each lie by a liar of its own, each truth by a stranger, who leaves it to the honest agents. */
  readonly said: readonly ("truth" | "lie" | "other lie")[];
  /** How the first lie is argued for. Default: not at all. */
  readonly manner?: Manner;
}

/** Seconds of chain time that pass at once, when nobody has anything to say. */
const STEP = 600;
const TO_THE_LAST_STEP: Manner = { moves: Number.POSITIVE_INFINITY };
const ABOUT_INFERENCE: Manner = { ...TO_THE_LAST_STEP, fault: "inference" };
const FOR_A_WHILE: Manner = { moves: 3 };
const AS_LATE_AS_POSSIBLE: Manner = { moves: Number.POSITIVE_INFINITY, lateness: STEP + 100 };

const BATCHES = 24;
/** Each begins at the end of an earlier one, so that it can be settled; beyond that they overlap as they like. */
const RIVALRIES: readonly Rivalry[] = [
  { first: 0, end: 24, said: ["lie"], manner: TO_THE_LAST_STEP },
  { first: 0, end: 1, said: ["lie"], manner: TO_THE_LAST_STEP },
  { first: 1, end: 3, said: ["truth", "lie"] },
  { first: 0, end: 3, said: ["lie", "lie"] },
  { first: 3, end: 6, said: ["lie"], manner: FOR_A_WHILE },
  { first: 0, end: 6, said: ["lie", "other lie"] },
  { first: 1, end: 6, said: ["lie"] },
  { first: 6, end: 7, said: ["lie", "truth"] },
  { first: 3, end: 7, said: ["lie"] },
  // From here on some begin in the middle of others.
  { first: 3, end: 5, said: ["lie"], manner: AS_LATE_AS_POSSIBLE },
  { first: 5, end: 9, said: ["lie"] },
  { first: 7, end: 12, said: ["truth", "lie"], manner: FOR_A_WHILE },
  { first: 9, end: 12, said: ["lie"] },
  { first: 12, end: 13, said: ["lie", "lie"] },
  { first: 7, end: 13, said: ["lie"] },
  { first: 13, end: 17, said: ["lie"], manner: ABOUT_INFERENCE },
  { first: 0, end: 17, said: ["lie"], manner: AS_LATE_AS_POSSIBLE },
  { first: 17, end: 24, said: ["truth", "lie"] },
  { first: 6, end: 24, said: ["lie"] },
  { first: 12, end: 24, said: ["lie", "other lie"] },
];
/** Which are proposed in one step. */
const PER_STEP = 5;
/** The steps in which no honest agent is there: 40 minutes of MAX, which is an hour here. */
const AWAY = { from: 2, until: 6 } as const;
const ENDS = new Set(RIVALRIES.map(({ end }) => end));

const [PROPOSER, STRANGER, BUILDER, THIEF] = [richAccount(3), richAccount(4), richAccount(5), richAccount(6)];
const HONEST = [watcher, PROPOSER, STRANGER];
const LIARS = RIVALRIES.flatMap(({ said }) => said.filter((what) => what !== "truth")).map((_, i) =>
  richAccount(10 + i),
);

/** Longer than W: so no boundary is final before the others are settled, and each of them is wanted. */
const FINALITY_DELAY = 18_000;

let stage: L2Stage;
/** Looks on, executes, and says nothing. */
let onlooker: Agent;
/** Processes of the honest agents that are there. */
let honest: readonly (Tower | Elench)[] = [];
/** W, in seconds. */
let longest: number;
let wealth: readonly bigint[];
const believers: Believer[] = [];
/** How many of the liars have proposed. */
let liars = 0;

before(
  async () => {
    stage = await openL2Stage(FINALITY_DELAY);
    for (let i = 0; i < BATCHES; i++) await append(stage, batchOf(stage, i, BigInt(3 * i)));
    const checkpoint = encodeFunctionData({ abi: inboxAbi, functionName: "checkpoint" });
    await transact(stage, user, stage.deployment.rollup.inbox, checkpoint);
    for (const { address } of LIARS) await stage.chain.client.setBalance({ address, value: parseEther("100") });
    onlooker = await agentOn(stage, {});
    await onlooker.watchtower.look();
    await onlooker.chain?.reach(BATCHES);
    const game = { address: stage.deployment.disputeGame, abi: disputeGameAbi } as const;
    longest = Number(await stage.chain.client.readContract({ ...game, functionName: "longest" }));
    wealth = await Promise.all(HONEST.map((account) => wealthOf(stage, account)));
    await startHonest();
    await play();
    await stopHonest();
    await stage.chain.pass(FINALITY_DELAY);
  },
  { timeout: 500_000 },
);
after(async () => {
  await stopHonest();
  await stage?.close();
});

const outputs = () => ({ address: stage.deployment.rollup.outputs, abi: outputsAbi }) as const;
const truth = (boundary: number): Hex => truthAt(onlooker, boundary);
const lieAt = (boundary: number, which: string): Hex => keccak256(toHex(`${which} ${boundary}`));

/** A watchtower; and a proposer, who has a span of its own to defend. */
async function startHonest(): Promise<void> {
  const propose = ["propose", "--first", "0", "--end", String(BATCHES), "--defend", "--interval", "30"];
  honest = [
    startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--settle-all"]),
    startElench(propose, { ...stage.env, ELENCH_KEY: keyOf(PROPOSER), ELENCH_COURTESY: "2000" }),
  ];
  await until("the honest proposal", async () => (await gameEvents(stage, "Proposed")).length > 0, undefined, 60);
}

async function stopHonest(): Promise<void> {
  await Promise.all(honest.map((party) => party.stop()));
  honest = [];
}

// ── The play ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Until all is settled, or longer than W. */
async function play(): Promise<void> {
  const openings = Math.ceil(RIVALRIES.length / PER_STEP);
  const most = openings + Math.ceil(longest / STEP) + 1;
  for (let step = 0; step < most && (step <= openings || !isSettled()); step++) {
    if (step === AWAY.from) await stopHonest();
    if (step === AWAY.until) await startHonest();
    for (const rivalry of RIVALRIES.slice(PER_STEP * step, PER_STEP * (step + 1))) await open(rivalry);
    if (step === openings) await buildOnLie();
    await argue();
    await bringInLies();
    await stage.chain.pass(STEP);
  }
}

async function open({ first, end, said, manner }: Rivalry): Promise<void> {
  const span = { first, end, previous: truth(first) };
  for (const [i, what] of said.entries()) {
    if (what === "truth") {
      await proposeSpan(stage, onlooker, STRANGER, { ...span, output: truth(end) });
      continue;
    }
    const liar = LIARS[liars++] as HDAccount;
    let output = lieAt(end, what);
    if (manner && said.indexOf("lie") === i) {
      const believer = await createBeliever(stage, liar, span, manner);
      believers.push(believer);
      output = believer.output;
    }
    await proposeSpan(stage, onlooker, liar, { ...span, output });
    await onlooker.watchtower.look();
  }
}
/** Nobody can know what follows a false output: so nobody answers, and the game ends as its proposer says. */
const buildOnLie = (): Promise<void> =>
  proposeSpan(stage, onlooker, BUILDER, { first: 3, end: 6, previous: lieAt(3, "lie"), output: lieAt(6, "lie") });

/** Everybody says all that he wants to say now. */
async function argue(): Promise<void> {
  for (let moves = 1; moves > 0; ) {
    await waitForHonest();
    moves = 0;
    for (const believer of believers) moves += await believer.turn();
  }
}

/** Milliseconds of real time for which chain time stands still; half as many after each wait in vain, so that a party that is away loses soon. */
let patience = 30_000;

async function waitForHonest(): Promise<void> {
  const end = performance.now() + patience;
  while (honest.length > 0 && (await isAnythingOwed())) {
    if (performance.now() > end) {
      patience /= 2;
      return;
    }
    await sleep(30);
  }
}

const judgements = new Map();

/** Whether an honest agent has a move to make, or something to settle. */
async function isAnythingOwed(): Promise<boolean> {
  if (await isMoveOwed(onlooker, judgements)) return true;
  const now = Number((await onlooker.watchtower.look()).timestamp);
  return proposed().some(({ span, game }) =>
    game.status === "open" ? dueSettlement(game, TIMES, now) !== undefined : isDue(span),
  );
}

const isDue = ({ first, end, previous }: ProposedSpan): boolean =>
  onlooker.spans.at(end) === undefined && onlooker.spans.at(first)?.output === previous;

interface Proposed {
  readonly span: ProposedSpan;
  readonly game: Game;
}

/** As the onlooker saw them last. */
function proposed(): Proposed[] {
  const { games, numbers } = onlooker.watchtower.forest;
  return [...onlooker.spans.proposals.values()].map((span) => ({
    span,
    game: games.get(numbers.get(span.game) as Hex) as Game,
  }));
}

const isSettled = (): boolean =>
  proposed().every(({ game }) => game.status !== "open") &&
  [...ENDS].every((end) => onlooker.spans.at(end) !== undefined);

/** What the honest side has left to a lie, a thief brings in. */
async function bringInLies(): Promise<void> {
  const now = Number((await onlooker.watchtower.look()).timestamp);
  for (const { span, game } of proposed()) {
    if ((game.output ?? game.proposal.output) === truth(span.end)) continue;
    const due = dueSettlement(game, TIMES, now);
    if (due) await steal(settlementCall(game, due, stage.deployment.disputeGame).intent);
    else if (game.status !== "open")
      await steal(settleIntent(concludedProposal(game), spanWords(span), stage.deployment.rollup.outputs));
  }
}

/** The contracts may refuse it. */
const steal = ({ to, data, value }: Intent): Promise<boolean> => transact(stage, THIEF, to, data, value, 2_000_000n);

// ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────────────

const logs = <Name extends "Proposed" | "Settled" | "Frozen">(eventName: Name) =>
  stage.chain.client.getContractEvents({ ...outputs(), eventName, fromBlock: 0n, strict: true });

const finalOutput = (end: number): Promise<Hex> =>
  stage.chain.client.readContract({ ...outputs(), functionName: "finalOutput", args: [BigInt(end)] });

/** When each boundary was settled, and with what. */
async function settlements(): Promise<Map<number, { output: Hex; at: number }>> {
  const settled = (await logs("Settled")).map(({ args: { end, output, readyAt } }) => {
    return [Number(end), { output, at: Number(readyAt) - FINALITY_DELAY }] as const;
  });
  return new Map(settled);
}

/** What each game ended with, by its number. */
async function conclusions(): Promise<Map<bigint, { status: number; output: Hex; at: number }>> {
  const concluded = await gameEvents(stage, "Concluded");
  const each = concluded.map(async ({ args: { number, status, output }, blockNumber }) => {
    const { timestamp } = await stage.chain.client.getBlock({ blockNumber });
    return [number, { status, output, at: Number(timestamp) }] as const;
  });
  return new Map(await Promise.all(each));
}

/** All that was proposed, lies and truths. */
async function proposals() {
  const opened = (await gameEvents(stage, "Proposed")).map(({ args }) => unpackProposal(args.proposal));
  return (await logs("Proposed")).map(({ args: { number, span } }) => {
    const { made, output } = opened.find((each) => each.number === number) as Proposal;
    return { number, first: Number(span.first), end: Number(span.end), previous: span.previous, made, output };
  });
}

test("every span on a true output is settled with the true output within W of its proposal, and so is each game about it", async () => {
  const [boundaries, games, all] = [await settlements(), await conclusions(), await proposals()];
  for (const { number, first, end, made, output } of all.filter(({ previous, first }) => previous === truth(first))) {
    const what = `game ${number} about the batches [${first}, ${end})`;
    const [boundary, game] = [boundaries.get(end), games.get(number)];
    assert.deepEqual([boundary?.output, game?.output], [truth(end), truth(end)], what);
    assert.equal(game?.status, output === truth(end) ? UPHELD : REPLACED, what);
    const took = Math.max(boundary?.at as number, game?.at as number) - made;
    assert.ok(took <= longest, `${what} took ${took} s; W is ${longest} s`);
  }
  const rivals = RIVALRIES.flatMap(({ said }) => said).length;
  assert.equal(all.length, rivals + 2, "the rivals' proposals, the honest one, and the one on a lie");
  const machines = new Set((await claimsOf(stage)).map(({ machine }) => machine));
  assert.equal(machines.size, 3, "liars have argued down to the steps of batches and of inferences");
});

test("no lie is settled or becomes final, not even one that is built on another and that nobody can answer", async () => {
  assert.deepEqual(await logs("Frozen"), []);
  for (const { args } of await logs("Settled"))
    assert.equal(args.output, truth(Number(args.end)), `boundary ${args.end}`);
  for (const end of ENDS) assert.equal(await finalOutput(end), truth(end), `boundary ${end}`);
  const onLie = (await proposals()).find(({ previous }) => previous === lieAt(3, "lie"));
  const game = (await conclusions()).get(onLie?.number as bigint);
  assert.deepEqual([game?.status, game?.output], [UPHELD, lieAt(6, "lie")], "its game is won, and counts for nothing");
});

test("every liar loses its bond, and all that it staked on it", async () => {
  const credited = (await gameEvents(stage, "Credited")).filter(({ args }) => args.amount > 0n);
  for (const liar of LIARS) {
    const { bonds } = await stakesOf(stage, [liar]);
    assert.ok(bonds >= 4n * parameters.bond, "it has proposed");
    const back = credited.filter(({ args }) => args.account === liar.address);
    assert.deepEqual(back, [], `${liar.address} got money back`);
  }
});

test("the honest lose gas and prepayments alone; together they gain all prepayments, and two thirds of what the liars staked", async () => {
  let gained = 0n;
  for (const [i, account] of HONEST.entries()) {
    const { gasPaid } = await ledgerOf(stage, account.address);
    const gain = (await wealthOf(stage, account)) + gasPaid - (wealth[i] as bigint);
    assert.ok(
      gain >= -(await stakesOf(stage, [account])).prepayments,
      `${account.address} is ${-gain} wei poorer, beside gas`,
    );
    gained += gain;
  }
  const { bonds, prepayments } = await stakesOf(stage, LIARS);
  assert.equal(gained, (2n * bonds) / 3n + prepayments + (await stakesOf(stage, [BUILDER])).prepayments);
});

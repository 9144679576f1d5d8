import { type Hex, toBytes } from "@elench/bytes/hex";
import { spanContext, spanLevel, spanStart } from "@elench/evm/batch/span";
import { hex, passClocks } from "../e2e/stage.ts";
import type { Attack, Field } from "./attack.ts";
import {
  checkpoint,
  FALSE_OUTPUT,
  honestProposer,
  newestRoot,
  openGame,
  proposeFreely,
  settleGame,
  settleSpan,
} from "./calls.ts";
import { appendBatches, startWatch, truthAt, whoHas } from "./verbs.ts";

/** Attempts to have a result taken that nobody had to answer for. A proposer who comes later tells the truth. */

const CHAIN_ID = 777n;
const JUNK = `0x${"77".repeat(32)}` as const;

const falseBase: Attack = {
  name: "false-base",
  about:
    "a span is proposed on an output that the chain does not have: nobody can answer, since nobody knows the state behind it",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    await appendBatches(field, 2);
    await checkpoint(field, attacker);
    await startWatch(field, "--settle-all");
    const span = { first: 1n, end: 2n, previous: JUNK, root: await newestRoot(field) } as const;
    const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    return whoHasAfter(field, 2, game, span);
  },
};

const foreignResult: Attack = {
  name: "result-of-a-foreign-game",
  about:
    "a game that the attacker opened for itself, and nobody plays, is presented to the outputs contract as its own",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    await appendBatches(field, 1);
    await checkpoint(field, attacker);
    await startWatch(field, "--settle-all");
    const root = await newestRoot(field);
    const previous = await truthAt(field, 0);
    const span = { first: 0, end: 1, previous: toBytes(previous), root: toBytes(root) };
    const run = {
      machine: field.deployment.rollup.spanVerifier,
      level: spanLevel(span),
      context: hex(spanContext(span, CHAIN_ID)),
      start: hex(spanStart(span, CHAIN_ID)),
    };
    const game = await openGame(field, attacker, run, FALSE_OUTPUT);
    return whoHasAfter(field, 1, game, { first: 0n, end: 1n, previous, root });
  },
};

const inventedRoot: Attack = {
  name: "invented-root",
  about:
    "a span names a root that the inbox never had, with other records in it: nobody can open them, so nobody can answer",
  closedBy: null,
  play: (field) => underRoot(field, async () => JUNK),
};

const nearRoot: Attack = {
  name: "near-root",
  about:
    "a span names a kept root with another last bit: a ring that keeps some bits of a root believes it, and no record opens under it",
  closedBy: null,
  play: (field) => underRoot(field, async () => hex(flipLastBit(toBytes(await newestRoot(field))))),
};

const flipLastBit = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

/** A false output after batch 0, proposed under a root that the inbox does not have. */
async function underRoot(field: Field, rootOf: () => Promise<Hex>) {
  const [attacker] = field.attackers;
  await appendBatches(field, 1);
  await checkpoint(field, attacker);
  await startWatch(field, "--settle-all");
  const span = { first: 0n, end: 1n, previous: await truthAt(field, 0), root: await rootOf() } as const;
  const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
  return whoHasAfter(field, 1, game, span);
}

const hastySettlement: Attack = {
  name: "hasty-settlement",
  about: "a false proposal is settled in its first second, before anybody has answered",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    await appendBatches(field, 1);
    await checkpoint(field, attacker);
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0), root: await newestRoot(field) } as const;
    const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    if (game && (await settleGame(field, attacker, game))) await settleSpan(field, attacker, game, span);
    await startWatch(field, "--settle-all");
    return whoHas(field, 1);
  },
};

/** The attacker's game, if there is one, runs out, and is settled; then an honest proposer comes. */
async function whoHasAfter(
  field: Field,
  boundary: number,
  game: Hex | undefined,
  span: Parameters<typeof settleSpan>[3],
) {
  const [attacker] = field.attackers;
  if (game) {
    for (let clocks = 0; clocks < 3; clocks++) await passClocks(field);
    // A watchtower may have settled the game for its prepayment.
    await settleGame(field, attacker, game);
    await settleSpan(field, attacker, game, span);
  }
  return whoHas(field, boundary, honestProposer(field, boundary));
}

export const RESULT_ATTACKS: readonly Attack[] = [falseBase, foreignResult, inventedRoot, nearRoot, hastySettlement];

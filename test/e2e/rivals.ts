import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";
import type { Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { moveIntent, proposeIntent } from "../../challenger/l1/calls.ts";
import { honestMoves, type Judgements } from "../../challenger/strategy/moves.ts";
import type { Checkpoint } from "../../challenger/watch/batches.ts";
import { batchInferenceLiar, batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { agentOn } from "./agents.ts";
import type { L2Stage } from "./l2-stage.ts";
import { hex, parameters, TIMES, transact } from "./stage.ts";

/** Those who propose outputs of spans beside the honest agents: strangers and liars. */

/** The batches [first, end). */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** @param onlooker has executed the batches. */
export const truthAt = ({ chain }: Agent, boundary: number): Hex =>
  hex((chain as NonNullable<Agent["chain"]>).outputAt(boundary));

/** Proposes any output of a span, on any output before it. */
export async function proposeSpan(
  stage: L2Stage,
  { batches, spans }: Agent,
  account: HDAccount,
  { first, end, previous, output }: Range & { readonly previous: Hex; readonly output: Hex },
): Promise<void> {
  const { number, count, root } = batches.checkpoints.complete.at(-1) as Checkpoint;
  const proposal = {
    span: { first: BigInt(first), end: BigInt(end), previous, root },
    checkpoint: number,
    count,
    epoch: spans.epoch,
    hint: spans.proposals.size,
    output,
  };
  const { to, data, value } = proposeIntent(proposal, stage.deployment.rollup.outputs, parameters);
  if (!(await transact(stage, account, to, data, value)))
    throw new Error(`the proposal of batches ${first} to ${end - 1} was refused`);
}

/** How a liar argues. */
export interface Manner {
  /** Makes so many moves, and then goes home. */
  readonly moves: number;
  /** Makes each move only when less than so many seconds are left for it. Default: at once. */
  readonly lateness?: number;
  /** Where its belief is wrong. Default: in the value of a payment. */
  readonly fault?: "inference";
}

/** More than any move of the tests takes. */
const MOVE_GAS = 8_000_000n;

/** Believes that the last batch of its span leads elsewhere, and argues for that in all games about this span, as well as the honest do. */
export interface Believer {
  /** What it believes to be the span's output. */
  readonly output: Hex;
  /** Makes the moves that are due by its belief, each once. @returns how many */
  turn(): Promise<number>;
}

export async function createBeliever(
  stage: L2Stage,
  account: HDAccount,
  { first, end }: Range,
  { moves, lateness = Number.POSITIVE_INFINITY, fault }: Manner,
): Promise<Believer> {
  const lies = fault
    ? batchInferenceLiar(stage, end - 1, { instruction: 0, element: 2 })
    : batchLiar(end - 1, { kind: "decoding", transaction: 0 });
  const agent = await agentOn(stage, lies);
  const { watchtower, spans, truth, chain } = agent;
  await watchtower.look();
  await chain?.reach(end);
  const judgements: Judgements = new Map();
  const disputed = (): Game[] =>
    [...spans.proposals.values()]
      .filter((span) => span.first === first && span.end === end)
      .map(({ game }) => watchtower.forest.games.get(watchtower.forest.numbers.get(game) as Hex) as Game);
  const tried = new Set<string>();
  return {
    output: truthAt(agent, end),
    turn: async () => {
      const now = Number((await watchtower.look()).timestamp);
      const owed = [];
      for (const game of disputed()) owed.push(...(await honestMoves(game, truth, TIMES, now, judgements)));
      const due = owed
        .filter(({ id, deadline }) => !tried.has(id) && deadline - now < lateness)
        .slice(0, moves - tried.size);
      for (const move of due) {
        tried.add(move.id);
        const { to, data, value } = moveIntent(move, stage.deployment.disputeGame, parameters, 0);
        // The contract refuses the last word: the refutation of a right step.
        await transact(stage, account, to, data, value, MOVE_GAS);
      }
      return due.length;
    },
  };
}

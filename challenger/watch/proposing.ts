import { type Hex, toHex } from "@elench/bytes/hex";
import type { Rollup } from "@elench/deploy/deployment";
import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { MAX_SPAN } from "@elench/evm/batch/span";
import { checkpointIntent, proposalPrice, proposeIntent } from "../l1/calls.ts";
import type { L1Block } from "../l1/follower.ts";
import { regionHint } from "../strategy/places.ts";
import type { Game } from "../strategy/tree.ts";
import type { Agent } from "./agent.ts";
import type { BatchTraceProvider } from "./batch-trace-provider.ts";
import type { Checkpoint } from "./batches.ts";
import { boundariesToBuildOn, type CountedSpan, isTrue, type TruthAt } from "./counted.ts";
import type { Due } from "./due.ts";
import { falsehood } from "./falsehood.ts";
import { requireFunds } from "./funds.ts";
import { advanceDue, countedOf } from "./outputs.ts";
import type { Boundary } from "./spans.ts";

/** Which span to propose; what is not given is chosen. */
export interface SpanChoice {
  readonly first?: number | undefined;
  readonly end?: number | undefined;
}

/** What a proposer does next: a call; or nothing, because its proposal is on L1 (`game`), or for another reason. */
export type ProposalDue = Due & {
  /** The batches [first, end); undefined if there is nothing to propose. */
  readonly span?: { readonly first: number; readonly end: number };
  /** The true output at the span's end: what it proposes. Its proposal on L1 may differ, if this account proposed falsely. */
  readonly output?: Hex;
  /** Its proposal of this span, if it is on L1 and counts. */
  readonly game?: Game;
};

/**
 * The next call on the way to a proposal. It depends on L1 alone, so a proposer that was killed goes on where it stopped, and after a
 * reorganisation it builds on what is left. First a checkpoint, if no kept root covers the span's end; then, in a later block, the proposal.
 * @throws UserError if the given span cannot be proposed
 */
export async function proposalDue(
  agent: Agent,
  rollup: Rollup,
  choice: SpanChoice,
  head: L1Block,
): Promise<ProposalDue> {
  const { spans, batches, queue } = agent;
  const [chain, now] = [agent.chain as BatchTraceProvider, Number(head.timestamp)];
  if (!queue) throw new InternalError("a proposal takes a key");
  const own = queue.address.toLowerCase() as Hex;
  requireInRange(choice, batches.appended.length);
  const missing = await chain.reach(choice.end ?? batches.appended.length);
  if (missing !== null) throw new UserError(missing, EXIT.environment);
  const truthAt: TruthAt = (boundary) => (boundary <= chain.executed ? toHex(chain.outputAt(boundary)) : undefined);
  const counted = countedOf(agent, now);
  const isStanding = (each: CountedSpan): boolean => isTrue(each, truthAt) || each.game.status === "open";
  const proposed = counted
    .filter(({ span, game }) => game.proposal.proposer === own && span.previous === truthAt(span.first))
    .filter(isStanding)
    .findLast(({ span }) => isChosen(span, choice));
  if (proposed && (choice.end !== undefined || proposed.span.end === batches.appended.length))
    return already(proposed, truthAt);
  if (spans.frozenBy !== undefined)
    return { waits: "two results contradict each other, and nothing is proposed until the guardian asks again" };
  const bases = boundariesToBuildOn(spans, counted, own, truthAt);
  const first =
    choice.first ?? Math.max(...[...bases].filter((base) => base < (choice.end ?? Number.POSITIVE_INFINITY)));
  const end =
    choice.end ??
    Math.min(batches.appended.length, first + MAX_SPAN, spans.machineOf(first)?.until ?? MAX_SPAN + first);
  if (end === first)
    return { waits: first === 0 ? "the inbox has no batch" : `the inbox has no batch after ${first - 1}` };
  checkSpan({ first, end }, rollup, bases, agent, now);
  const previous = truthAt(first) as Hex;
  const output = truthAt(end) as Hex;
  const span = { first, end };
  const advance = await advanceDue(agent, rollup, now);
  if (advance) return { ...advance, span, output };
  const checkpoint = batches.checkpoints.complete.findLast(({ count }) => count >= end);
  if (!checkpoint) {
    await requireFunds(agent, `the output after batch ${end - 1}`, {
      bond: proposalPrice(agent.parameters),
      consumer: rollup.outputs,
    });
    return {
      intent: checkpointIntent(end, rollup.inbox),
      call: "checkpoint",
      what: `the checkpoint of batch ${end - 1}`,
      span,
      output,
    };
  }
  const { watchtower, parameters } = agent;
  const proposal = {
    span: { first: BigInt(first), end: BigInt(end), previous, root: rootOf(agent, checkpoint) },
    checkpoint: checkpoint.number,
    count: checkpoint.count,
    epoch: spans.epoch,
    hint: regionHint(watchtower.forest, parameters.longest + parameters.retention, now),
    output,
  };
  const intent = await agent.payBond(proposeIntent(proposal, rollup.outputs, parameters));
  // A root counts from the block after its checkpoint on, an epoch from the one after the asking, and no transaction is included earlier.
  const isEarly = checkpoint.block >= head.number || spans.askedIn === head.number;
  return {
    intent: isEarly ? { ...intent, gas: NEXT_BLOCK_GAS } : intent,
    call: "propose",
    what: `the output after batch ${end - 1}`,
    span,
    output,
  };
}

/** More than a proposal needs on fresh slots, under today's rules of L1 and the next. */
const NEXT_BLOCK_GAS = 1_500_000n;

const isChosen = (span: { first: number; end: number }, choice: SpanChoice): boolean =>
  (choice.first === undefined || choice.first === span.first) && (choice.end === undefined || choice.end === span.end);

const already = ({ span: { first, end }, game }: CountedSpan, truthAt: TruthAt): ProposalDue => ({
  waits: `game ${game.id} is about the output after batch ${end - 1} already`,
  span: { first, end },
  output: truthAt(end) as Hex,
  game,
});

/** @throws UserError if the inbox lacks a batch of the span, or if no span has its length */
function requireInRange({ first, end }: SpanChoice, length: number): void {
  const batches = `the inbox has ${length} ${length === 1 ? "batch" : "batches"}`;
  if (end !== undefined && (end < 1 || end > length))
    throw new UserError(`no span ends before batch ${end}: ${batches}`);
  if (first !== undefined && first >= length) throw new UserError(`no span begins at batch ${first}: ${batches}`);
  if (first !== undefined && end !== undefined && (end <= first || end - first > MAX_SPAN))
    throw new UserError(
      `a span has 1 to ${MAX_SPAN} batches, and not ${end - first}: its first is ${first}, its end ${end}`,
    );
}

/** @throws UserError, in advance of the contract's refusal */
function checkSpan(
  { first, end }: { readonly first: number; readonly end: number },
  { spanVerifier }: Rollup,
  bases: ReadonlySet<number>,
  { spans }: Agent,
  now: number,
): void {
  const refuse = (why: string) =>
    new UserError(`the output after batch ${end - 1} cannot be proposed from batch ${first}: ${why}`, EXIT.refused);
  const executor = spans.machineOf(first);
  if (executor?.machine.toLowerCase() !== spanVerifier.toLowerCase())
    throw refuse(`its machine is ${executor?.machine}; this deployment record knows ${spanVerifier}`);
  if (end > executor.until) throw refuse(`another machine begins at batch ${executor.until}`);
  if (!bases.has(first))
    throw refuse(
      `the output before batch ${first} is neither settled and true, nor the end of a chain of own proposals`,
    );
  const finalCount = spans.finalList(now).at(-1) as number;
  const settled = spans.at(end);
  // A settled output that is not final can be contradicted from where it was settled.
  const isReopened = settled?.first === first && !spans.isFinal(end, now);
  if (first < finalCount && !isReopened) throw refuse(`the batches below ${finalCount} are final`);
}

/** @throws InternalError if the inbox's tree and ours differ */
function rootOf({ batches }: Agent, { number, count, root }: Checkpoint): Hex {
  const own = toHex(batches.records.root(count));
  if (own !== root)
    throw new InternalError(`checkpoint ${number} keeps the root ${root} after ${count} batches, whose root is ${own}`);
  return root;
}

/**
 * Watches for boundaries that were settled with a false output in an absence, and are not final: reports each; and if the agent
 * `contradicts`, proposes the same span truly at once. When that game is over, settling it stops finality, and the guardian must ask again.
 */
export async function contradictFalse(agent: Agent, rollup: Rollup | undefined, head: L1Block): Promise<void> {
  const { spans, troubles, queue, watchtower } = agent;
  const now = Number(head.timestamp);
  if (!rollup || !agent.chain || spans.frozenBy !== undefined) return;
  const falsehoods = new Map<string, Error>();
  for (const boundary of spans.settled.filter(({ end }) => !spans.isFinal(end, now))) {
    const { first, end, output, readyAt } = boundary;
    const where = `the boundary after batch ${end - 1}`;
    await troubles.attempt(`the truth of ${where}`, async () => {
      if (!(await isFalse(agent, boundary))) return;
      falsehoods.set(where, falsehood(output, readyAt, `propose --first ${first} --end ${end}`));
      if (!agent.contradicts.outputs || !queue) return;
      const due = await proposalDue(agent, rollup, { first, end }, head);
      if ("intent" in due) await watchtower.make(due.intent, due.call, "0x");
    });
  }
  troubles.replace(/^the boundary after batch/, falsehoods);
}

/** Whether a boundary has a false output, and was settled from one whose output is true. */
async function isFalse({ spans, chain }: Agent, { first, end, output }: Boundary): Promise<boolean> {
  if (!chain || (await chain.reach(end)) !== null) return false;
  const truthAt = (at: number): Hex => toHex(chain.outputAt(at));
  return output !== truthAt(end) && spans.at(first)?.output === truthAt(first);
}

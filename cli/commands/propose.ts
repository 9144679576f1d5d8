import type { L1Block } from "@elench/challenger/l1/follower";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";
import { type ProposalDue, proposalDue } from "@elench/challenger/watch/proposing";
import type { Rollup } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import type { Hex } from "viem";
import {
  type ClaimantOptions,
  defend,
  type ExecutorsOf,
  natively,
  openClaimant,
  withClaimant,
} from "../claims/claimant.ts";
import { waitForEarlierTransactions } from "../claims/earlier-transactions.ts";
import { type Done, makeDue } from "../claims/make-due.ts";
import { naturalNumber, option } from "../input/options.ts";
import { print } from "../report/output.ts";

export interface ProposeOptions extends ClaimantOptions {
  readonly first?: bigint;
  readonly end?: bigint;
}

export function proposeCommand(executors: ExecutorsOf<ProposeOptions> = natively): Command {
  const command = new Command("propose")
    .description(
      "execute the batches on L1, and propose the output after them with a bond (for proposers); a repeated run continues with its earlier proposal",
    )
    .addOption(
      option(
        "--first <n>",
        "first batch of the span. Default: where the output is settled, or the end of own proposals",
      ).argParser(naturalNumber),
    )
    .addOption(
      option(
        "--end <n>",
        "end of the span: the batch after its last. Default: all batches on L1, at most 4,096 at a time",
      ).argParser(naturalNumber),
    );
  return withClaimant(command).action((options: ProposeOptions) => propose(options, executors));
}

async function propose(options: ProposeOptions, executors: ExecutorsOf<ProposeOptions>): Promise<void> {
  const claimant = await openClaimant(options, "output", executors);
  const { agent, deployment } = claimant;
  const { rollup } = deployment;
  if (!rollup || !agent.chain)
    throw new UserError("the deployment has no rollup; deploy one with elench deploy --genesis");
  const result = await toTheProposal(agent, rollup, options);
  print(options.json, result, () =>
    result.resumed
      ? `the output of batches ${result.first} to ${result.end - 1}, ${result.output}, is already proposed: game ${result.game}`
      : `proposed ${result.output}, the output of batches ${result.first} to ${result.end - 1}: ${result.transaction}`,
  );
  await defend(claimant, options, (head) => keepProposed(agent, rollup, result, head));
}

/** Proposes again what a reorganisation has taken off L1, or what does not count any more since the guardian asked again. */
async function keepProposed(
  agent: Agent,
  rollup: Rollup,
  { first, end, output }: Pick<Proposed, "first" | "end" | "output">,
  head: L1Block,
): Promise<void> {
  if (agent.spans.at(end)?.output === output || isProposed(agent, { first, end })) return;
  await agent.troubles.attempt(`the proposal of the output after batch ${end - 1}`, async () => {
    const due = await proposalDue(agent, rollup, { first, end }, head);
    if ("intent" in due) await agent.watchtower.make(due.intent, due.call, "0x");
  });
}

/** Whether a proposal of this account's is on L1 and counts, also if its game is lost: whoever is wrong should not lose a bond after the other. */
function isProposed({ spans, watchtower, queue }: Agent, { first, end }: Span): boolean {
  const { games, numbers } = watchtower.forest;
  const own = queue?.address.toLowerCase();
  return [...spans.proposals.values()]
    .filter((span) => span.first === first && span.end === end && span.epoch === spans.epoch)
    .some(({ game }) => games.get(numbers.get(game) as Hex)?.proposal.proposer === own);
}

type Span = NonNullable<ProposalDue["span"]>;

/** What the command prints. */
interface Proposed extends Span {
  readonly output: Hex;
  readonly game: Hex;
  /** Null if the proposal was on L1 already. */
  readonly transaction: Hex | null;
  readonly gas: bigint | null;
  readonly resumed: boolean;
}

/** Sends what is due until the span's output is proposed. */
async function toTheProposal(agent: Agent, rollup: Rollup, options: ProposeOptions): Promise<Proposed> {
  const choice = { first: numberOf(options.first), end: numberOf(options.end) };
  let due = await next(agent, rollup, choice);
  if (!due.game) {
    await waitForEarlierTransactions(agent);
    due = await next(agent, rollup, choice);
  }
  const resumed = due.game !== undefined;
  let last: Done | undefined;
  while (due.game === undefined) {
    if (!("intent" in due)) throw new UserError(`nothing to propose: ${due.waits}`, EXIT.negative);
    last = await makeDue(agent, due);
    due = await next(agent, rollup, choice, due.span);
  }
  const output = due.output as Hex;
  requireTruth(due.game, output);
  const { transaction = null, gas = null } = last ?? {};
  return { ...(due.span as Span), output, game: due.game.id, transaction, gas, resumed };
}

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value));

/** @param span the span that was chosen first: batches that are appended meanwhile do not change it. */
async function next(
  agent: Agent,
  rollup: Rollup,
  choice: { readonly first: number | undefined; readonly end: number | undefined },
  span?: ProposalDue["span"],
): Promise<ProposalDue> {
  return proposalDue(agent, rollup, span ?? choice, await agent.watchtower.look());
}

/** @throws UserError if the earlier proposal is false: it cannot be defended */
function requireTruth({ id, proposal }: Game, output: Hex): void {
  if (proposal.output !== output)
    throw new UserError(
      `game ${id}: this account has proposed ${proposal.output}, but the batches lead to ${output}: the proposal is false and cannot be defended`,
      EXIT.negative,
    );
}

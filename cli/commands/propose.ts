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
      ? `the output of batches ${result.first} to ${Number(result.end) - 1}, ${result.output}, is already proposed: game ${result.game}`
      : `proposed ${result.output}, the output of batches ${result.first} to ${Number(result.end) - 1}: ${result.transaction}`,
  );
  await defend(claimant, options);
}

/** Sends what is due until the span's output is proposed. */
async function toTheProposal(agent: Agent, rollup: Rollup, options: ProposeOptions) {
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
  requireTruth(due.game, due.output as Hex);
  const { transaction = null, gas = null } = last ?? {};
  return { ...due.span, output: due.output, game: due.game.id, transaction, gas, resumed };
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

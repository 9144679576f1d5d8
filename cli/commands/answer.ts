import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "@elench/bytes/hex";
import type { L1Block } from "@elench/challenger/l1/follower";
import type { Agent } from "@elench/challenger/watch/agent";
import { answeringDue } from "@elench/challenger/watch/answering";
import { type Asked, hasCallback, type Opened } from "@elench/challenger/watch/requests";
import { UserError } from "@elench/errors/user-error";
import { Command } from "commander";
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
import { note, print } from "../report/output.ts";

export interface AnswerOptions extends ClaimantOptions {
  readonly request: bigint;
  readonly confirmations: bigint;
}

export function answerCommand(executors: ExecutorsOf<AnswerOptions> = natively): Command {
  const command = new Command("answer")
    .description(
      "run the model of a request on L1, commit to the output, and open the answer in a later block with a bond (for providers); a repeated run continues with its earlier commitment",
    )
    .addOption(option("--request <id>", "number of the request").argParser(naturalNumber).makeOptionMandatory())
    .addOption(
      option(
        "--confirmations <n>",
        "blocks on top of the commitment before the answer is sent; 0 for a development chain that makes blocks for transactions alone",
      )
        .argParser(naturalNumber)
        .default(1n, "1"),
    );
  return withClaimant(command).action((options: AnswerOptions) => answer(options, executors));
}

async function answer(options: AnswerOptions, executors: ExecutorsOf<AnswerOptions>): Promise<void> {
  const { request: id } = options;
  const claimant = await openClaimant(options, "answer", executors);
  const { agent, deployment } = claimant;
  const asked = agent.requests.byId.get(id);
  if (!asked) throw new UserError(`the oracle at ${deployment.inferenceOracle} has no request ${id}`);
  if (hasCallback(asked.request))
    note(`the delivery calls ${asked.request.terms.consumer} with ${asked.request.terms.callbackGas} gas`);
  const { opened, transactions } = await toTheAnswer(agent, asked, options.confirmations);
  const [last] = transactions.toReversed();
  print(
    options.json,
    {
      request: id,
      output: Buffer.from(opened.output).toString("base64"),
      root: opened.outputRoot,
      order: opened.order,
      transactions,
      resumed: transactions.length === 0,
    },
    () =>
      last
        ? `answered request ${id}: ${last.transaction}`
        : `request ${id} is answered already, with ${toHex(opened.output).slice(0, 34)}…`,
  );
  await defend(claimant, options, (head) => keepAnswered(agent, id, head, options.confirmations));
}

/** Commits or opens again what a reorganisation has taken off L1. */
async function keepAnswered(agent: Agent, id: bigint, head: L1Block, confirmations: bigint): Promise<void> {
  const asked = agent.requests.byId.get(id);
  if (!asked) return;
  await agent.troubles.attempt(`the answer to request ${id}`, async () => {
    const due = await answeringDue(agent, asked, head, confirmations);
    if ("intent" in due) await agent.watchtower.make(due.intent, due.call, "0x");
  });
}

/** Milliseconds, with room. */
const A_SECOND = 1_200;

/** Sends what is due until the answer is on L1. */
async function toTheAnswer(
  agent: Agent,
  asked: Asked,
  confirmations: bigint,
): Promise<{ opened: Opened; transactions: Done[] }> {
  const transactions: Done[] = [];
  await waitForEarlierTransactions(agent);
  for (;;) {
    const due = await answeringDue(agent, asked, await agent.watchtower.look(), confirmations);
    if ("intent" in due) {
      transactions.push(await makeDue(agent, due));
      // A commitment is opened in a later second than its own; development chains make several blocks in one.
      if (confirmations === 0n) await sleep(A_SECOND);
    } else if (due.answer) {
      return { opened: due.answer, transactions };
    } else {
      await sleep(agent.client.pollingInterval);
    }
  }
}

import type { L1Block } from "../l1/follower.ts";
import type { Agent } from "./agent.ts";
import { answerAgain, contradictFalseAnswers } from "./answering.ts";
import { deliverDue } from "./delivery.ts";
import { settleDue } from "./outputs.ts";
import { contradictFalse } from "./proposing.ts";

/** One round of an agent: plays its games, settles and delivers what is due, and contradicts false results. @throws the errors of look() */
export async function round(agent: Agent): Promise<L1Block> {
  const { deployment, troubles } = agent;
  const head = await agent.watchtower.round();
  const now = Number(head.timestamp);
  // None of these keeps the others from being done.
  await troubles.attempt("deliveries", () => deliverDue(agent, now));
  await troubles.attempt("settlements of outputs", () => settleDue(agent, deployment.rollup, now));
  await troubles.attempt("own answers", () => answerAgain(agent, head));
  await troubles.attempt("false answers", () => contradictFalseAnswers(agent, head));
  await troubles.attempt("false outputs", () => contradictFalse(agent, deployment.rollup, head));
  return head;
}

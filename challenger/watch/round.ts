import type { L1Block } from "../l1/follower.ts";
import type { Agent } from "./agent.ts";
import { contradictFalseAnswers } from "./answering.ts";
import { deliverDue } from "./delivery.ts";
import { settleDue } from "./outputs.ts";
import { contradictFalse } from "./proposing.ts";

/** One round of an agent: plays its games, settles and delivers what is due, and contradicts false results. @throws the errors of look() */
export async function round(agent: Agent): Promise<L1Block> {
  const { deployment } = agent;
  const head = await agent.watchtower.round();
  await deliverDue(agent, Number(head.timestamp));
  await settleDue(agent, deployment.rollup, Number(head.timestamp));
  await contradictFalseAnswers(agent, head);
  await contradictFalse(agent, deployment.rollup, head);
  return head;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "@elench/challenger/watch/agent";
import type { Due } from "@elench/challenger/watch/due";
import type { Hex } from "viem";
import { note } from "../report/output.ts";
import { post } from "./post.ts";

/** A transaction that a command has sent. */
export interface Done {
  readonly what: string;
  readonly transaction: Hex;
  readonly gas: bigint;
}

/** Makes a due call, and looks at L1 until its block is seen: other endpoints may be behind the one that returned the receipt. */
export async function makeDue(agent: Agent, { intent, what }: Extract<Due, { readonly call: string }>): Promise<Done> {
  const { client, watchtower } = agent;
  const { hash, block, gasUsed } = await post(agent.queue as NonNullable<Agent["queue"]>, client, intent, what);
  note(`${what}: ${hash}`);
  while ((await watchtower.look()).number < block) await sleep(client.pollingInterval);
  return { what, transaction: hash, gas: gasUsed };
}

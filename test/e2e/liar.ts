import type { Agent } from "@elench/challenger/watch/agent";
import type { HDAccount } from "viem/accounts";
import { inferenceLiar } from "../../challenger/watch/fixtures/liar.ts";
import type { InferenceFault } from "../../prover/fixtures/faulty-inference-trace.ts";
import { agentOn } from "./agents.ts";
import { answer, type Question, type Stage } from "./stage.ts";

/** Somebody who believes in another truth: plays as well as the honest do, for a result with one wrong bit. */
export interface Liar {
  readonly agent: Agent;
  /** Posts its answer. @returns the game's id */
  answer(question: Question): Promise<`0x${string}`>;
  /** One look at the chain, and every move that its truth asks for. */
  round(): Promise<void>;
}

export async function createLiar(stage: Stage, account: HDAccount, fault: InferenceFault): Promise<Liar> {
  const lies = inferenceLiar(stage.backend, fault);
  const agent = await agentOn(stage, { account, ...lies });
  return {
    agent,
    answer: (question) =>
      answer(
        stage,
        account,
        question,
        new Uint8Array(Buffer.concat([...lies.inferences.run(stage.model, [question.input])])),
      ),
    round: async () => {
      await agent.watchtower.round();
    },
  };
}

/** Somebody honest who has no key, and says nothing. */
export const createOnlooker = (stage: Stage): Promise<Agent> => agentOn(stage, {});

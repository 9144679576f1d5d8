import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { type Agent, type AgentOptions, createAgent } from "@elench/challenger/watch/agent";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import type { Deployment } from "@elench/deploy/deployment";
import { UserError } from "@elench/errors/user-error";
import type { Backend } from "@elench/tensor/engine/backend";
import type { Command } from "commander";
import { parseGwei } from "viem";
import { account } from "../input/account.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { backendOf } from "../input/model-file.ts";
import { type EngineName, engineOption, jsonOption, option, positiveInteger, threadsOption } from "../input/options.ts";
import { journal } from "../report/journal.ts";
import { note } from "../report/output.ts";
import { runRounds } from "../report/rounds.ts";

/** What providers and proposers have in common: they claim something on L1 with a bond, and may stay to stand by it. */

/** Of whoever executes what is claimed, and acts on L1 with a key. */
export interface ActorOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly maxTip: number;
  readonly store: string;
  readonly engine: EngineName;
  readonly threads: number;
  readonly json?: boolean;
}

export interface ClaimantOptions extends ActorOptions {
  readonly defend?: boolean;
  readonly interval: number;
}

/** What a claim is executed with. */
export interface Tools {
  readonly store: ModelStore;
  readonly backend: Backend;
}

/** Who executes what is claimed, by the command's options. Natively, by default. */
export type ExecutorsOf<Options> = (options: Options, tools: Tools) => Pick<AgentOptions, "inferences" | "batches">;

export const natively: ExecutorsOf<unknown> = () => ({});

export const withActor = (command: Command): Command =>
  withKey(
    withL1(
      command
        .addOption(option("--store <folder>", "where models are kept").default(defaultStore()))
        .addOption(engineOption())
        .addOption(threadsOption()),
    ),
  ).addOption(jsonOption());

export const withClaimant = (command: Command): Command =>
  withActor(command)
    .addOption(option("--defend", "stay, answer whoever disputes it, and bring it to its end, until interrupted"))
    .addOption(
      option("--interval <ms>", "with --defend: time between two looks at the chain")
        .argParser(positiveInteger)
        .default(1_000),
    );

export interface Claimant {
  readonly agent: Agent;
  readonly deployment: Deployment;
}

/** Connects, and reads the chain. @throws UserError without a key */
export async function openClaimant<Options extends ActorOptions>(
  options: Options,
  executors: ExecutorsOf<Options> = natively,
): Promise<Claimant> {
  const signer = account(options.keyFile);
  if (!signer) throw new UserError("this takes a key: give --key-file or ELENCH_KEY");
  const connection = await connectTo(options);
  const backend = backendOf(options.engine, options.threads);
  const store = new ModelStore(options.store, backend);
  const { report, confirmed } = journal(false);
  const agent = await createAgent({
    ...connection,
    store,
    backend,
    account: signer,
    quorum: connection.clients.length,
    bumpAfter: 30_000,
    maxFeePerGas: parseGwei(String(options.maxFee)),
    maxPriorityFeePerGas: parseGwei(String(options.maxTip)),
    report,
    onConfirmed: confirmed,
    ...executors(options, { store, backend }),
  });
  await agent.watchtower.look();
  return { agent, deployment: connection.deployment };
}

/** With --defend: stays, and stands by what was claimed. @param also brings it to its end, in each round. */
export async function defend({ agent }: Claimant, options: ClaimantOptions, also: () => Promise<void>): Promise<void> {
  if (!options.defend) return;
  note("standing by it; interrupt to stop");
  await runRounds(agent, { interval: options.interval, once: false, also });
}

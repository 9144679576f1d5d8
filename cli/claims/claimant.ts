import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { type Agent, type AgentOptions, createAgent } from "@elench/challenger/watch/agent";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import type { Deployment } from "@elench/deploy/deployment";
import { UserError } from "@elench/errors/user-error";
import type { Evm } from "@elench/evm/chain/executor";
import type { Backend } from "@elench/tensor/engine/backend";
import type { Command } from "commander";
import { parseGwei } from "viem";
import { account } from "../input/account.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { backendOf } from "../input/model-file.ts";
import {
  courtesyOption,
  type EngineName,
  engineOption,
  evmOption,
  jsonOption,
  option,
  positiveInteger,
  threadsOption,
} from "../input/options.ts";
import { journal } from "../report/journal.ts";
import { note } from "../report/output.ts";
import { type RoundsOptions, runRounds } from "../report/rounds.ts";

/** Shared by providers and proposers: they claim a result on L1 with a bond, and can stay to defend it. */

/** Options of a command that executes a claim and acts on L1 with a key. */
export interface ActorOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly maxTip: number;
  readonly store: string;
  readonly engine: EngineName;
  readonly evm?: Evm;
  readonly threads: number;
  readonly json?: boolean;
}

export interface ClaimantOptions extends ActorOptions {
  readonly courtesy: number;
  readonly defend?: boolean;
  readonly interval: number;
}

/** The engine and the store of a claim's execution. */
export interface Tools {
  readonly store: ModelStore;
  readonly backend: Backend;
}

/** Makes the executors from the command's options. Default: native execution. */
export type ExecutorsOf<Options> = (options: Options, tools: Tools) => Pick<AgentOptions, "inferences" | "batches">;

export const natively: ExecutorsOf<unknown> = () => ({});

export const withActor = (command: Command): Command =>
  withKey(
    withL1(
      command
        .addOption(option("--store <folder>", "folder of the stored models").default(defaultStore()))
        .addOption(engineOption())
        .addOption(evmOption())
        .addOption(threadsOption()),
    ),
  ).addOption(jsonOption());

export const withClaimant = (command: Command): Command =>
  withActor(command)
    .addOption(courtesyOption())
    .addOption(option("--defend", "stay until interrupted: answer all disputes of the claim, and settle it"))
    .addOption(
      option("--interval <ms>", "with --defend: time between two polls of the chain")
        .argParser(positiveInteger)
        .default(1_000),
    );

export interface Claimant {
  readonly agent: Agent;
  readonly deployment: Deployment;
}

/**
 * Connects, and reads the chain.
 * @param kind of the claims that it makes, also against false results; null: it makes none
 * @throws UserError without a key
 */
export async function openClaimant<Options extends ActorOptions>(
  options: Options,
  kind: "output" | "answer" | null,
  executors: ExecutorsOf<Options> = natively,
): Promise<Claimant> {
  const signer = account(options.keyFile);
  if (!signer) throw new UserError("no private key: give --key-file or set ELENCH_KEY");
  const connection = await connectTo(options);
  const backend = backendOf(options.engine, options.threads);
  const store = new ModelStore(options.store, backend);
  const { report, confirmed } = journal(false);
  const agent = await createAgent({
    ...connection,
    store,
    backend,
    ...(options.evm && { evm: options.evm }),
    account: signer,
    quorum: connection.clients.length,
    bumpAfter: 30_000,
    maxFeePerGas: parseGwei(String(options.maxFee)),
    maxPriorityFeePerGas: parseGwei(String(options.maxTip)),
    contradict: { outputs: kind === "output", answers: kind === "answer" },
    courtesy: "courtesy" in options ? Number(options.courtesy) : 0,
    report,
    onConfirmed: confirmed,
    ...executors(options, { store, backend }),
  });
  await agent.watchtower.look();
  return { agent, deployment: connection.deployment };
}

/** With --defend: stays, defends the claim and settles it. @param also makes the claim again where L1 has gone back under it */
export async function defend(
  { agent }: Claimant,
  options: ClaimantOptions,
  also?: RoundsOptions["also"],
): Promise<void> {
  if (!options.defend) return;
  note("defending the claim; interrupt to stop");
  await runRounds(agent, { interval: options.interval, once: false, ...(also && { also }) });
}

import { type ConnectOptions, connectTo, firstThatAnswers } from "@elench/challenger/l1/connect";
import { REREAD } from "@elench/challenger/l1/follower";
import { STALE_AFTER } from "@elench/challenger/l1/staleness";
import { checkStartBlock } from "@elench/challenger/l1/start-block";
import { type Agent, createAgent } from "@elench/challenger/watch/agent";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import { Troubles } from "@elench/challenger/watch/troubles";
import { UserError } from "@elench/errors/user-error";
import type { Evm } from "@elench/evm/chain/executor";
import { Command } from "commander";
import { type Address, parseGwei } from "viem";
import { account } from "../input/account.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { backendOf } from "../input/model-file.ts";
import {
  addresses,
  courtesyOption,
  type EngineName,
  engineOption,
  evmOption,
  naturalNumber,
  option,
  positiveInteger,
  threadsOption,
} from "../input/options.ts";
import { journal } from "../report/journal.ts";
import { runRounds } from "../report/rounds.ts";

interface WatchOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly maxTip: number;
  readonly consumer?: readonly Address[];
  readonly courtesy: number;
  readonly settleAll?: boolean;
  readonly contradict?: boolean;
  readonly store: string;
  readonly engine: EngineName;
  readonly evm?: Evm;
  readonly threads: number;
  readonly quorum?: number;
  readonly reread: bigint;
  readonly staleAfter: number;
  readonly interval: number;
  readonly bumpAfter: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

const START_BLOCK =
  "the deployment record's block, which could not be checked: if the contracts are older, games are missed";

export function watchCommand(): Command {
  const command = new Command("watch")
    .description(
      "run the watchtower: re-execute the answers and outputs on L1, and dispute false ones; without a key, only report them",
    )
    .addOption(option("--store <folder>", "folder of the stored models").default(defaultStore()))
    .addOption(engineOption())
    .addOption(evmOption())
    .addOption(threadsOption())
    .addOption(option("--quorum <n>", "number of endpoints that must agree (default: all)").argParser(positiveInteger))
    .addOption(
      option("--reread <blocks>", "read a block's logs again until it is this many blocks old")
        .argParser(naturalNumber)
        .default(REREAD, String(REREAD)),
    )
    .addOption(
      option("--stale-after <s>", "report a stale head after this many seconds without a new block")
        .argParser(positiveInteger)
        .default(STALE_AFTER),
    )
    .addOption(
      option("--interval <ms>", "time between two polls of the chain").argParser(positiveInteger).default(1_000),
    )
    .addOption(
      option("--bump-after <ms>", "replace a transaction with higher fees after this time")
        .argParser(positiveInteger)
        .default(30_000),
    )
    .addOption(courtesyOption())
    .addOption(
      option(
        "--consumer <address>",
        "also play the games of these consumers, separated by commas (default: only those of the deployment's oracle and outputs)",
      ).argParser(addresses),
    )
    .addOption(
      option("--settle-all", "settle and deliver everything that is due and true, at a cost, also for other accounts"),
    )
    .addOption(
      option(
        "--contradict",
        "where a false output or answer was settled in an absence and is not final, claim the true one, with a bond",
      ),
    )
    .addOption(option("--once", "poll once, act, wait for the transactions, and exit"));
  return withKey(withL1(command))
    .addOption(option("--json", "print events to stdout, one JSON object a line"))
    .action(async (options: WatchOptions) => {
      const signer = account(options.keyFile);
      const quorum = options.quorum ?? options.rpc.length;
      if (quorum > options.rpc.length) {
        throw new UserError(`--quorum ${quorum} is more than the ${options.rpc.length} endpoints of --rpc`);
      }
      const { report, confirmed } = journal(options.json);
      const troubles = new Troubles(report);
      const connection = await connectTo(options, (name, failure) =>
        failure ? troubles.tell(name, failure) : troubles.over(name),
      );
      const unchecked = await checkStartBlock(firstThatAnswers(connection.clients), connection.deployment);
      if (unchecked) report({ kind: "trouble", where: START_BLOCK, error: unchecked });
      const backend = backendOf(options.engine, options.threads);
      const agent: Agent = await createAgent({
        ...connection,
        store: new ModelStore(options.store, backend),
        backend,
        ...(options.evm && { evm: options.evm }),
        account: signer,
        quorum,
        reread: options.reread,
        staleAfter: options.staleAfter,
        bumpAfter: options.bumpAfter,
        maxFeePerGas: parseGwei(String(options.maxFee)),
        maxPriorityFeePerGas: parseGwei(String(options.maxTip)),
        ...(options.consumer && { consumers: options.consumer }),
        // Who is not there later cannot wait for others.
        courtesy: options.once ? 0 : options.courtesy,
        settleAll: options.settleAll ?? false,
        contradict: { outputs: options.contradict ?? false, answers: options.contradict ?? false },
        report,
        onConfirmed: confirmed,
      });
      report({ kind: "started", chainId: connection.chainId, account: signer?.address ?? null, engine: backend.name });
      await runRounds(agent, { interval: options.interval, once: options.once ?? false });
      connection.close();
    });
}

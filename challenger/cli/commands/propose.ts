import { Command } from "commander";
import { encodeFunctionData, parseGwei } from "viem";
import type { Backend } from "../../../ml-vm/engine/backend.ts";
import { BATCH_FAULTS, parseBatchFault } from "../../../prover/batch-fault.ts";
import { parseFault } from "../../../prover/fault.ts";
import { type AgentOptions, createAgent } from "../../agent.ts";
import type { BatchTruth } from "../../batch-truth.ts";
import { UserError } from "../../errors.ts";
import { outputsAbi } from "../../l1/abi.ts";
import { account, type ConnectOptions, connectTo } from "../../l1/connect.ts";
import { batchInferenceLiar, batchLiar } from "../../liar.ts";
import { settleDue } from "../../outputs.ts";
import { defaultStore, ModelStore } from "../../store.ts";
import { toHex } from "../../strategy/bytes.ts";
import { journal } from "../journal.ts";
import { withKey, withL1 } from "../l1-options.ts";
import { backendOf } from "../model-file.ts";
import { engineOption, jsonOption, naturalNumber, option, positiveInteger, threadsOption } from "../options.ts";
import { note, print } from "../output.ts";
import { postBonded } from "../post.ts";
import { runRounds } from "../rounds.ts";

interface ProposeOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly store: string;
  readonly engine: "native" | "wasm" | "interpreter";
  readonly threads: number;
  readonly batch: bigint;
  readonly defend?: boolean;
  readonly interval: number;
  readonly injectFault?: string;
  readonly json?: boolean;
}

export function proposeCommand(): Command {
  const command = new Command("propose")
    .description("a proposer's command: executes the batches on L1, and posts the output of one with a bond")
    .addOption(option("--batch <n>", "the batch's number").argParser(naturalNumber).makeOptionMandatory())
    .addOption(option("--store <folder>", "where models are kept").default(defaultStore()))
    .addOption(engineOption().choices(["native", "wasm", "interpreter"]))
    .addOption(threadsOption())
    .addOption(option("--defend", "stay, answer whoever disputes the output, and settle it, until interrupted"))
    .addOption(
      option("--interval <ms>", "with --defend: time between two looks at the chain")
        .argParser(positiveInteger)
        .default(1_000),
    )
    .addOption(
      option(
        "--inject-fault <fault>",
        `for tests only: tell one step falsely, and stand by it; the bond will be lost. ${BATCH_FAULTS.join(", ")}, each with the transaction's number (storage:2); or inference:<instruction>:<element>`,
      ),
    );
  return withKey(withL1(command))
    .addOption(jsonOption())
    .action(async (options: ProposeOptions) => {
      const signer = account(options.keyFile);
      if (!signer) throw new UserError("proposing takes a key: give --key-file or ELENCH_KEY");
      const connection = await connectTo(options);
      const { rollup } = connection.deployment;
      if (!rollup) throw new UserError("the deployment has no rollup; deploy one with elench deploy --genesis");
      const backend = backendOf(options.engine, options.threads);
      const { report, confirmed } = journal(false);
      const index = Number(options.batch);
      const agent = await createAgent({
        ...connection,
        store: new ModelStore(options.store, backend),
        backend,
        account: signer,
        quorum: connection.clients.length,
        bumpAfter: 30_000,
        maxFeePerGas: parseGwei(String(options.maxFee)),
        report,
        onConfirmed: confirmed,
        ...(options.injectFault === undefined ? {} : liar(options.injectFault, index, backend)),
      });
      await agent.watchtower.look();
      if (index >= agent.batches.appended.length)
        throw new UserError(
          `the inbox at ${rollup.inbox} has no batch ${index}: there are ${agent.batches.appended.length}`,
        );
      const chain = agent.chain as BatchTruth;
      await chain.follow();
      const output = toHex(await chain.outputOf(index));
      const args = [options.batch, chain.runOf(index).context, output] as const;
      const data = encodeFunctionData({ abi: outputsAbi, functionName: "propose", args });
      const intent = { key: `propose/${index}`, to: rollup.outputs, data };
      const what = `the output of batch ${index}`;
      const receipt = await postBonded(agent, connection.deployment.disputeGame, intent, what);
      const { transactionHash: transaction, gasUsed: gas } = receipt;
      print(
        options.json,
        { batch: index, output, transaction, gas },
        () => `proposed ${what}, ${output}: ${transaction}`,
      );
      if (options.defend) {
        note("defending the output; interrupt to stop");
        const also = () => settleDue(agent, rollup);
        await runRounds(agent, { interval: options.interval, once: false, report, also });
      }
    });
}

function liar(fault: string, batch: number, backend: Backend): Partial<AgentOptions> {
  const inference = /^inference:(.*)$/.exec(fault)?.[1];
  return inference === undefined
    ? batchLiar(batch, parseBatchFault(fault))
    : batchInferenceLiar(backend, batch, parseFault(inference));
}

import { toHex } from "@elench/bytes/hex";
import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { TransactionQueue } from "@elench/challenger/l1/transactions";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import { encodeFunctionData, parseEventLogs, parseGwei } from "viem";
import { post } from "../claims/post.ts";
import { account } from "../input/account.ts";
import { readBatchFile } from "../input/batch-file.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { jsonOption } from "../input/options.ts";
import { print } from "../report/output.ts";

interface AppendOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly maxTip: number;
  readonly json?: boolean;
}

export function batchCommand(): Command {
  return new Command("batch").description("batches of L2 blocks on L1").addCommand(appendCommand());
}

function appendCommand(): Command {
  const command = new Command("append")
    .description("append a batch to the inbox on L1 (for the sequencer)")
    .argument("<file>", "batch file, binary or hexadecimal (elench chain --export writes it)");
  return withKey(withL1(command))
    .addOption(jsonOption())
    .action(async (file: string, options: AppendOptions) => {
      const bytes = readBatchFile(file);
      const signer = account(options.keyFile);
      if (!signer) throw new UserError("no private key: give --key-file or set ELENCH_KEY");
      const { clients, chainId, deployment } = await connectTo(options);
      if (!deployment.rollup)
        throw new UserError("the deployment has no rollup; deploy one with elench deploy --genesis");
      const [client] = clients;
      const queue = new TransactionQueue({
        client,
        others: clients.slice(1),
        account: signer,
        chainId,
        bumpAfter: 30_000,
        maxFeePerGas: parseGwei(String(options.maxFee)),
        maxPriorityFeePerGas: parseGwei(String(options.maxTip)),
        onConfirmed: () => undefined,
      });
      const data = encodeFunctionData({ abi: inboxAbi, functionName: "append", args: [toHex(bytes)] });
      const intent = { key: "append", to: deployment.rollup.inbox, data, value: 0n };
      const { hash: transaction, gasUsed: gas } = await post(queue, client, intent, `the batch ${file}`);
      const { logs } = await client.getTransactionReceipt({ hash: transaction });
      const [event] = parseEventLogs({ abi: inboxAbi, eventName: "Appended", logs });
      const batch = event?.args.index;
      print(
        options.json,
        { batch, bytes: bytes.length, transaction, gas },
        () => `batch ${batch}, ${bytes.length} bytes: ${transaction}`,
      );
    });
}

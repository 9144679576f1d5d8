import { Command } from "commander";
import { encodeFunctionData, type Hex, type PublicClient, parseGwei } from "viem";
import { inferenceContext } from "../../../ml-vm/program/commitment.ts";
import { FaultyTrace, parseFault } from "../../../prover/fault.ts";
import { type Agent, createAgent } from "../../agent.ts";
import { deliverDue } from "../../delivery.ts";
import { EXIT, UserError } from "../../errors.ts";
import { disputeGameAbi, inferenceOracleAbi } from "../../l1/abi.ts";
import { account, type ConnectOptions, connectTo } from "../../l1/connect.ts";
import type { Deployment } from "../../l1/deployment.ts";
import type { Asked } from "../../requests.ts";
import { defaultStore, type LoadedModel, ModelStore } from "../../store.ts";
import { toBytes, toHex } from "../../strategy/bytes.ts";
import type { Run } from "../../strategy/truth.ts";
import { journal } from "../journal.ts";
import { withKey, withL1 } from "../l1-options.ts";
import { backendOf } from "../model-file.ts";
import { engineOption, jsonOption, naturalNumber, option, positiveInteger, threadsOption } from "../options.ts";
import { note, print } from "../output.ts";
import { runRounds } from "../rounds.ts";

interface AnswerOptions extends ConnectOptions {
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly store: string;
  readonly engine: "native" | "wasm" | "interpreter";
  readonly threads: number;
  readonly request: bigint;
  readonly defend?: boolean;
  readonly interval: number;
  readonly injectFault?: string;
  readonly json?: boolean;
}

export function answerCommand(): Command {
  const command = new Command("answer")
    .description("a provider's command: runs the model that a request on L1 asks for, and posts the answer with a bond")
    .addOption(option("--request <id>", "the request's number").argParser(naturalNumber).makeOptionMandatory())
    .addOption(option("--store <folder>", "where models are kept").default(defaultStore()))
    .addOption(engineOption().choices(["native", "wasm", "interpreter"]))
    .addOption(threadsOption())
    .addOption(option("--defend", "stay, and answer whoever disputes the answer, until interrupted"))
    .addOption(
      option("--interval <ms>", "with --defend: time between two looks at the chain")
        .argParser(positiveInteger)
        .default(1_000),
    )
    .addOption(
      option(
        "--inject-fault <instruction:element>",
        "for tests only: flip a bit of this element of this instruction's result, and stand by it; the bond will be lost",
      ),
    );
  return withKey(withL1(command))
    .addOption(jsonOption())
    .action(async (options: AnswerOptions) => {
      const signer = account(options.keyFile);
      if (!signer) throw new UserError("answering takes a key: give --key-file or ELENCH_KEY");
      const connection = await connectTo(options);
      const backend = backendOf(options.engine, options.threads);
      const { report, confirmed } = journal(false);
      const fault = options.injectFault === undefined ? null : parseFault(options.injectFault);
      const faulty = fault && {
        trace: (loaded: LoadedModel, inputs: readonly Uint8Array[]) =>
          new FaultyTrace(loaded.model, loaded.commitment, backend, inputs, fault),
        infer: (loaded: LoadedModel, inputs: readonly Uint8Array[]) =>
          new FaultyTrace(loaded.model, loaded.commitment, backend, inputs, fault).outputs,
      };
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
        ...(faulty ?? {}),
      });
      await agent.watchtower.look();
      const asked = agent.requests.byId.get(options.request);
      if (!asked)
        throw new UserError(`the oracle at ${connection.deployment.inferenceOracle} has no request ${options.request}`);
      const run: Run = {
        context: contextOf(asked),
        machine: connection.deployment.tensorVerifier,
        start: "0x",
        level: 0,
      };
      const output = await agent.inferences.outputBytes(run);
      const { hash, gas } = await post(agent, agent.client, connection.deployment, asked, output);
      const root = toHex(await agent.inferences.output(run));
      print(
        options.json,
        { request: options.request, output: Buffer.from(output).toString("base64"), root, transaction: hash, gas },
        () => `answered request ${options.request}: ${hash}`,
      );
      if (options.defend) {
        note("defending the answer; interrupt to stop");
        const also = () => deliverDue(agent, agent.client, connection.deployment);
        await runRounds(agent, { interval: options.interval, once: false, report, also });
      }
    });
}

const contextOf = ({ request }: Asked): Hex =>
  toHex(inferenceContext(toBytes(request.modelId), toBytes(request.inputRoot)));

/** Sends the answer, and waits until it is in a block. */
async function post(
  agent: Agent,
  client: PublicClient,
  deployment: Deployment,
  asked: Asked,
  output: Uint8Array,
): Promise<{ hash: Hex; gas: bigint }> {
  const price = await client.readContract({
    address: deployment.disputeGame,
    abi: disputeGameAbi,
    functionName: "proposalPrice",
  });
  const balance = await client.getBalance({ address: agent.queue?.address ?? "0x" });
  if (balance < price) {
    throw new UserError(
      `the bond of an answer is ${price} wei, and ${agent.queue?.address} has ${balance}`,
      EXIT.refused,
    );
  }
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "answer",
    args: [asked.id, asked.request, toHex(output)],
  });
  const sent = await agent.queue?.submit({
    key: `answer/${asked.id}`,
    to: deployment.inferenceOracle,
    data,
    value: price,
  });
  if (sent?.status !== "sent") {
    const reason = sent?.status === "refused" ? sent.reason : "it is on its way already";
    throw new UserError(`L1 refused the answer to request ${asked.id}: ${reason}`, EXIT.refused);
  }
  const receipt = await client.waitForTransactionReceipt({ hash: sent.hash });
  if (receipt.status !== "success")
    throw new UserError(
      `the answer to request ${asked.id} failed in a block; somebody may have answered first`,
      EXIT.refused,
    );
  await agent.queue?.tick();
  return { hash: sent.hash, gas: receipt.gasUsed };
}

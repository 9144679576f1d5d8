import { Command } from "commander";
import { encodeFunctionData, type Hex, parseGwei } from "viem";
import { inferenceContext } from "../../../ml-vm/program/commitment.ts";
import { parseFault } from "../../../prover/fault.ts";
import { type Agent, createAgent } from "../../agent.ts";
import { deliverDue } from "../../delivery.ts";
import { UserError } from "../../errors.ts";
import { inferenceOracleAbi } from "../../l1/abi.ts";
import { account, type ConnectOptions, connectTo } from "../../l1/connect.ts";
import type { Deployment } from "../../l1/deployment.ts";
import { inferenceLiar } from "../../liar.ts";
import type { Asked } from "../../requests.ts";
import { defaultStore, ModelStore } from "../../store.ts";
import { toBytes, toHex } from "../../strategy/bytes.ts";
import type { Run } from "../../strategy/truth.ts";
import { journal } from "../journal.ts";
import { withKey, withL1 } from "../l1-options.ts";
import { backendOf } from "../model-file.ts";
import { engineOption, jsonOption, naturalNumber, option, positiveInteger, threadsOption } from "../options.ts";
import { note, print } from "../output.ts";
import { postBonded } from "../post.ts";
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
        ...(fault && inferenceLiar(backend, fault)),
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
      const { transactionHash: hash, gasUsed: gas } = await answer(agent, connection.deployment, asked, output);
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
async function answer(agent: Agent, deployment: Deployment, { id, request }: Asked, output: Uint8Array) {
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "answer",
    args: [id, request, toHex(output)],
  });
  const intent = { key: `answer/${id}`, to: deployment.inferenceOracle, data };
  return postBonded(agent, deployment.disputeGame, intent, `the answer to request ${id}`);
}

import { toBytes } from "@elench/bytes/hex";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { listRoot } from "@elench/tensor/program/commitment";
import { type Address, decodeFunctionData, encodeFunctionData, type Hex, keccak256, parseTransaction } from "viem";
import type { HDAccount } from "viem/accounts";
import { commitIntent, commitmentOf } from "../../challenger/l1/oracle-calls.ts";
import { keccakWords, word } from "../../challenger/strategy/words.ts";
import { startElench } from "../../demo/processes.ts";
import { agentOn } from "../e2e/agents.ts";
import { type ProxyEndpoint, startProxy } from "../e2e/proxy.ts";
import {
  answer,
  ask,
  DELIVERY_DELAY,
  DELIVERY_FEE,
  FEE,
  guardian,
  hex,
  keyOf,
  oracleParameters,
  parameters,
  passClocks,
  type Question,
  transact,
  trueOutput,
} from "../e2e/stage.ts";
import { tinyInput } from "../e2e/tiny-model.ts";
import type { Attack, Field, Winner } from "./attack.ts";
import { concludedOf, settleGame, taken } from "./calls.ts";
import { passWindows, startWatch, waitFor } from "./verbs.ts";

/** Attacks on the oracle: its fees, its answers, and who pays for bringing them. */

const abi = inferenceOracleAbi;
const PROPOSAL = 4n * parameters.bond + parameters.prepayment;

const events = <Name extends "Requested" | "Committed" | "Opened" | "Settled" | "Delivered">(
  { chain, deployment }: Field,
  eventName: Name,
) =>
  chain.client.getContractEvents({ address: deployment.inferenceOracle, abi, eventName, fromBlock: 0n, strict: true });

const call = (field: Field, account: HDAccount, data: Hex, value = 0n): Promise<boolean> =>
  taken(field, account, field.deployment.inferenceOracle, data, value);

const falseOutput = (field: Field, { input }: Question): Uint8Array =>
  trueOutput(field, input).bytes.map((byte, i) => (i === 3 ? byte ^ 0x40 : byte));

const rootOf = ({ backend }: Field, output: Uint8Array): Hex => hex(listRoot([backend.dataRoot(output)]));

const deliveryOf = async (field: Field, { id }: Question) =>
  (await events(field, "Delivered")).find(({ args }) => args.id === id)?.args;

/** Asks what an attacker wants asked. */
async function request(
  field: Field,
  account: HDAccount,
  seed: number,
  terms: { consumer: Address; callbackGas: bigint; fee: bigint; deliveryFee: bigint },
): Promise<Question> {
  const input = tinyInput(field.tiny, seed);
  const data = encodeFunctionData({
    abi,
    functionName: "request",
    args: [field.model.id, hex(input), terms, BigInt(seed)],
  });
  if (!(await call(field, account, data, FEE * 100n))) throw new Error("the oracle refused the request");
  const [asked] = (await events(field, "Requested")).slice(-1);
  if (!asked) throw new Error("the request left no event");
  const { context, place, request } = asked.args;
  return { id: request.id, context, place, request, input };
}

interface Commitment {
  readonly place: bigint;
  readonly order: bigint;
  readonly salt: Hex;
}

const SALT: Hex = keccak256("0x5a");

/** Commits to a hash, whatever it stands for. */
async function commit(field: Field, account: HDAccount, commitment: Hex): Promise<Commitment> {
  const { inferenceOracle } = field.deployment;
  const { data, value } = commitIntent(commitment, 0n, inferenceOracle, oracleParameters.deposit);
  if (!(await call(field, account, data, value))) throw new Error("the oracle refused the commitment");
  const [made] = (await events(field, "Committed")).slice(-1);
  if (!made) throw new Error("the commitment left no event");
  return { place: made.args.place, order: made.args.sequence, salt: SALT };
}

const commitTo = (field: Field, account: HDAccount, { context }: Question, output: Uint8Array): Promise<Commitment> => {
  const { inferenceOracle: oracle, chainId } = field.deployment;
  const outputRoot = rootOf(field, output);
  return commit(
    field,
    account,
    commitmentOf({ chainId, oracle, context, provider: account.address, outputRoot, salt: SALT }),
  );
};

const open = (field: Field, account: HDAccount, commitment: Commitment, { request }: Question, output: Uint8Array) =>
  call(
    field,
    account,
    encodeFunctionData({ abi, functionName: "open", args: [commitment, request.inference, hex(output), 0n] }),
    PROPOSAL,
  );

/** An honest provider in a process of its own. Whoever runs its endpoint sees its opening first. */
async function provide(
  field: Field,
  { id }: Question,
  onOpening?: (output: Uint8Array) => Promise<unknown>,
): Promise<{ stop(): Promise<void> }> {
  const { proposer } = field.honest;
  const proxy = await startProxy(field.chain.url);
  if (onOpening) overhearOpening(proxy, onOpening);
  const args = ["answer", "--request", String(id), "--defend", "--interval", "30"];
  const provider = startElench(args, { ...field.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(proposer) });
  const isOpened = async () => (await events(field, "Opened")).some(({ args }) => args.provider === proposer.address);
  await waitFor("the provider's answer", isOpened, () => field.chain.pass(1));
  return {
    stop: async () => {
      await provider.stop();
      await proxy.close();
    },
  };
}

function overhearOpening(proxy: ProxyEndpoint, onOpening: (output: Uint8Array) => Promise<unknown>): void {
  let isSeen = false;
  proxy.overhear = async (method, params) => {
    if (method !== "eth_sendRawTransaction" || isSeen) return;
    const { data = "0x" } = parseTransaction(params[0] as Hex);
    const call = decodeFunctionData({ abi, data });
    if (call.functionName !== "open") return;
    isSeen = true;
    await onOpening(toBytes(call.args[2]));
  };
}

/** Lets windows pass until the request is over. @returns the truth if the true output was delivered, and the honest provider, if there is one, was paid */
async function whoAnswers(field: Field, question: Question, provider?: HDAccount): Promise<Winner> {
  await passWindows(field, async () => (await deliveryOf(field, question)) !== undefined);
  const delivery = await deliveryOf(field, question);
  const isTrue = delivery?.output === hex(trueOutput(field, question.input).bytes);
  return isTrue && (provider === undefined || delivery.paid === provider.address) ? "truth" : "lie";
}

const copiedAnswer: Attack = {
  name: "copied-answer",
  about: "an answer is copied out of the pool, committed to and opened before the original, to take its fee",
  closedBy: null,
  play: async (field) => {
    const [copier] = field.attackers;
    const question = await ask(field, 1);
    const provider = await provide(field, question, (output) => answer(field, copier, question, output));
    const winner = await whoAnswers(field, question, field.honest.proposer);
    await provider.stop();
    return winner;
  },
};

const emptyCommitment: Attack = {
  name: "empty-commitment",
  about: "somebody commits to no output, and fills in the one that it sees in the pool, to have been the first",
  closedBy: null,
  play: async (field) => {
    const [thief] = field.attackers;
    const question = await ask(field, 1);
    const { chainId, inferenceOracle } = field.deployment;
    const words = [chainId, inferenceOracle, question.context, thief.address, SALT];
    const empty = await commit(field, thief, keccakWords(...words.map((value) => word(BigInt(value)))));
    await field.chain.pass(1);
    await startWatch(field);
    const output = trueOutput(field, question.input).bytes;
    // What the pool shows of an honest opening.
    await open(field, thief, empty, question, output);
    const provider = await answer(field, field.honest.proposer, question, output).catch(() => undefined);
    const winner = await whoAnswers(field, question);
    const delivery = await deliveryOf(field, question);
    return provider && delivery?.paid === field.honest.proposer.address ? winner : "lie";
  },
};

const lateOpening: Attack = {
  name: "late-opening",
  about:
    "somebody commits to each output that may be right, and opens the right one once the result is known, as the earliest",
  closedBy: null,
  play: async (field) => {
    const [thief] = field.attackers;
    const question = await ask(field, 1);
    const output = trueOutput(field, question.input).bytes;
    const guess = await commitTo(field, thief, question, output);
    await commitTo(field, thief, question, falseOutput(field, question));
    await field.chain.pass(Number(oracleParameters.reveal) + 1);
    const provider = await provide(field, question);
    await passClocks(field);
    await open(field, thief, guess, question, output);
    const winner = await whoAnswers(field, question, field.honest.proposer);
    await provider.stop();
    return winner;
  },
};

const falseFirst: Attack = {
  name: "false-answer-first",
  about:
    "a false answer is there before the true one, so that its game is over first, and its maker had committed first",
  closedBy: null,
  play: async (field) => {
    const [liar] = field.attackers;
    const question = await ask(field, 1);
    await startWatch(field, "--settle-all");
    await answer(field, liar, question, falseOutput(field, question));
    const provider = await provide(field, question);
    const winner = await whoAnswers(field, question, field.honest.proposer);
    await provider.stop();
    return winner;
  },
};

const hostage: Attack = {
  name: "hostage-request",
  about:
    "a liar answers falsely, refutes itself and goes home: nobody earns anything with the result, and the request would hang",
  closedBy: null,
  play: async (field) => {
    const [liar] = field.attackers;
    const question = await ask(field, 1);
    await answer(field, liar, question, falseOutput(field, question));
    await (await agentOn(field, { account: liar })).watchtower.round();
    await startWatch(field);
    return whoAnswers(field, question);
  },
};

const CONSUMER: Address = "0x00000000000000000000000000000000000c0de1";
/** Loops for ever. */
const BURNING: Hex = "0x5b600056";

const burningCallback: Attack = {
  name: "burning-callback",
  about: "a request with fees of nothing has a callback that burns 11 million gas, which whoever delivers it pays for",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    await field.chain.client.setCode({ address: CONSUMER, bytecode: BURNING });
    const terms = { consumer: CONSUMER, callbackGas: 11_000_000n, fee: 0n, deliveryFee: 0n };
    const burning = await request(field, attacker, 4, terms);
    const paying = await ask(field, 5);
    await answer(field, attacker, burning, falseOutput(field, burning));
    await answer(field, attacker, paying, falseOutput(field, paying));
    await startWatch(field, "--settle-all");
    const winner = await whoAnswers(field, paying);
    return (await deliveryOf(field, burning)) ? "lie" : winner;
  },
};

const feeTakenBack: Attack = {
  name: "fee-taken-back",
  about: "a requester reads the answer in the pool, cancels, and takes its fee back before the answer is included",
  closedBy: null,
  play: async (field) => {
    const [requester] = field.attackers;
    const terms = { consumer: CONSUMER, callbackGas: 0n, fee: FEE, deliveryFee: DELIVERY_FEE };
    const question = await request(field, requester, 1, terms);
    const args = [question.place, question.request] as const;
    const provider = await provide(field, question, async () => {
      await call(field, requester, encodeFunctionData({ abi, functionName: "cancel", args }));
      await field.chain.pass(1);
      await call(field, requester, encodeFunctionData({ abi, functionName: "reclaim", args }));
    });
    const winner = await whoAnswers(field, question, field.honest.proposer);
    await provider.stop();
    return winner;
  },
};

const answerOfAnAbsence: Attack = {
  name: "answer-of-an-absence",
  about:
    "a false answer is settled while everybody is away; once the guardian has asked again, its game is brought a second time",
  closedBy: null,
  play: async (field) => {
    const [liar] = field.attackers;
    const question = await ask(field, 1);
    const game = await answer(field, liar, question, falseOutput(field, question));
    await passClocks(field);
    await settleGame(field, liar, game);
    const proposal = await concludedOf(field, game);
    const settle = encodeFunctionData({ abi, functionName: "settle", args: [proposal] });
    await call(field, liar, settle);
    const asking = encodeFunctionData({ abi, functionName: "askAgain", args: [question.context] });
    await transact(field, guardian, field.deployment.inferenceOracle, asking);
    await call(field, liar, settle);
    await startWatch(field, "--settle-all");
    await field.chain.pass(Number(DELIVERY_DELAY) / 2);
    const truth = trueOutput(field, question.input).bytes;
    await answer(field, field.honest.proposer, question, truth).catch(() => undefined);
    return whoAnswers(field, question);
  },
};

export const ORACLE_ATTACKS: readonly Attack[] = [
  copiedAnswer,
  emptyCommitment,
  lateOpening,
  falseFirst,
  hostage,
  burningCallback,
  feeTakenBack,
  answerOfAnAbsence,
];

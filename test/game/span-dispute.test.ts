/**
 * Disputes about a span through all machines, on their real verifiers: 18 batches, in one of them a transaction that calls a model. Two parties play by
 * the same strategy, each by the execution that it claims; one of them has one false step in it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { concat } from "@elench/bytes/concat";
import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Run, TraceProvider } from "@elench/challenger/strategy/trace-provider";
import { recordOf } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { recordHash } from "@elench/evm/batch/record";
import { RecordTree } from "@elench/evm/batch/record-tree";
import { haltedHash, spanLevel } from "@elench/evm/batch/span";
import { Chain as L2Chain } from "@elench/evm/chain/chain";
import type { Genesis } from "@elench/evm/chain/genesis";
import type { Models } from "@elench/evm/inference/models";
import { type Hash, hashPair } from "@elench/merkle/tree";
import { BatchTrace } from "@elench/prover/batch-trace";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { type ExecutedSpan, SpanTrace } from "@elench/prover/span-trace";
import type { Trace } from "@elench/prover/trace";
import { hardhatArtifacts } from "@elench/prover/verifier";
import { LIMIT } from "@elench/spec/evm/limits";
import { openBackend } from "@elench/tensor/engine/backend";
import { loadModel } from "@elench/tensor/load";
import type { AbiParameter } from "viem";
import { honestMoves, type Judgements, type Move } from "../../challenger/strategy/moves.ts";
import { CHAIN_ID, KEYS, senderOf, testBlock, transaction } from "../../evm/batch/fixtures/batches.ts";
import { accountOf } from "../../evm/reference/state.ts";
import { type BatchFault, faultyBatchTrace } from "../../prover/fixtures/faulty-batch-trace.ts";
import { FaultyInferenceTrace, type InferenceFault } from "../../prover/fixtures/faulty-inference-trace.ts";
import { modelEntry } from "../../rollup/genesis/model-entry.ts";
import { tinyInput, tinyModel } from "../e2e/tiny-model.ts";
import { Arena, parameters, times } from "./arena.ts";
import { type Chain, Reverted, startChain } from "./chain.ts";
import type { Artifact } from "./compile.ts";

const backend = openBackend({ threads: 1 });
const tiny = tinyModel(2, 4, 4);
const loaded = loadModel(tiny.onnx, backend);
const { model, commitment } = loaded;

/** Batches of the chain, the span in it, and the batch that calls the model. */
const [BATCHES, FIRST, END, CALLING] = [22, 2, 20, 13] as const;

/** Asks the model with its calldata, and stores the first word of the answer. */
const CONTRACT: Hex = `0x${"cc".repeat(20)}`;
const CODE = toBytes("0x365f5f375f5f365f61a1005afa503d5f5f3e5f515f5500");

const genesis: Genesis = {
  chainId: CHAIN_ID,
  accounts: new Map([
    [senderOf(KEYS[0]!), accountOf({ balance: 10n ** 20n })],
    [CONTRACT, accountOf({ nonce: 1n, code: CODE })],
  ]),
  models: new Map([[loaded.id, modelEntry(loaded)]]),
};

function batches(): Uint8Array[] {
  const question = concat(commitment.modelId, wordBytes(32), tinyInput(tiny, 5));
  return Array.from({ length: BATCHES }, (_, i) => {
    const call = transaction({ type: 2, nonce: 0n, gasLimit: 300_000n, to: CONTRACT, data: question });
    return encodeBatch([testBlock(i === CALLING ? [call] : [])]);
  });
}

/** The addresses of the three machines. */
interface Machines {
  readonly span: Hex;
  readonly evm: Hex;
  readonly tensor: Hex;
}

/** What is false: a scalar operation of the model, a step of the transaction that calls it, or what follows the span's halted state. */
type Lie = { readonly inference: InferenceFault } | { readonly batch: BatchFault } | { readonly later: Hash };

/** True until it halts; one step later it has another output. */
class RestlessSpanTrace extends SpanTrace {
  readonly #later: Hash;

  constructor(executed: ExecutedSpan, later: Hash) {
    super(executed);
    this.#later = later;
  }

  override get output(): Hash {
    return this.#later;
  }

  override async stateHashes(steps: readonly bigint[]): Promise<Hash[]> {
    const hashes = await super.stateHashes(steps);
    return hashes.map((hash, i) => (steps[i]! > this.steps ? haltedHash(this.context, this.#later) : hash));
  }
}

/** A party, by the execution that it claims: the chain, and the traces that follow from it. */
class Party implements TraceProvider {
  readonly judgements: Judgements = new Map();
  readonly run: Run;
  readonly #machines: Machines;
  readonly #chain: L2Chain;
  readonly #lie: Lie | undefined;
  readonly #traces = new Map<Hex, { trace: Trace; asks: (step: bigint) => Run | undefined }>();

  private constructor(machines: Machines, chain: L2Chain, lie: Lie | undefined) {
    this.#machines = machines;
    this.#chain = chain;
    this.#lie = lie;
    this.run = this.#span();
  }

  static async create(machines: Machines, lie?: Lie): Promise<Party> {
    const models: Models = { infer: (_, input) => inferenceOf(input, lie).outputs[0]! };
    const chain = await L2Chain.create(genesis, models);
    for (const bytes of batches()) await chain.append(bytes);
    return new Party(machines, chain, lie);
  }

  #span(): Run {
    const record = (batch: number) => recordOf(this.#chain.batch(batch).input);
    const tree = new RecordTree();
    for (let batch = 0; batch < BATCHES; batch++) tree.append(recordHash(record(batch)));
    const span = { first: FIRST, end: END, previous: this.#outputAt(FIRST), root: tree.root() };
    const outputAt = (boundary: number) => this.#outputAt(boundary);
    const executed = { span, chainId: CHAIN_ID, count: BATCHES, tree, record, outputAt };
    const trace =
      this.#lie && "later" in this.#lie ? new RestlessSpanTrace(executed, this.#lie.later) : new SpanTrace(executed);
    return this.#keep(this.#machines.span, trace, spanLevel(span), (step) => {
      const question = trace.question(step);
      return question === null ? undefined : this.#batch(question.batch);
    });
  }

  /** After a false batch any outputs do: nothing is asked about them. */
  #outputAt(boundary: number): Hash {
    if (boundary <= CALLING || !this.#lie || !("batch" in this.#lie))
      return this.#chain.batch(boundary - 1).native.output;
    const { output } = this.#batchTrace(CALLING);
    return boundary === CALLING + 1 ? output : hashPair(output, wordBytes(boundary));
  }

  #batchTrace(index: number): BatchTrace {
    const [{ input }, { options }] = [this.#chain.batch(index), this.#chain];
    return this.#lie && "batch" in this.#lie && index === CALLING
      ? faultyBatchTrace(input, options, this.#lie.batch)
      : new BatchTrace(input, options);
  }

  #batch(index: number): Run {
    const trace = this.#batchTrace(index);
    return this.#keep(this.#machines.evm, trace, LIMIT.BATCH_LEVEL, (step) => {
      const question = trace.question(step);
      return question === null ? undefined : this.#inference(question.input, question.model.level);
    });
  }

  #inference(input: Uint8Array, level: number): Run {
    return this.#keep(this.#machines.tensor, inferenceOf(input, this.#lie), level, () => undefined);
  }

  #keep(machine: Hex, trace: Trace, level: number, asks: (step: bigint) => Run | undefined): Run {
    const context = toHex(trace.context);
    if (!this.#traces.has(context)) this.#traces.set(context, { trace, asks });
    return { machine, context, start: toHex(trace.start), level };
  }

  /** Of a run that another party has delegated, the machine that asks for it is asked first. */
  async #traceOf({ context, askedBy }: Run) {
    if (!this.#traces.has(context) && askedBy) await this.asked(askedBy.run, askedBy.step);
    return this.#traces.get(context) ?? assert.fail(`no run in context ${context}`);
  }

  knows = async (): Promise<boolean> => true;
  output = async (run: Run) => (await this.#traceOf(run)).trace.output;
  stateHashes = async (run: Run, steps: bigint[]) => (await this.#traceOf(run)).trace.stateHashes(steps);
  witness = async (run: Run, step: bigint) => (await this.#traceOf(run)).trace.witness(step);
  asked = async (run: Run, step: bigint) => (await this.#traceOf(run)).asks(step);
}

const artifacts = hardhatArtifacts(fileURLToPath(new URL("../../artifacts/contracts", import.meta.url)));

const artifact = (name: string): Artifact => ({ ...artifacts(name), deployedSize: 0 });

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replace(/_$/, "");

/** Deploys a contract after those whose addresses its constructor takes: a parameter is named after its contract. */
async function deploy(chain: Chain, name: string, deployed: Map<string, Hex>): Promise<Hex> {
  const known = deployed.get(name);
  if (known !== undefined) return known;
  const argument = async (input: AbiParameter): Promise<unknown> => {
    if (input.name === "chainId_") return CHAIN_ID;
    if (!("components" in input)) return deploy(chain, titleOf(input.name ?? ""), deployed);
    const members: Record<string, unknown> = {};
    for (const member of input.components) members[member.name ?? ""] = await argument(member);
    return members;
  };
  const args: unknown[] = [];
  const made = artifact(name).abi.find((item) => item.type === "constructor");
  for (const input of made?.inputs ?? []) args.push(await argument(input));
  const address = await chain.deploy(artifact(name), args);
  deployed.set(name, address);
  return address;
}

interface Dispute {
  readonly arena: Arena;
  readonly machines: Machines;
}

async function openDispute(): Promise<Dispute> {
  const chain = await startChain();
  const deployed = new Map<string, Hex>();
  const span = await deploy(chain, "SpanVerifier", deployed);
  const machines = { span, evm: deployed.get("EvmVerifier")!, tensor: deployed.get("TensorVerifier")! };
  const game = artifact("DisputeGame");
  const address = await chain.deploy(game, [{ ...parameters, guardian: chain.accounts[2]! }]);
  const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  const toys = { first: address, second: address };
  return { arena: new Arena(chain, game, address, toys, Number(timestamp) + 1), machines };
}

const inferenceOf = (input: Uint8Array, lie?: Lie): InferenceTrace =>
  lie && "inference" in lie
    ? new FaultyInferenceTrace(model, commitment, backend, [input], lie.inference)
    : new InferenceTrace(model, commitment, backend, [input]);

interface Answer {
  readonly by: "truth" | "lie";
  readonly kind: Move["kind"];
  /** Of the claim that is answered; of a counter undefined. */
  readonly machine: string | undefined;
}

/** Both answer until nobody has more to say; then the game is settled. */
async function play({ arena, machines }: Dispute, truth: Party, lie: Party, proposer: "truth" | "lie") {
  const parties = { truth, lie };
  const accounts = { truth: arena.honest, lie: arena.liar(0) };
  const output = toHex(await parties[proposer].output(truth.run));
  const id = await arena.propose(truth.run, output, accounts[proposer]);
  const machineOf = (number: number) => arena.game(id).claims.get(number)?.run.machine.toLowerCase();
  const names = new Map(Object.entries(machines).map(([name, address]) => [address.toLowerCase(), name]));
  const said: Answer[] = [];
  const gas: Record<string, bigint> = {};
  const answers = async (by: "truth" | "lie"): Promise<boolean> => {
    const moves = await honestMoves(arena.game(id), parties[by], times, arena.now, parties[by].judgements);
    for (const move of moves) {
      arena.now++;
      const machine = names.get(machineOf(move.answers) ?? "");
      said.push({ by, kind: move.kind, machine });
      try {
        gas[`${move.kind} ${machine ?? ""}`] = (await arena.perform(accounts[by], move)).gasUsed;
      } catch (error) {
        // All that is left to the lie is to refute a true step.
        assert.ok(by === "lie" && move.kind === "refute" && error instanceof Reverted && error.error === "StepIsRight");
        return false;
      }
    }
    return moves.length > 0;
  };
  while ((await answers("truth")) || (await answers("lie")));
  arena.now = dueAt(arena.game(id), times);
  await arena.settle(arena.settler, dueSettlement(arena.game(id), times, arena.now)!);
  return { said, gas, game: arena.game(id) };
}

let dispute: Dispute;
before(async () => {
  dispute = await openDispute();
});
after(() => dispute.arena.chain.close());

/** By what is false: the machines that delegate, and the one whose step is executed on L1. */
const LIES: readonly (readonly [what: string, lie: Lie, delegates: readonly string[], refuted: string])[] = [
  ["a scalar operation", { inference: { instruction: 0, element: 3 } }, ["span", "evm"], "tensor"],
  ["the value that SSTORE leaves", { batch: { kind: "storage", transaction: 0 } }, ["span"], "evm"],
  ["that a halted state stays", { later: new Uint8Array(32).fill(9) }, [], "span"],
  ["that a transaction is in the batch", { batch: { kind: "omission", transaction: 0 } }, ["span"], "evm"],
];

for (const [what, lie, delegates, refuted] of LIES)
  for (const proposer of ["lie", "truth"] as const)
    test(`${what} is false: the true output of the span ${proposer === "lie" ? "replaces the false one" : "stands"}`, async (t) => {
      const [truth, liar] = [await Party.create(dispute.machines), await Party.create(dispute.machines, lie)];
      const output = toHex(await truth.output(truth.run));
      assert.notEqual(toHex(await liar.output(truth.run)), output);
      const { said, gas, game } = await play(dispute, truth, liar, proposer);
      t.diagnostic(JSON.stringify(gas, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
      assert.deepEqual(
        said.filter(({ kind }) => kind === "delegate").map(({ machine }) => machine),
        delegates,
      );
      // One refutes the false step, or the other cannot refute the true one.
      assert.deepEqual([said.at(-1)?.kind, said.at(-1)?.machine], ["refute", refuted]);
      assert.deepEqual([game.status, game.output], [proposer === "lie" ? "replaced" : "upheld", output]);
    });

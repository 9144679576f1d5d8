import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { type Agent, type AgentOptions, createAgent } from "../../challenger/agent.ts";
import { batchInferenceLiar, batchLiar } from "../../challenger/liar.ts";
import { richAccount } from "../../deploy/local-chain.ts";
import type { BatchFault } from "../../prover/batch-fault.ts";
import { append, batchOf, CALLING, type L2Stage, LAST, openL2Stage } from "./l2-stage.ts";
import {
  gameEvents,
  games,
  hex,
  keyOf,
  MAX_FEE,
  OPEN,
  parameters,
  passClocks,
  REPLACED,
  resultOf,
  transact,
  UPHELD,
  until,
  watcher,
} from "./stage.ts";
import { killTowers, startTower, type Tower } from "./tower.ts";

/** Disputes about batches on a real chain: from the batch to the opcode, and on to the inference that it asks for. */

const proposeAbi = parseAbi([
  "function propose(address machine, bytes32 context, bytes32 start, uint8 level, bytes32 output, address proposer) payable returns (bytes32 game)",
]);

let stage: L2Stage;
let truth: Hex;
let tower: Tower;
const watch = () => startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--bump-after", "5000"]);
before(async () => {
  stage = await openL2Stage();
  await append(stage, batchOf(stage, 1));
  const { watchtower, chain } = await agentOf(undefined);
  await watchtower.look();
  await chain?.follow();
  truth = hex((await chain?.outputOf(0)) as Uint8Array);
  tower = watch();
});
after(async () => {
  killTowers();
  await stage?.close();
});

const agentOf = (account: number | undefined, lies: Partial<AgentOptions> = {}): Promise<Agent> =>
  createAgent({
    clients: [stage.chain.client],
    chainId: stage.deployment.chainId,
    deployment: stage.deployment,
    store: stage.store,
    backend: stage.backend,
    account: account === undefined ? undefined : richAccount(account),
    quorum: 1,
    bumpAfter: 500,
    maxFeePerGas: MAX_FEE,
    report: () => undefined,
    ...lies,
  });

/** Opens a game about a batch as anyone may, without the rollup's contracts. */
async function propose(agent: Agent, account: number, batch: number): Promise<{ game: Hex; output: Hex }> {
  await agent.watchtower.look();
  const chain = agent.chain as NonNullable<Agent["chain"]>;
  await chain.follow();
  const output = hex(await chain.outputOf(batch));
  const { disputeGame } = stage.deployment;
  const { address } = richAccount(account);
  const { machine, context, start, level } = chain.runOf(batch);
  const args = [machine, context, start, level, output, address] as const;
  const data = encodeFunctionData({ abi: proposeAbi, functionName: "propose", args });
  assert.ok(
    await transact(stage, richAccount(account), disputeGame, data, 4n * parameters.bond + parameters.prepayment),
  );
  return { game: (await games(stage)).at(-1) as Hex, output };
}

const LIES: readonly (readonly [what: string, lie: () => Partial<AgentOptions>])[] = [
  ...(
    [
      { kind: "opcode", transaction: CALLING },
      { kind: "storage", transaction: CALLING },
      { kind: "gas", transaction: CALLING },
      { kind: "precompile", transaction: CALLING },
      { kind: "decoding", transaction: 0 },
      { kind: "omission", transaction: LAST },
    ] satisfies BatchFault[]
  ).map((fault) => [fault.kind, () => batchLiar(0, fault)] as const),
  ["inference", () => batchInferenceLiar(stage.backend, 0, { instruction: 0, element: 2 })],
];

for (const [i, [what, lie]] of LIES.entries()) {
  test(`who lies about ${what} is refuted by one step, and the truth takes the place`, {
    timeout: 120_000,
  }, async () => {
    const liar = await agentOf(2 + i + 1, lie());
    const { game, output } = await propose(liar, 2 + i + 1, 0);
    assert.notEqual(output, truth, "the output is false");
    const refuted = async () => (await eventsOf<{ claim: Hex; refuter: Hex }>("Refuted", game))[0];
    await until("the refutation", refuted, () => liar.watchtower.round(), 90);
    assert.equal((await refuted())?.refuter, watcher.address);
    const whole = await eventsOf<{ machine: Hex }>("WholeRange", game);
    const { rollup, tensorVerifier } = stage.deployment;
    const machines = what === "inference" ? [rollup.evmVerifier, tensorVerifier] : [rollup.evmVerifier];
    assert.deepEqual(
      whole.map(({ machine }) => machine),
      machines,
      "the machines that were argued about",
    );

    // So the next liar has one game to play.
    for (let clocks = 0; clocks < 3; clocks++) await passClocks(stage);
    await until("the conclusion", async () => (await resultOf(stage, game)).status !== OPEN, undefined, 60);
    assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: truth });
  });
}

test("who attacks an honest output through its inference loses there too, to a watchtower that was just started", {
  timeout: 120_000,
}, async () => {
  const honest = await agentOf(undefined);
  const { game, output } = await propose(honest, 3, 0);
  assert.equal(output, truth);
  const liar = await agentOf(4, batchInferenceLiar(stage.backend, 0, { instruction: 0, element: 2 }));
  const delegated = async () => (await eventsOf<{ id: Hex }>("WholeRange", game))[1];
  await until("the false answer of the tensor machine", delegated, () => liar.watchtower.round(), 60);
  // Nobody asked this one before which step asks, and what.
  await tower.kill();
  tower = watch();
  const claims = () => eventsOf<{ parent: Hex; claimant: Hex }>("Claimed", game);
  const answered = async () => {
    const { id } = (await delegated()) as { id: Hex };
    return (await claims()).some(({ parent, claimant }) => parent === id && claimant === watcher.address);
  };
  // It is true down to the last step, so that nobody can refute it.
  await until("the watchtower's answer", answered, () => liar.watchtower.round(), 60);
  for (let clocks = 0; clocks < 3; clocks++) await passClocks(stage);
  await until("the conclusion", async () => (await resultOf(stage, game)).status !== OPEN, undefined, 60);
  assert.deepEqual(await resultOf(stage, game), { status: UPHELD, output: truth });
});

/** Of one game, oldest first. */
async function eventsOf<Args>(eventName: "Claimed" | "Refuted" | "WholeRange", game: Hex): Promise<Args[]> {
  const events = await gameEvents(stage, eventName);
  return events.map(({ args }) => args as unknown as Args & { game: Hex }).filter((args) => args.game === game);
}

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { concat } from "@elench/bytes/concat";
import type { Agent, AgentOptions } from "@elench/challenger/watch/agent";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { batchInferenceLiar, batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import type { BatchFault } from "../../prover/fixtures/faulty-batch-trace.ts";
import { agentOn, proposeAs } from "./agents.ts";
import { append, batchOf, CALLING, type L2Stage, LAST, openL2Stage } from "./l2-stage.ts";
import {
  claimsOf,
  hex,
  keyOf,
  OPEN,
  passClocks,
  REPLACED,
  refutationsOf,
  resultOf,
  UPHELD,
  until,
  watcher,
} from "./stage.ts";
import { killTowers, startTower, type Tower } from "./tower.ts";

/** Disputes about batches on a real chain: from the batch to the opcode, and on to the inference that it asks for. */

let stage: L2Stage;
let truth: Hex;
let tower: Tower;
/** Accounts that open games of their own. */
const proposers = Array.from({ length: 7 }, (_, i) => richAccount(3 + i).address);
const watch = () =>
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher), ELENCH_CONSUMER: proposers.join(",") }, [
    "--bump-after",
    "5000",
  ]);
before(async () => {
  stage = await openL2Stage();
  await append(stage, batchOf(stage, 1));
  const { watchtower, chain } = await agentOf(undefined);
  await watchtower.look();
  await chain?.reach(1);
  truth = hex(chain?.outputAt(1) as Uint8Array);
  tower = watch();
});
after(async () => {
  killTowers();
  await stage?.close();
});

const agentOf = (account: number | undefined, lies: Partial<AgentOptions> = {}): Promise<Agent> =>
  agentOn(stage, { ...(account !== undefined && { account: richAccount(account) }), consumers: proposers, ...lies });

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
  ["inference", () => batchInferenceLiar(stage, 0, { instruction: 0, element: 2 })],
];

for (const [i, [what, lie]] of LIES.entries()) {
  test(`who lies about ${what} is refuted by one step, and the truth takes the place`, {
    timeout: 120_000,
  }, async () => {
    const liar = await agentOf(3 + i, lie());
    const { game, output } = await proposeAs(stage, liar, richAccount(3 + i), 0);
    assert.notEqual(output, truth, "the output is false");
    const refuted = async () => (await refutationsOf(stage, game))[0];
    await until("the refutation", refuted, () => liar.watchtower.round(), 90);
    assert.equal((await refuted())?.claimant, watcher.address.toLowerCase());
    const whole = (await claimsOf(stage, game)).filter(({ kind }) => kind !== "move");
    const { rollup, tensorVerifier } = stage.deployment;
    const machines = what === "inference" ? [rollup.evmVerifier, tensorVerifier] : [rollup.evmVerifier];
    assert.deepEqual(
      whole.map(({ machine }) => machine),
      machines.map((machine) => machine.toLowerCase()),
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
  const { game, output } = await proposeAs(stage, honest, richAccount(3), 0);
  assert.equal(output, truth);
  const liar = await agentOf(4, batchInferenceLiar(stage, 0, { instruction: 0, element: 2 }));
  const delegated = async () => (await claimsOf(stage, game)).find(({ kind }) => kind === "delegation");
  await until("the false answer of the tensor machine", delegated, () => liar.watchtower.round(), 60);
  // Nobody asked this one before which step asks, and what.
  await tower.kill();
  tower = watch();
  const answered = async () => {
    const asked = await delegated();
    return (await claimsOf(stage, game)).some(
      ({ parent, claimant }) => parent === asked?.number && claimant === watcher.address.toLowerCase(),
    );
  };
  // It is true down to the last step, so that nobody can refute it.
  await until("the watchtower's answer", answered, () => liar.watchtower.round(), 60);
  for (let clocks = 0; clocks < 3; clocks++) await passClocks(stage);
  await until("the conclusion", async () => (await resultOf(stage, game)).status !== OPEN, undefined, 60);
  assert.deepEqual(await resultOf(stage, game), { status: UPHELD, output: truth });
});

test("when L1 goes back, the batches that are gone are forgotten, and those in their place executed", async () => {
  const outputsSeenBy = async ({ watchtower, chain }: Agent) => {
    await watchtower.look();
    await chain?.reach(2);
    return [1, 2].map((boundary) => hex(chain?.outputAt(boundary) as Uint8Array));
  };
  const agent = await agentOf(undefined);
  const snapshot = await stage.chain.client.snapshot();
  await append(stage, batchOf(stage, 2, 3n));
  const [first, second] = await outputsSeenBy(agent);
  assert.equal(first, truth);
  await stage.chain.client.revert({ id: snapshot });
  const again = await stage.chain.client.snapshot();
  await append(stage, batchOf(stage, 3, 3n));
  await stage.chain.client.mine({ blocks: 2 });
  const seen = await outputsSeenBy(agent);
  assert.deepEqual(seen, await outputsSeenBy(await agentOf(undefined)));
  assert.equal(seen[0], truth);
  assert.notEqual(seen[1], second);
  await stage.chain.client.revert({ id: again });
});

test("when L1 exchanges a batch for the same one with a zero more, a running watchtower answers for the one that is there", {
  timeout: 120_000,
}, async () => {
  const before = await stage.chain.client.snapshot();
  const bytes = batchOf(stage, 2, 3n);
  await append(stage, bytes);
  const { game: honest } = await proposeAs(stage, await agentOf(undefined), richAccount(3), 1);
  await tower.tells("that the batch is executed", ({ game, verdict }) => game === honest && verdict === "true");
  await stage.chain.client.revert({ id: before });
  // The data tree pads with zeros: both batches have the same root.
  await append(stage, concat(bytes, Uint8Array.of(0)));
  await stage.chain.client.mine({ blocks: 2 });
  const liar = await agentOf(4, batchLiar(1, { kind: "storage", transaction: CALLING }));
  const { game: lie } = await proposeAs(stage, liar, richAccount(4), 1);
  await tower.tells("that the output is false", ({ game, verdict }) => game === lie && verdict === "false");
  const claimants = async () => (await claimsOf(stage, lie)).map(({ claimant }) => claimant);
  await until("its counter", async () => (await claimants()).includes(watcher.address.toLowerCase() as Hex));
});

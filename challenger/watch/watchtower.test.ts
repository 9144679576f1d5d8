import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { decodeFunctionData, encodeFunctionData, type Hex, type PublicClient, size } from "viem";
import { movePrice } from "../l1/calls.ts";
import { CallRefused } from "../l1/endpoint-error.ts";
import { open } from "../strategy/dissection.ts";
import { packAnswered, packProposal } from "../strategy/record.ts";
import type { Game, Node } from "../strategy/tree.ts";
import { CONSUMER, openToyStage, type Tower, type ToyStage } from "./fixtures/toy-stage.ts";

/** A watchtower on a real chain, with games about a toy machine. */

const [WATCHER, LIAR, STRANGER] = [richAccount(2), richAccount(3), richAccount(4)] as const;

let stage: ToyStage;
let snapshot: Hex;
before(async () => {
  stage = await openToyStage();
  snapshot = await stage.chain.client.snapshot();
});
beforeEach(async () => {
  await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
});
after(() => stage?.close());

const word = (i: number): Hex => `0x${i.toString(16).padStart(64, "0")}`;
const middles = Array.from({ length: 15 }, (_, i) => word(1_000 + i)) as unknown as Parameters<typeof counterData>[1];

const counterData = (game: Game, said: readonly [Hex, ...Hex[]]): Hex =>
  encodeFunctionData({
    abi: disputeGameAbi,
    functionName: "counter",
    args: [packProposal(game.proposal), word(7), said as never],
  });

/** The liar counters falsely, and makes so many claims against that, which nobody need answer: they start from junk. */
async function junk(tower: Tower, count: number): Promise<void> {
  await tower.watchtower.look();
  const { bond, prepayment } = stage.parameters;
  await stage.send(LIAR, stage.game, counterData(tower.game(), middles), 2n * bond + prepayment);
  await tower.watchtower.look();
  const node = [...tower.game().claims.values()].find(({ output }) => output === word(7)) as Node;
  const { from, to, proof } = open(node.points, 15);
  for (let i = 0; i < count; i++) {
    const args = [packAnswered(node, 15), word(7), { from, to, proof }, word(50_000 + i), middles as never] as const;
    const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "moveWhole", args });
    await stage.send(LIAR, stage.game, data, movePrice(stage.parameters));
  }
}

const passClocks = () => stage.chain.pass(stage.parameters.longest);

const refusals = ({ events }: Tower) =>
  events.filter((event) => event.kind === "trouble" || (event.kind === "act" && event.reason !== undefined));

test("a false proposal falls: the watchtower counters it, and settles the game when its clocks are out", async () => {
  const tower = stage.tower(WATCHER);
  await stage.propose(LIAR, 1);
  await tower.settle();
  assert.equal(tower.game().counters.length, 1);
  await passClocks();
  await tower.settle();
  assert.equal(tower.game().status, "replaced");
  assert.deepEqual(refusals(tower), []);
});

test("a stranger's true proposal is defended", async () => {
  const tower = stage.tower(WATCHER);
  await stage.propose(STRANGER);
  await junk(tower, 0);
  await tower.settle();
  await passClocks();
  await tower.settle();
  assert.equal(tower.game().status, "upheld");
});

test("the counters of one round are each hinted at another place", async () => {
  const tower = stage.tower(WATCHER);
  for (const flip of [1, 2, 3]) await stage.propose(LIAR, flip);
  const before = await stage.chain.client.getBlockNumber();
  await tower.settle();
  const hints: bigint[] = [];
  for (let number = before + 1n; number <= (await stage.chain.client.getBlockNumber()); number++) {
    const { transactions } = await stage.chain.client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { input } of transactions) {
      const { functionName, args } = decodeFunctionData({ abi: disputeGameAbi, data: input });
      if (functionName === "counter") hints.push(args[0].proposer >> 240n);
    }
  }
  assert.deepEqual(hints, [0n, 1n, 2n]);
});

/** An endpoint that refuses calls with more calldata than this, in words of its own. */
const refusing = (client: PublicClient, bytes: number): PublicClient => ({
  ...client,
  estimateGas: (async (call: { data?: Hex }) => {
    if (call.data && size(call.data) > bytes)
      throw new CallRefused("too much", { method: "eth_estimateGas", code: -32_000, details: "oversized data" });
    return client.estimateGas(call as never);
  }) as PublicClient["estimateGas"],
});

test("a game that the endpoint finds too large is settled in parts, in spite of junk claims", async () => {
  const client = refusing(stage.chain.client, 8_000);
  const tower = stage.tower(WATCHER, { client });
  await stage.propose(LIAR, 1);
  await junk(tower, 100);
  await tower.settle();
  await passClocks();
  for (let i = 0; i < 12 && tower.game().status === "open"; i++) await tower.settle();
  assert.equal(tower.game().status, "replaced");
  const parts = tower.events.filter((event) => event.kind === "act" && event.what === "settlePart" && event.hash);
  assert.ok(parts.length > 1, `${parts.length} parts`);
  assert.ok(tower.receipts.every(({ succeeded }) => succeeded));
});

test("another account's settlement meanwhile is no failure", async () => {
  const other = stage.tower(STRANGER, { needs: () => true });
  let others = 0;
  // The other is first between our look and our call.
  const client = {
    ...stage.chain.client,
    estimateGas: async (call: { data: Hex }) => {
      const { functionName } = decodeFunctionData({ abi: disputeGameAbi, data: call.data });
      if (functionName === "settle" && others++ === 0) await other.settle();
      return stage.chain.client.estimateGas(call as never);
    },
  } as unknown as PublicClient;
  const tower = stage.tower(WATCHER, { client });
  await stage.propose(LIAR, 1);
  await tower.settle();
  await passClocks();
  await tower.settle();
  assert.equal(others, 1);
  assert.equal(other.game().status, "replaced");
  assert.deepEqual(refusals(tower), []);
});

test("a game without an own bond is settled if its result is needed, or if its prepayments cover the gas; never at a loss", async () => {
  await stage.propose(STRANGER);
  await passClocks();
  const dear = stage.tower(WATCHER, { gasPrice: async () => 10n ** 15n });
  await dear.settle();
  assert.deepEqual([dear.game().status, dear.events.filter(({ kind }) => kind === "act")], ["open", []]);
  const needing = stage.tower(WATCHER, { gasPrice: async () => 10n ** 15n, needs: () => true });
  const id = await stage.chain.client.snapshot();
  await needing.settle();
  assert.equal(needing.game().status, "upheld");
  await stage.chain.client.revert({ id });
  const cheap = stage.tower(WATCHER, { gasPrice: async () => 10n ** 9n });
  await cheap.settle();
  assert.equal(cheap.game().status, "upheld");
});

test("money that came back works at once: the next bond is paid from credit", async () => {
  const tower = stage.tower(WATCHER);
  await stage.propose(LIAR, 1);
  await tower.settle();
  await passClocks();
  await tower.settle();
  const [credit] = await stage.chain.client.readContract({
    address: stage.game,
    abi: disputeGameAbi,
    functionName: "accountOf",
    args: [WATCHER.address],
  });
  assert.ok(credit > 0n);
  await stage.propose(LIAR, 1);
  await tower.settle();
  const staked = await stage.chain.client.getContractEvents({
    address: stage.game,
    abi: disputeGameAbi,
    eventName: "Staked",
    fromBlock: 0n,
    strict: true,
  });
  assert.deepEqual(
    staked.map(({ args }) => args),
    [{ account: WATCHER.address, amount: 2n * stage.parameters.bond + stage.parameters.prepayment }],
  );
});

test("if the money is short, what defends our own bonds comes first", async () => {
  const OTHER = richAccount(6);
  await stage.propose(LIAR, 1, OTHER);
  await stage.propose(LIAR, 1);
  const first = stage.tower(WATCHER);
  await first.settle();
  const counter = [...first.game().claims.values()][0] as Node;
  const { from, to, proof } = open(counter.points, 0);
  const args = [
    packAnswered(counter, 0),
    counter.output as Hex,
    { from, to, proof },
    word(9),
    middles as never,
  ] as const;
  const attack = encodeFunctionData({ abi: disputeGameAbi, functionName: "moveWhole", args });
  await stage.send(LIAR, stage.game, attack, movePrice(stage.parameters));

  const { client } = stage.chain;
  await client.setBalance({ address: WATCHER.address, value: movePrice(stage.parameters) + 10n ** 16n });
  const consumers = new Set([CONSUMER, OTHER].map(({ address }) => address.toLowerCase() as Hex));
  const poor = stage.tower(WATCHER, { consumers, deployment: { ...stage.deployment, inferenceOracle: LIAR.address } });
  await poor.settle();
  await poor.settle();
  const acts = poor.events.flatMap((event) => (event.kind === "act" && event.hash ? [event.what] : []));
  assert.deepEqual(acts, ["move"], "not the counter, whose deadline is earlier");
});

test("what a reorganisation takes away is made again", async () => {
  const tower = stage.tower(WATCHER);
  await stage.propose(LIAR, 1);
  const id = await stage.chain.client.snapshot();
  await tower.settle();
  assert.equal(tower.game().counters.length, 1);
  await stage.chain.client.revert({ id });
  await stage.chain.client.mine({ blocks: 3 });
  await tower.settle();
  assert.ok(tower.events.some(({ kind }) => kind === "reorganised"));
  assert.equal(tower.game().counters.length, 1);
});

/** An endpoint that leaves out the newest logs: as many as it is told. */
function forgetful(client: PublicClient): { readonly client: PublicClient; hidden: number } {
  const state = {
    hidden: 0,
    client: {
      ...client,
      getLogs: (async (of: never) => {
        const logs = await client.getLogs(of);
        return logs.slice(0, Math.max(0, logs.length - state.hidden));
      }) as PublicClient["getLogs"],
    },
  };
  return state;
}

test("a missing last claim is noticed at the start by the contract's own count, and read again", async () => {
  const first = stage.tower(WATCHER);
  await stage.propose(STRANGER);
  await junk(first, 0);
  const endpoint = forgetful(stage.chain.client);
  endpoint.hidden = 2;
  const tower = stage.tower(WATCHER, { client: endpoint.client });
  await tower.watchtower.round();
  assert.equal(tower.game().counters.length, 0);
  const isGap = ({ kind, ...event }: Tower["events"][number]) =>
    kind === "trouble" && "where" in event && /^the log of game/.test(event.where);
  assert.ok(tower.events.some(isGap), "it has 1 claim, of which 0 are known");
  endpoint.hidden = 0;
  await tower.settle();
  assert.equal(tower.game().counters.length, 1);
  assert.ok(tower.events.some(({ kind }) => kind === "recovered"));
});

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Game, Node } from "@elench/challenger/strategy/tree";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { createWalletClient, encodeFunctionData, type Hex, http, parseTransaction } from "viem";
import { foundry } from "viem/chains";
import { open } from "../../challenger/strategy/dissection.ts";
import { honestMoves } from "../../challenger/strategy/moves.ts";
import { packAnswered, packProposal } from "../../challenger/strategy/record.ts";
import { batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { agentOn } from "../e2e/agents.ts";
import { append, CALLING } from "../e2e/l2-stage.ts";
import { startProxy } from "../e2e/proxy.ts";
import { claimsOf, gameEvents, keyOf, parameters, transact } from "../e2e/stage.ts";
import { startTower } from "../e2e/tower.ts";
import type { Attack, Field } from "./attack.ts";
import { BOND, checkpoint, FALSE_OUTPUT, gameOf, openGame, proposeFreely, TIMES, taken } from "./calls.ts";
import { appendBatches, startWatch, truthAt, waitFor, whoHas } from "./verbs.ts";

/** Attacks on the dispute game: what is claimed, copied, piled up and refuted around the honest claims. */

const STORAGE = { kind: "storage", transaction: CALLING } as const;

/** A false proposal about the first batch. @returns its game */
async function lie(field: Field): Promise<Hex> {
  await appendBatches(field, 1);
  return lieAbout(field, 1n);
}

async function lieAbout(field: Field, end: bigint): Promise<Hex> {
  const [attacker] = field.attackers;
  await checkpoint(field, attacker);
  const span = { first: 0n, end, previous: await truthAt(field, 0) } as const;
  const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
  if (!game) throw new Error("the false proposal was refused");
  return game;
}

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
/** States that open to nothing. */
const JUNK = Array.from({ length: 15 }, (_, i) => word(1_000 + i)) as never;

const counterWith = (field: Field, game: Game, output: Hex, middles: never, account = field.attackers[1]) =>
  taken(
    field,
    account,
    field.deployment.disputeGame,
    encodeFunctionData({
      abi: disputeGameAbi,
      functionName: "counter",
      args: [packProposal(game.proposal), output, middles],
    }),
    BOND.counter,
  );

const poisonedTwin: Attack = {
  name: "poisoned-twin",
  about:
    "a counter with the true output and a false dissection comes before the honest one, to take its place and its reward",
  closedBy: null,
  play: async (field) => {
    const id = await lie(field);
    const output = await truthAt(field, 1);
    await counterWith(field, await gameOf(field, id), output, JUNK);
    await startWatch(field, "--settle-all");
    return whoHas(field, 1);
  },
};

const copiedMoves: Attack = {
  name: "copied-moves",
  about:
    "every move of the watchtower is copied out of the pool and included before it, to take its reward and its place",
  closedBy: null,
  play: async (field) => {
    const [attacker, copier] = field.attackers;
    await appendBatches(field, 1);
    const liar = await agentOn(field, { account: attacker, ...batchLiar(0, STORAGE) });
    await checkpoint(field, attacker);
    await liar.watchtower.look();
    await liar.chain?.reach(1);
    const lied = `0x${Buffer.from(liar.chain?.outputAt(1) as Uint8Array).toString("hex")}` as Hex;
    await proposeFreely(field, attacker, { first: 0n, end: 1n, previous: await truthAt(field, 0) }, lied);
    const proxy = await startProxy(field.chain.url);
    proxy.overhear = async (method, params) => {
      if (method !== "eth_sendRawTransaction") return;
      const { to, data, value, gas } = parseTransaction(params[0] as Hex);
      await transact(field, copier, to as Hex, data ?? "0x", value ?? 0n, gas).catch(() => undefined);
    };
    startTower({ ...field.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(field.honest.watcher) }, ["--settle-all"]);
    const winner = await whoHas(field, 1, () => liar.watchtower.round());
    await proxy.close();
    return winner;
  },
};

/** More than one transaction of 128 KiB can settle. */
const MANY = 1_400;
/** Batches of a span whose counter has moves below it. */
const TWO_LEVELS = 17;

const pileOfJunk: Attack = {
  name: "pile-of-junk",
  about: `${MANY} junk claims make a game that no transaction of L1 can settle at once`,
  closedBy: null,
  play: async (field) => {
    for (let i = 0; i < TWO_LEVELS; i++) await append(field, new Uint8Array(0));
    const id = await lieAbout(field, BigInt(TWO_LEVELS));
    const [, attacker] = field.attackers;
    await counterWith(field, await gameOf(field, id), word(7), JUNK, attacker);
    const game = await gameOf(field, id);
    const [junk] = [...game.claims.values()] as [Node];
    const { from, to, proof } = open(junk.points, 15);
    const { chain, deployment } = field;
    await chain.client.setAutomine(false);
    const wallet = createWalletClient({ account: attacker, chain: foundry, transport: http(chain.url) });
    const first = await chain.client.getTransactionCount({ address: attacker.address });
    for (let i = 0; i < MANY; i++) {
      const args = [packAnswered(junk, 15, i), word(7), { from, to, proof }, word(50_000 + i), JUNK] as const;
      await wallet.sendTransaction({
        to: deployment.disputeGame,
        data: encodeFunctionData({ abi: disputeGameAbi, functionName: "moveWhole", args: args as never }),
        value: BOND.move,
        nonce: first + i,
        gas: 200_000n,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n,
      });
      if (i % 50 === 49) await chain.client.mine({ blocks: 1 });
    }
    await chain.client.mine({ blocks: 2 });
    await chain.client.setAutomine(true);
    if ((await claimsOf(field, id)).length < MANY) throw new Error("not all of the junk was taken");
    await startWatch(field, "--settle-all");
    await waitFor("the true counter", async () => (await claimsOf(field, id)).length > MANY + 1);
    return whoHas(field, TWO_LEVELS);
  },
};

const foreignConsumer: Attack = {
  name: "foreign-consumer",
  about:
    "games of the attacker's own, about what the watchtower knows, draw the money that it needs for a false output",
  closedBy: null,
  play: async (field) => {
    const [attacker, other] = field.attackers;
    await appendBatches(field, 1);
    const { watcher, user } = field.honest;
    const { address } = watcher;
    // It keeps enough for one dispute.
    const balance = await field.chain.client.getBalance({ address });
    await transact(field, watcher, user.address, "0x", balance - 8n * parameters.bond);
    const tower = await startWatch(field, "--settle-all");
    const onlooker = await agentOn(field, {});
    await onlooker.watchtower.look();
    await onlooker.chain?.reach(1);
    const run = onlooker.chain?.runOf(0);
    if (!run) throw new Error("the batch is not known");
    for (let i = 1; i <= 6; i++) await openGame(field, other, run, word(i));
    await waitFor("its verdicts", () => tower.events.filter(({ kind }) => kind === "game").length >= 6);
    // Whoever would play them has then spent its money.
    await sleep(2_000);
    await checkpoint(field, attacker);
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0) } as const;
    await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    return whoHas(field, 1);
  },
};

const fakedRefutation: Attack = {
  name: "right-step-refuted",
  about: "the attacker 'refutes' right steps of the honest claims, with their own witnesses",
  closedBy: null,
  play: async (field) => {
    const [attacker, other] = field.attackers;
    await appendBatches(field, 1);
    const liar = await agentOn(field, { account: attacker, ...batchLiar(0, STORAGE) });
    await checkpoint(field, attacker);
    await liar.watchtower.look();
    await liar.chain?.reach(1);
    const lied = `0x${Buffer.from(liar.chain?.outputAt(1) as Uint8Array).toString("hex")}` as Hex;
    const id = await proposeFreely(field, attacker, { first: 0n, end: 1n, previous: await truthAt(field, 0) }, lied);
    await startWatch(field, "--settle-all");
    // The liar defends itself, until the last claim is an honest one of one step a segment.
    const isNarrow = async () =>
      (await claimsOf(field, id)).some(({ level, machine }) => level === 1 && isEvm(field, machine));
    await waitFor("claims of single steps", isNarrow, () => liar.watchtower.round());
    await refuteEverything(field, id as Hex, other);
    return whoHas(field, 1);
  },
};

const isEvm = (field: Field, machine: Hex) =>
  machine.toLowerCase() === field.deployment.rollup.evmVerifier.toLowerCase();

/** Refutes each segment of each level-1 claim about the EVM machine, with the true witness. */
async function refuteEverything(field: Field, id: Hex, account: Field["attackers"][number]): Promise<void> {
  const knowing = await agentOn(field, {});
  await knowing.watchtower.look();
  const game = knowing.watchtower.forest.games.get(id) as Game;
  await honestMoves(game, knowing.truth, TIMES, 0);
  for (const node of game.claims.values()) {
    if (node.level !== 1 || !isEvm(field, node.machine)) continue;
    for (let segment = 0; segment < 16; segment++) {
      const witness = await knowing.truth.witness(node.run, node.offset + BigInt(segment)).catch(() => randomBytes(64));
      const { from, to, proof } = open(node.points, segment);
      const args = [
        packAnswered(node, segment, 900 + segment),
        { from, to, proof },
        `0x${Buffer.from(witness).toString("hex")}`,
      ];
      const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "refute", args: args as never });
      await taken(field, account, field.deployment.disputeGame, data);
    }
  }
}

const sameOutput: Attack = {
  name: "counter-with-the-same-output",
  about: "a counter states the output of a true proposal, and so would stand against it and take its bond",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    await checkpoint(field, field.honest.user);
    const truth = await truthAt(field, 1);
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0) } as const;
    const id = (await proposeFreely(field, field.honest.proposer, span, truth)) as Hex;
    const knowing = await agentOn(field, {});
    await knowing.watchtower.look();
    const game = knowing.watchtower.forest.games.get(id) as Game;
    // What an honest counter of another proposal would say.
    const other = { ...game, proposal: { ...game.proposal, output: FALSE_OUTPUT } };
    const [counter] = await honestMoves(other, knowing.truth, TIMES, 0);
    if (counter?.kind !== "counter") throw new Error("no counter");
    await counterWith(field, game, truth, counter.middles as never);
    await startWatch(field, "--settle-all");
    const winner = await whoHas(field, 1);
    const [concluded] = await gameEvents(field, "Credited").then((events) =>
      events.filter(({ args }) => args.account === field.honest.proposer.address),
    );
    return concluded ? winner : "lie";
  },
};

export const GAME_ATTACKS: readonly Attack[] = [
  poisonedTwin,
  copiedMoves,
  pileOfJunk,
  foreignConsumer,
  fakedRefutation,
  sameOutput,
];

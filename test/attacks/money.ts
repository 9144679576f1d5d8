import { toBytes } from "@elench/bytes/hex";
import type { Node } from "@elench/challenger/strategy/tree";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { haltedHash } from "@elench/evm/batch/span";
import { concat, encodeFunctionData, type Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { open } from "../../challenger/strategy/dissection.ts";
import { packAnswered, packProposal } from "../../challenger/strategy/record.ts";
import { gameEvents, guardian, hex, passClocks, refutationsOf, transact } from "../e2e/stage.ts";
import type { Attack, Field } from "./attack.ts";
import {
  BOND,
  checkpoint,
  FALSE_OUTPUT,
  gameOf,
  openGame,
  openingOf,
  proposeFreely,
  settleGame,
  taken,
} from "./calls.ts";
import { appendBatches, startWatch, truthAt, whoHas } from "./verbs.ts";

/** Attacks on the money that the game holds. */

const abi = disputeGameAbi;

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

const creditOf = async ({ chain, deployment }: Field, { address }: HDAccount): Promise<bigint> =>
  (
    await chain.client.readContract({
      address: deployment.disputeGame,
      abi,
      functionName: "accountOf",
      args: [address],
    })
  )[0];

/** Whether the game has what it owes. */
async function isSolvent(field: Field): Promise<boolean> {
  const { client } = field.chain;
  const address = field.deployment.disputeGame;
  const accounts = new Set((await gameEvents(field, "Credited")).map(({ args }) => args.account));
  let owed = 0n;
  for (const account of accounts)
    owed += (await client.readContract({ address, abi, functionName: "accountOf", args: [account] }))[0];
  return (await client.getBalance({ address })) >= owed;
}

const call = (field: Field, account: HDAccount, data: Hex, value = 0n): Promise<boolean> =>
  taken(field, account, field.deployment.disputeGame, data, value);

const selfRefutations: Attack = {
  name: "fifteen-refutations",
  about:
    "a liar refutes its own counter fifteen times, and settles: refutations carry no prepayment, and it would be paid one for each",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    await appendBatches(field, 1);
    await checkpoint(field, attacker);
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0) } as const;
    const truth = await truthAt(field, 1);
    const id = (await proposeFreely(field, field.honest.proposer, span, truth)) as Hex;
    const game = await gameOf(field, id);
    // A claim about halted states, each another than the one before: every step from one is false, and its witness is known.
    const { context } = game.proposal;
    const outputs = Array.from({ length: 15 }, (_, i) => word(i + 1));
    const middles = outputs.map((output) => hex(haltedHash(toBytes(context), toBytes(output))));
    const counter = [packProposal(game.proposal), FALSE_OUTPUT, middles] as const;
    const data = encodeFunctionData({ abi, functionName: "counter", args: counter as never });
    if (!(await call(field, attacker, data, BOND.counter))) throw new Error("the counter was refused");
    const [node] = [...(await gameOf(field, id)).claims.values()] as [Node];
    for (let segment = 15; segment > 0; segment--) {
      const { from, to, proof } = open(node.points, segment);
      const witness = concat([context, outputs[segment - 1] as Hex]);
      const args = [packAnswered(node, segment), FALSE_OUTPUT, { from, to, proof }, witness] as const;
      await call(field, attacker, encodeFunctionData({ abi, functionName: "refuteWhole", args: args as never }));
    }
    if ((await refutationsOf(field, id)).length !== 15) throw new Error("not all refutations were taken");
    for (let clocks = 0; clocks < 4; clocks++) await passClocks(field);
    const before = await creditOf(field, attacker);
    await settleGame(field, attacker, id);
    // Its own counter, two thirds of it; the prepayments of proposal and counter, which pay for the settlement.
    const gained = (await creditOf(field, attacker)) - before;
    await startWatch(field, "--settle-all");
    const winner = await whoHas(field, 1);
    const isPaidOnce = gained <= (2n * (BOND.counter - PREPAYMENT)) / 3n + 2n * PREPAYMENT + 1n;
    return isPaidOnce && (await isSolvent(field)) ? winner : "lie";
  },
};

const PREPAYMENT = BOND.move - (BOND.proposal - BOND.counter) / 2n;

const heldCredit: Attack = {
  name: "stake-during-a-hold",
  about:
    "the guardian holds an account; it stakes its credit in a game against itself, to have it come back as another account's",
  closedBy: null,
  play: async (field) => {
    const [held, free] = field.attackers;
    const { spanVerifier: machine } = field.deployment.rollup;
    const run = { machine, level: 1, context: word(1), start: word(2) };
    const settleOwn = async (id: Hex | undefined) => {
      for (let clocks = 0; clocks < 3; clocks++) await passClocks(field);
      if (id) await settleGame(field, held, id);
    };
    await settleOwn(await openGame(field, held, run, word(3)));
    // It would do without the hold: else its refusal would say nothing about holds. The call throws if it reverts.
    const data = openingOf(held, run, word(4));
    await field.chain.client.call({ account: held.address, to: field.deployment.disputeGame, data });
    await transact(
      field,
      guardian,
      field.deployment.disputeGame,
      encodeFunctionData({ abi, functionName: "hold", args: [held.address] }),
    );
    const id = await openGame(field, held, run, word(4), 0n);
    if (!id) return "truth";
    const counter = [packProposal((await gameOf(field, id)).proposal), word(5), Array(15).fill(word(6))] as const;
    await call(field, free, encodeFunctionData({ abi, functionName: "counter", args: counter as never }), BOND.counter);
    await settleOwn(id);
    return (await creditOf(field, free)) > BOND.counter ? "lie" : "truth";
  },
};

export const MONEY_ATTACKS: readonly Attack[] = [selfRefutations, heldCredit];

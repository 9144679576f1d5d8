/** Random play: what came in is what went out, what is owed, what is held, and what nobody gets; and who was first is paid. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { keccakWords, word } from "../../challenger/strategy/words.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { prices } from "../game/arena.ts";
import { type Chain, Reverted, startChain } from "../game/chain.ts";
import {
  type Asked,
  type Commitment,
  DELAY,
  inputOf,
  model,
  openStage,
  oracleParameters,
  outputOf,
  REVEAL,
  type Stage,
} from "./stage.ts";

const { deposit } = oracleParameters;
const QUESTIONS = 4;
const STEPS = 220;

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

/** The true output about each question. */
const truth = (question: number): Hex => outputOf(100 + question);
const lie = (question: number, n: number): Hex => outputOf(200 + 10 * question + n);

interface Made {
  readonly by: Hex;
  readonly question: number;
  readonly output: Hex;
  readonly commitment: Commitment;
}

/** A play, and what its money has done. */
class Play {
  readonly stage: Stage;
  readonly random: (below: number) => number;
  readonly asked: { readonly request: Asked; readonly question: number }[] = [];
  readonly made: Made[] = [];
  readonly games: bigint[] = [];
  /** Prices of steps, which nobody gets. */
  burnt = 0n;
  collected = 0n;
  refusals = 0;

  constructor(stage: Stage, seed: number) {
    this.stage = stage;
    this.random = seededRandom(seed);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.random(from.length || 1)];
  }

  get anyone(): Hex {
    return this.pick(this.stage.chain.accounts.slice(2, 7)) as Hex;
  }

  /** One action, of an account that need not know what it does. A refusal changes nothing. */
  async step(): Promise<void> {
    this.stage.now += 1 + this.random(this.random(4) === 0 ? 900 : 60);
    const actions = [
      this.ask,
      this.commit,
      this.commit,
      this.open,
      this.open,
      this.conclude,
      this.settle,
      this.deliver,
    ];
    const rare = [this.cancel, this.reclaim, this.proposeAgain, this.askAgain, this.collect];
    const action = this.pick(this.random(3) === 0 ? rare : actions) as () => Promise<void>;
    try {
      await action.call(this);
    } catch (error) {
      if (!(error instanceof Reverted)) throw error;
      this.refusals++;
    }
  }

  async ask(): Promise<void> {
    const question = this.random(QUESTIONS);
    const [fee, deliveryFee] = [BigInt(this.random(1_000_000)), BigInt(this.random(1_000))];
    const terms = { consumer: this.anyone, callbackGas: 0n, fee, deliveryFee };
    await this.stage.pass(0);
    const price = await this.stage.read<bigint>("priceOf", [model.id]);
    const excess = BigInt(this.random(3));
    const from = this.anyone;
    const before = await this.stage.credit(from);
    const value = fee + deliveryFee + price + excess;
    await this.stage.call(from, "request", [model.id, inputOf(question), terms, this.random(4)], value);
    this.burnt += value - fee - deliveryFee - ((await this.stage.credit(from)) - before);
    this.asked.push({ request: this.stage.last<Asked>("Requested"), question });
  }

  async commit(): Promise<void> {
    const asked = this.pick(this.asked);
    if (!asked) return;
    const { question } = asked;
    const isTrue = this.random(3) > 0;
    const output = isTrue ? truth(question) : lie(question, this.random(2));
    const [by, salt] = [this.anyone, keccakWords(word(this.random(1_000_000)))];
    const commitment = await this.stage.commit(by, asked.request, output, { salt, hint: this.random(6) });
    this.made.push({ by, question, output, commitment });
  }

  async open(): Promise<void> {
    const made = this.pick(this.made.slice(-6));
    const asked = made && this.asked.find(({ question }) => question === made.question);
    if (!made || !asked) return;
    const game = await this.stage.open(made.by, made.commitment, asked.request, made.output, {
      value: this.random(4) === 0 ? prices.proposal - 1n : prices.proposal,
    });
    if (game === 0n) return;
    this.games.push(game);
    // Somebody honest is there.
    if (made.output !== truth(made.question)) await this.stage.counter(game, truth(made.question), this.stage.watcher);
  }

  async conclude(): Promise<void> {
    const game = this.pick(this.games);
    if (game && this.stage.gameOf(game).status === "open") await this.stage.conclude(game);
  }

  async settle(): Promise<void> {
    const game = this.pick(this.games);
    if (game) await this.stage.settle(game);
  }

  async deliver(): Promise<void> {
    const asked = this.pick(this.asked);
    if (asked) await this.stage.deliver(asked.request, truth(asked.question), this.anyone);
  }

  async cancel(): Promise<void> {
    const asked = this.pick(this.asked)?.request;
    if (asked) await this.stage.call(asked.request.requester, "cancel", [asked.place, asked.request]);
  }

  async reclaim(): Promise<void> {
    const asked = this.pick(this.asked)?.request;
    if (asked) await this.stage.call(asked.request.requester, "reclaim", [asked.place, asked.request]);
  }

  async proposeAgain(): Promise<void> {
    const asked = this.pick(this.asked);
    if (!asked) return;
    const root = await this.stage.rootOf(truth(asked.question));
    const args = [asked.request.request.inference, root, 0];
    await this.stage.call(this.anyone, "proposeAgain", args, prices.proposal);
    this.games.push(this.stage.last<{ number: bigint }>("ProposedAgain").number);
  }

  async askAgain(): Promise<void> {
    const asked = this.pick(this.asked)?.request;
    if (asked && this.random(4) === 0) await this.stage.call(this.stage.guardian, "askAgain", [asked.context]);
  }

  async collect(): Promise<void> {
    await this.stage.call(this.anyone, "collect", []);
    this.collected += this.stage.last<{ amount: bigint }>("Collected").amount;
  }

  /** Fees of the requests that are neither delivered nor reclaimed. */
  get heldFees(): bigint {
    const over = new Set(this.#ids("Cancelled", "Delivered"));
    return this.asked
      .map(({ request }) => request.request)
      .filter(({ id }) => !over.has(id))
      .reduce((sum, { terms: { fee, deliveryFee } }) => sum + fee + deliveryFee, 0n);
  }

  /** Deposits that can still come back, or are lost. */
  get heldDeposits(): bigint {
    const count = (name: string) => BigInt(this.stage.events.filter(({ eventName }) => eventName === name).length);
    return (count("Committed") - count("Opened")) * deposit;
  }

  #ids(...names: string[]): bigint[] {
    return this.stage.events.filter(({ eventName }) => names.includes(eventName)).map(({ args }) => args.id as bigint);
  }

  async check(): Promise<void> {
    const credits = await Promise.all(this.stage.chain.accounts.map((account) => this.stage.credit(account)));
    const owed = credits.reduce((sum, credit) => sum + credit, 0n);
    assert.equal(
      await this.stage.balance(this.stage.oracle),
      owed + this.heldFees + this.heldDeposits + this.burnt,
      "the balance is what is owed, held and lost",
    );
  }

  /** Whoever committed to the truth first, of those that opened in time, is paid; the requester if nobody did, or if it was known. */
  checkPayments(): void {
    const { events } = this.stage;
    for (const [i, { eventName, args }] of events.entries()) {
      if (eventName !== "Delivered") continue;
      const { request, question } = this.asked.find(({ request: { request } }) => request.id === args.id)!;
      const before = events.slice(0, i).filter((event) => event.args.context === request.context);
      const { readyAt } = before.findLast((event) => event.eventName === "Settled")!.args;
      const openings = before
        .filter((event) => event.eventName === "Opened" && event.args.output === truth(question))
        .map((event) => event.args as { order: bigint; provider: Hex })
        .sort((a, b) => (a.order < b.order ? -1 : 1));
      const isKnown = request.request.made >= (readyAt as bigint);
      assert.equal(
        args.paid,
        isKnown ? request.request.requester : (openings[0]?.provider ?? request.request.requester),
      );
    }
  }
}

for (const seed of [1, 2, 3, 4]) {
  test(`no wei is lost or made in ${STEPS} random steps, and the first to commit is paid (seed ${seed})`, async () => {
    const play = new Play(await openStage(chain), seed);
    for (let i = 0; i < STEPS; i++) {
      await play.step();
      if (i % 10 === 9) await play.check();
    }
    const { stage } = play;
    // To the end: everything is concluded, settled, delivered or taken back, and collected.
    for (const game of play.games) if (stage.gameOf(game).status === "open") await stage.conclude(game);
    for (const game of play.games) await ignoringRefusals(() => stage.settle(game));
    await stage.pass(DELAY);
    for (const { request, question } of play.asked)
      await ignoringRefusals(() => stage.deliver(request, truth(question)));
    for (const { request } of play.asked) {
      const args = [request.place, request.request];
      await ignoringRefusals(() => stage.call(request.request.requester, "cancel", args));
    }
    stage.now += 30 * 24 * 3600 + REVEAL;
    for (const { request } of play.asked) {
      const args = [request.place, request.request];
      await ignoringRefusals(() => stage.call(request.request.requester, "reclaim", args));
    }
    assert.equal(play.heldFees, 0n, "no fee is stuck");
    await play.check();
    play.checkPayments();
    for (const account of chain.accounts) await ignoringRefusals(() => stage.call(account, "collect", []));
    assert.equal(await stage.balance(stage.oracle), play.heldDeposits + play.burnt);
    const delivered = stage.events.filter(({ eventName }) => eventName === "Delivered").length;
    assert.ok(delivered > 3 && play.refusals > 20, `${delivered} deliveries, ${play.refusals} refusals`);
  });
}

async function ignoringRefusals(call: () => Promise<unknown>): Promise<void> {
  await call().catch((error) => {
    if (!(error instanceof Reverted)) throw error;
  });
}

/** Each defence of the oracle, an attack against it, and the change to the source that takes it out. */
import { type Hex, toHex } from "@elench/bytes/hex";
import { packProposal } from "@elench/challenger/strategy/record";
import { encodeFunctionData, zeroAddress } from "viem";
import { keccakWords, word } from "../../challenger/strategy/words.ts";
import { prices } from "../game/arena.ts";
import { Reverted } from "../game/chain.ts";
import type { Mutation } from "../game/compile.ts";
import { type Asked, DELAY, FALSE, model, oracleParameters, REVEAL, type Stage, TRUE } from "./stage.ts";

export interface Defence {
  readonly name: string;
  readonly without: Mutation;
  /** How many outputs the model has, where it matters. */
  readonly outputs?: number;
  /** @returns whether the attack succeeds */
  readonly attack: (stage: Stage) => Promise<boolean>;
}

const ORACLE = "oracle/InferenceOracle.sol";
/** @param next what follows, where the code alone is not in one place only */
const remove = (code: string, { file = ORACLE, next = "" } = {}): Mutation => ({ file, from: code + next, to: next });
const replace = (from: string, to: string, file = ORACLE): Mutation => ({ file, from, to });

/** A call of the attacker's. @returns whether the contract lets it pass */
async function passes(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof Reverted)) throw error;
    return false;
  }
}

/** Who got the fee of the latest delivery. */
const paid = (stage: Stage): Hex => stage.last<{ paid: Hex }>("Delivered").paid.toLowerCase() as Hex;
const isPaid = (stage: Stage, account: Hex): boolean => paid(stage) === account.toLowerCase();

const otherSalt = keccakWords(word(2));

/** A game of the thief's about this output, of which it is the consumer itself. */
async function foreignGame(stage: Stage, context: Hex, output: Hex): Promise<bigint> {
  const { machine, start } = [...stage.forest.games.values()][0]!.proposal;
  const where = (2n << 160n) | BigInt(machine);
  const args = [where, stage.thief, context, start, await stage.rootOf(output)];
  await stage.play(stage.thief, "propose", args, prices.proposal);
  return [...stage.forest.numbers.keys()].at(-1)!;
}

export const defences: readonly Defence[] = [
  {
    name: "the earliest commitment wins: an answer copied out of the pool, and opened before it, earns nothing",
    without: remove(" || commitment.order < answer.order"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const own = await stage.commit(stage.provider, asked, TRUE);
      // The provider's opening is in the pool, and held back.
      const game = await stage.answer(stage.thief, asked, TRUE);
      await stage.open(stage.provider, own, asked, TRUE);
      await stage.finish(game);
      await stage.deliver(asked, TRUE);
      return isPaid(stage, stage.thief);
    },
  },
  {
    name: "a commitment is opened in a later block: nobody commits and opens in one bundle, in front of a commitment in the pool",
    without: remove("block.timestamp <= made || "),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const copied = await stage.commit(stage.thief, asked, TRUE);
      return passes(() => stage.open(stage.thief, copied, asked, TRUE, { wait: 0 }));
    },
  },
  {
    name: "a commitment names its output: an empty one, made before anybody has computed, cannot be opened",
    without: replace("msg.sender, outputRoot, c.salt", "msg.sender, c.salt"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const chainId = BigInt(await stage.chain.request<Hex>("eth_chainId", []));
      const salt = otherSalt;
      // Without the output, as the weakened contract hashes it; the contract as it is knows no such commitment either.
      const words = [chainId, BigInt(stage.oracle), BigInt(asked.context), BigInt(stage.thief), BigInt(salt)];
      stage.now++;
      await stage.call(stage.thief, "commit", [keccakWords(...words.map(word)), 7], oracleParameters.deposit);
      const { sequence: order, place } = stage.last<{ sequence: bigint; place: bigint }>("Committed");
      // Now the provider's opening is in the pool, with the output.
      return passes(() => stage.open(stage.thief, { order, place, salt }, asked, TRUE));
    },
  },
  {
    name: "a commitment is opened by its provider alone: a copied opening opens nothing",
    without: replace("context, msg.sender, outputRoot", "context, address(0), outputRoot"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const own = await stage.commit(stage.provider, asked, TRUE);
      const nameless = await stage.commit(stage.provider, asked, TRUE, { as: zeroAddress });
      return (
        (await passes(() => stage.open(stage.thief, own, asked, TRUE))) ||
        (await passes(() => stage.open(stage.thief, nameless, asked, TRUE)))
      );
    },
  },
  {
    name: "a commitment is opened within REVEAL: one to each output does not wait until the result is known",
    without: remove(" || made < _openableSince()"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const guess = await stage.commit(stage.thief, asked, TRUE, { hint: 7 });
      await stage.commit(stage.thief, asked, FALSE, { hint: 8 });
      stage.now += REVEAL;
      const game = await stage.answer(stage.provider, asked, TRUE);
      await stage.conclude(game);
      if (!(await passes(() => stage.open(stage.thief, guess, asked, TRUE)))) return false;
      await stage.settle(game);
      await stage.pass(DELAY);
      await stage.deliver(asked, TRUE);
      return isPaid(stage, stage.thief);
    },
  },
  {
    name: "a fee is at most the deposit: to guess among two outputs costs as much as it brings",
    without: remove("    if (terms.fee > DEPOSIT) revert FeeTooHigh(terms.fee, DEPOSIT);\n"),
    attack: async (stage) => {
      const { deposit } = oracleParameters;
      const isTempting = await passes(() => stage.request(1, { fee: 2n * deposit }));
      const asked = isTempting ? stage.last<Asked>("Requested") : await stage.request(1, { fee: deposit });
      const guess = await stage.commit(stage.thief, asked, TRUE);
      await stage.commit(stage.thief, asked, FALSE, { hint: 8 });
      const game = await stage.answer(stage.provider, asked, TRUE);
      await stage.open(stage.thief, guess, asked, TRUE, { value: 0n });
      await stage.finish(game);
      await stage.deliver(asked, TRUE);
      return (await stage.credit(stage.thief)) > 2n * deposit;
    },
  },
  {
    name: "a deposit comes back once",
    without: remove("    _commitments.free(c.place);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const own = await stage.commit(stage.thief, asked, TRUE);
      await stage.open(stage.thief, own, asked, TRUE);
      return passes(() => stage.open(stage.thief, own, asked, TRUE));
    },
  },
  {
    name: "a live record keeps its slot: a junk commitment at the same place does not remove another's",
    without: replace("slot & LIVE != 0 && timeOf(slot) >= keptSince", "false", "oracle/Pool.sol"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const own = await stage.commit(stage.provider, asked, TRUE, { hint: 7 });
      for (let i = 0; i < 3; i++) await stage.commit(stage.thief, asked, FALSE, { hint: 7 });
      return !(await passes(() => stage.open(stage.provider, own, asked, TRUE)));
    },
  },
  {
    name: "a record is given back as it was stored: its fee cannot be raised",
    without: remove(" || (slot ^ uint256(hash)) & TAG_MASK != 0", { file: "oracle/Pool.sol" }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.finish(await stage.answer(stage.thief, asked, TRUE));
      const terms = { ...asked.request.terms, fee: 10n * asked.request.terms.fee };
      return passes(() => stage.deliver({ ...asked, request: { ...asked.request, terms } }, TRUE));
    },
  },
  {
    name: "answers make agents compute only what was requested and paid for",
    without: remove("    if (question.epoch == 0) revert NotRequested(context);\n", { next: "    Answer" }),
    attack: async (stage) => {
      const inputRoot = keccakWords(word(77));
      const context = keccakWords(model.id.slice(2), inputRoot.slice(2));
      const terms = { consumer: stage.thief, callbackGas: 0n, fee: 0n, deliveryFee: 0n };
      const inference = { modelId: model.id, inputRoot };
      const nothing = { id: 0n, requester: stage.thief, inference, made: 0n, terms };
      const asked = { context, place: 0n, request: nothing };
      return passes(() => stage.answer(stage.thief, asked, TRUE));
    },
  },
  {
    name: "a request pays for the computation that it causes, and more where many came before",
    without: replace("needed += _takeSteps(model.steps)", "_takeSteps(model.steps)"),
    attack: async (stage) => {
      const terms = { consumer: stage.thief, callbackGas: 0n, fee: 0n, deliveryFee: 0n };
      const input = toHex(new Uint8Array(8));
      return passes(() => stage.call(stage.thief, "request", [model.id, input, terms, 0]));
    },
  },
  {
    name: "a cancellation takes effect after REVEAL: an answer in the pool cannot be had for nothing",
    without: replace("effectiveAt = block.timestamp + REVEAL;", "effectiveAt = block.timestamp;"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.commit(stage.provider, asked, TRUE);
      // The provider's opening is in the pool.
      await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
      return passes(() => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    },
  },
  {
    name: "a fee stays while the result of a game can be settled",
    without: remove(
      "    if (question.lastGame != 0) freeAt = _max(freeAt, question.lastGame + LONGEST + SETTLING_TIME + 1);\n",
    ),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
      const game = await stage.answer(stage.provider, asked, TRUE);
      await stage.conclude(game);
      stage.now += REVEAL;
      return passes(() => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    },
  },
  {
    name: "a request that has a result is delivered, not reclaimed",
    without: remove("    if (question.readyAt != 0 && question.frozenAt == 0) revert HasResult(context);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
      await stage.finish(await stage.answer(stage.provider, asked, TRUE));
      stage.now += 40 * 24 * 3600;
      return passes(() => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    },
  },
  {
    name: "after the guardian asked again, a cancelled request waits for the answer that is proposed anew",
    without: remove("    if (question.askedAt != 0) freeAt = _max(freeAt, question.askedAt + REVEAL);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
      await stage.answer(stage.provider, asked, TRUE);
      stage.now += REVEAL;
      await stage.call(stage.guardian, "askAgain", [asked.context]);
      return passes(() => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    },
  },
  {
    name: "the requester alone cancels",
    without: remove("    if (msg.sender != asked.requester) revert NotRequester(msg.sender);\n", {
      next: "    if (effectiveAt",
    }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      return passes(() => stage.call(stage.thief, "cancel", [asked.place, asked.request]));
    },
  },
  {
    name: "the requester alone gets a cancelled request's fees",
    without: remove("    if (msg.sender != asked.requester) revert NotRequester(msg.sender);\n", {
      next: "    if (freeAt",
    }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
      stage.now += REVEAL;
      return passes(() => stage.call(stage.thief, "reclaim", [asked.place, asked.request]));
    },
  },
  {
    name: "a request is delivered once",
    without: remove("    _requests.free(place);\n", { next: "\n    // INVARIANT: what was" }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.finish(await stage.answer(stage.thief, asked, TRUE));
      await stage.deliver(asked, TRUE);
      return passes(() => stage.deliver(asked, TRUE));
    },
  },
  {
    name: "a later request of a known result gets its fee back",
    without: replace("answer.provider != address(0) && asked.made < question.readyAt", "answer.provider != address(0)"),
    attack: async (stage) => {
      await stage.finish(await stage.answer(stage.thief, await stage.request(1), TRUE));
      const later = await stage.request(1);
      await stage.deliver(later, TRUE);
      return isPaid(stage, stage.thief);
    },
  },
  {
    name: "only the result is delivered",
    without: remove("    if (answer.resultEpoch != question.epoch) revert NotTheResult(context, outputRoot);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.finish(await stage.answer(stage.provider, asked, TRUE));
      return passes(() => stage.deliver(asked, FALSE, stage.thief));
    },
  },
  {
    name: "a result is delivered after the delay, in which it can be contradicted",
    without: remove("    if (block.timestamp < question.readyAt) revert TooSoon(context, question.readyAt);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const game = await stage.answer(stage.thief, asked, FALSE);
      await stage.conclude(game);
      await stage.settle(game);
      return passes(() => stage.deliver(asked, FALSE));
    },
  },
  {
    name: "two results freeze the question: the false one that came first does not become final",
    without: replace("question.frozenAt = uint40(block.timestamp);", ""),
    attack: async (stage) => {
      const asked = await stage.request(1);
      // Nobody is there to dispute it.
      const lie = await stage.answer(stage.thief, asked, FALSE);
      const truth = await stage.answer(stage.provider, asked, TRUE);
      await stage.conclude(lie);
      await stage.conclude(truth);
      await stage.settle(lie);
      await stage.settle(truth);
      await stage.pass(DELAY);
      return passes(() => stage.deliver(asked, FALSE));
    },
  },
  {
    name: "a frozen question takes no further result",
    without: remove("    if (question.frozenAt != 0) revert IsFrozen(context, question.frozenAt);\n", {
      next: "    Answer",
    }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const games: bigint[] = [];
      for (const output of [FALSE, TRUE, FALSE.replace("66", "67") as Hex])
        games.push(await stage.answer(stage.thief, asked, output));
      for (const game of games) await stage.conclude(game);
      await stage.settle(games[0]!);
      await stage.settle(games[1]!);
      return passes(() => stage.settle(games[2]!));
    },
  },
  {
    name: "a result that agrees changes nothing: twins do not put finality off, nor freeze",
    without: remove("    if (answer.resultEpoch == question.epoch) revert AlreadySettled(context, outputRoot);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const lie = await stage.answer(stage.thief, asked, FALSE);
      await stage.counter(lie, TRUE);
      const truth = await stage.answer(stage.provider, asked, TRUE);
      await stage.conclude(lie);
      await stage.conclude(truth);
      await stage.settle(truth);
      return passes(() => stage.settle(lie));
    },
  },
  {
    name: "what is final stays: a hoarded false game does not freeze it",
    without: remove("    if (_isFinal(question)) revert IsFinal(context, question.readyAt);\n", {
      next: "    // INVARIANT: of two",
    }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const lie = await stage.answer(stage.thief, asked, FALSE);
      const truth = await stage.answer(stage.provider, asked, TRUE);
      await stage.conclude(lie);
      await stage.finish(truth);
      return passes(() => stage.settle(lie));
    },
  },
  {
    name: "games opened before the guardian asked again do not count",
    without: remove("made <= since || ", { file: "game/Results.sol" }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const lie = await stage.answer(stage.thief, asked, FALSE);
      stage.now++;
      await stage.call(stage.guardian, "askAgain", [asked.context]);
      await stage.conclude(lie);
      return passes(() => stage.settle(lie));
    },
  },
  {
    name: "a false game of an absence long ago is not settled any more",
    without: remove(" || block.timestamp > made + LONGEST + SETTLING_TIME", { file: "game/Results.sol" }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const lie = await stage.answer(stage.thief, asked, FALSE);
      await stage.conclude(lie);
      stage.now += 10 * 24 * 3600;
      return passes(() => stage.settle(lie));
    },
  },
  {
    name: "another consumer's game decides nothing here",
    without: remove("    if (consumer != address(this)) revert NotOwn(consumer);\n", { file: "game/Results.sol" }),
    attack: async (stage) => {
      await stage.answer(stage.provider, await stage.request(1), TRUE);
      const asked = await stage.request(2);
      const lie = await foreignGame(stage, asked.context, FALSE);
      await stage.conclude(lie);
      return passes(() => stage.settle(lie));
    },
  },
  {
    name: "an open game has no result",
    without: remove("    game.ended(proposal);\n", { file: "game/Results.sol" }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      const lie = await stage.answer(stage.thief, asked, FALSE);
      const proposal = packProposal(stage.gameOf(lie).proposal);
      return passes(() => stage.call(stage.thief, "settle", [proposal]));
    },
  },
  {
    name: "the guardian does not take a final result back",
    without: remove("    if (_isFinal(question)) revert IsFinal(context, question.readyAt);\n", {
      next: "    uint256 limit",
    }),
    attack: async (stage) => {
      const asked = await stage.request(1);
      await stage.finish(await stage.answer(stage.provider, asked, TRUE));
      return passes(() => stage.call(stage.guardian, "askAgain", [asked.context]));
    },
  },
  {
    name: "the guardian does not ask for ever",
    without: remove("    if (epoch > limit) revert AskedTooOften(context, limit);\n"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      for (let i = 0; i < 4; i++) await stage.call(stage.guardian, "askAgain", [asked.context]);
      return passes(() => stage.call(stage.guardian, "askAgain", [asked.context]));
    },
  },
  {
    name: "the guardian alone asks again",
    without: remove(" onlyGuardian"),
    attack: async (stage) => {
      const asked = await stage.request(1);
      return passes(() => stage.call(stage.thief, "askAgain", [asked.context]));
    },
  },
  {
    name: "a callback that burns its gas in a block, but not in a simulation, leaves enough for the event of a large output",
    without: remove(" + GAS_PER_EVENT_BYTE * output.length"),
    outputs: 25_000,
    attack: async (stage) => {
      const consumer: Hex = "0x00000000000000000000000000000000000c0de1";
      // Returns at once where gas is free, as in a simulation; else it burns all that it has.
      await stage.chain.request("hardhat_setCode", [consumer, "0x3a15600657fe5b00"]);
      const zeros: Hex = `0x${"00".repeat(4 * 25_000)}`;
      const asked = await stage.request(1, { consumer, callbackGas: 900_000n });
      await stage.finish(await stage.answer(stage.provider, asked, zeros));
      const args = [asked.place, asked.request, zeros];
      const data = encodeFunctionData({ abi: stage.artifact.abi, functionName: "deliver", args });
      const call = { from: stage.deliverer, to: stage.oracle, data };
      const estimate = await stage.chain.request<Hex>("eth_estimateGas", [{ ...call, gasPrice: "0x0" }]);
      // As the agent sends it.
      const gas: Hex = `0x${((BigInt(estimate) * 5n) / 4n + 20_000n).toString(16)}`;
      return stage.chain.request("eth_sendTransaction", [{ ...call, gas }]).then(
        () => false,
        () => true,
      );
    },
  },
  {
    name: "a callback gets its gas: a deliverer cannot starve it",
    without: remove("    if (gasleft() < needed) revert NotEnoughGas(needed, gasleft());\n"),
    attack: async (stage) => {
      const consumer: Hex = "0x00000000000000000000000000000000000c0de1";
      // sstore(0, 1) if it has 2,000,000 gas; else it burns what it has.
      await stage.chain.request("hardhat_setCode", [consumer, "0x621e84805a10600f576001600055005bfe"]);
      const asked = await stage.request(1, { consumer, callbackGas: 2_100_000n });
      await stage.finish(await stage.answer(stage.provider, asked, TRUE));
      const args = [asked.place, asked.request, TRUE];
      const data = encodeFunctionData({ abi: stage.artifact.abi, functionName: "deliver", args });
      for (let gas = 1_900_000; gas <= 2_500_000; gas += 20_000) {
        const snapshot = await stage.chain.request<Hex>("evm_snapshot", []);
        const transaction = { from: stage.thief, to: stage.oracle, data, gas: `0x${gas.toString(16)}` };
        const isIncluded = await stage.chain.request("eth_sendTransaction", [transaction]).then(
          () => true,
          () => false,
        );
        const written = await stage.chain.request<Hex>("eth_getStorageAt", [consumer, "0x0", "latest"]);
        if (isIncluded && BigInt(written) === 0n) return true;
        await stage.chain.request("evm_revert", [snapshot]);
      }
      return false;
    },
  },
];

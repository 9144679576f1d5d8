import { longest } from "./clocks.ts";
import type { DeployParameters } from "./parameters.ts";

/**
 * What bonds, clocks and prices must keep to, so that the honest side answers every lie, in time, without a loss (docs/economics.md,
 * "Bounds"). The contracts cannot check this: it depends on L1's gas price and on what a watchtower can compute.
 */

/** Gas of the most expensive answer: a step of the EVM machine with its control, or the longest witness of the tensor machine. */
export const ANSWER_GAS = 4_500_000n;
/** Gas of the settlement of an undisputed game, under the rules of Amsterdam; each further claim takes less. */
const SETTLEMENT_GAS = 70_000n;
/** Gas of an answer of the oracle, under the rules of Amsterdam: a commitment, its opening with a game, both settlements. */
const PROVIDING_GAS = 430_000n;
/** Seconds to notice a claim, to answer it and to have the answer included. */
const REACTION = 1_200;
/** Seconds for a native run, and the witness of a step, of the worst batch on one core. */
const WORST_BATCH = 60;
/** Seconds of L1 under which the guardian must not ask again before a result is final: 1,000 blocks. */
const NOTICE = 12_000;
/** Bonds and prepayments that one proposal and the honest half of the longest line of claims take. */
const [DEFENCE_BONDS, DEFENCE_PREPAYMENTS] = [18n, 15n];
/** Wei that an attacker may burn on requests. */
const FLOOD = 10n ** 22n;

/** Parameters that are complete, each within its own bounds. */
type Economics = DeployParameters &
  Required<Pick<DeployParameters, "ceilingGasPrice" | "watchtowerCapital" | "watchtowerCores">>;

/** A parameter, and the bound that it breaks. */
export type Problem = readonly [name: keyof DeployParameters, problem: string];

/** The first parameter that breaks a bound. */
export function economicProblem(p: Economics): Problem | undefined {
  for (const bound of BOUNDS) {
    const problem = bound(p);
    if (problem) return problem;
  }
  return undefined;
}

const atLeast = <Amount extends number | bigint>(
  name: keyof DeployParameters,
  value: Amount,
  least: Amount,
  unit: string,
  why: string,
): Problem | undefined => (value >= least ? undefined : [name, `must be at least ${least} ${unit}: ${why}`]);

const finality = ({ finalityDelay, deliveryDelay }: Economics): number => finalityDelay ?? deliveryDelay;

const BOUNDS: readonly ((p: Economics) => Problem | undefined)[] = [
  function settlementIsPaid({ prepayment, ceilingGasPrice }) {
    const why = `it pays for a settlement of ${SETTLEMENT_GAS} gas at ceilingGasPrice`;
    return atLeast("prepayment", BigInt(prepayment), SETTLEMENT_GAS * BigInt(ceilingGasPrice), "wei", why);
  },

  // From prepayment <= 2 · bond / 3 - the answer's gas.
  function answerIsPaid({ bond, prepayment, ceilingGasPrice }) {
    const cost = ANSWER_GAS * BigInt(ceilingGasPrice) + BigInt(prepayment);
    const why = `two thirds of it pay for an answer of ${ANSWER_GAS} gas at ceilingGasPrice, and for its prepayment`;
    return atLeast("bond", BigInt(bond), (3n * cost + 1n) / 2n, "wei", why);
  },

  function aDisputeIsAffordable({ bond, prepayment, watchtowerCapital }) {
    const least = DEFENCE_BONDS * BigInt(bond) + DEFENCE_PREPAYMENTS * BigInt(prepayment);
    const why = "a proposal and the honest half of the longest line of claims take as much";
    return atLeast("watchtowerCapital", BigInt(watchtowerCapital), least, "wei", why);
  },

  function answersAreInTime({ extension }) {
    return atLeast("extension", extension, REACTION, "seconds", "a watchtower needs them to react");
  },

  function batchesAreComputed({ longExtension, bond, watchtowerCapital, watchtowerCores }) {
    const batches = Number(BigInt(watchtowerCapital) / BigInt(bond));
    const least = Math.ceil((WORST_BATCH * batches) / watchtowerCores);
    const why = `watchtowerCapital is ${batches} bonds, each can meet a batch of ${WORST_BATCH} s, and there are ${watchtowerCores} cores`;
    return atLeast("longExtension", longExtension, least, "seconds", why);
  },

  function requestsAreComputed({ maxClock, speed, minPrice, scale }) {
    const full = Number(BigInt(minPrice) * BigInt(scale));
    const backlog = (Number(scale) / Number(speed)) * Math.log1p(Number(FLOOD) / full);
    if (backlog <= maxClock / 2) return undefined;
    const seconds = Math.ceil(backlog);
    return [
      "scale",
      `must be lower, or minPrice or speed higher: ${FLOOD} wei buy a backlog of ${seconds} seconds, and maxClock / 2 is ${maxClock / 2}`,
    ];
  },

  function feesCanPay({ deposit, ceilingGasPrice }) {
    const why = `no fee of a request is higher, and it pays for an answer of ${PROVIDING_GAS} gas at ceilingGasPrice`;
    return atLeast("deposit", BigInt(deposit), PROVIDING_GAS * BigInt(ceilingGasPrice), "wei", why);
  },

  function theGuardianCanAskAgain(p) {
    const why = "the guardian asks again at least 1,000 blocks of L1 before an output is final";
    return atLeast("finalityDelay", finality(p), NOTICE, "seconds", why);
  },

  function usersCanLeave(p) {
    const least = longest(p) + finality(p);
    const why = "whoever does not want an upgrade leaves by an output that becomes final before it, disputed or not";
    return atLeast("upgradeDelay", p.upgradeDelay, least, "seconds", why);
  },

  function bondsOutlastResults(p) {
    const least = Math.max(finality(p), p.deliveryDelay);
    return atLeast("withdrawalDelay", p.withdrawalDelay, least, "seconds", "bonds stay until their result is final");
  },
];

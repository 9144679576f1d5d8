/** Upper bound of the gas of a dispute on L1. */

/**
 * Gas of a transaction of each kind on L1 as it is (Osaka), including its 21,000 gas and its calldata, on slots that were used before and
 * between parties that were credited before: test/snapshots/game-gas.json; dispute-gas.test.ts compares them. A refutation here has a step that
 * costs 0 gas and an empty witness.
 */
const GAS = {
  propose: 37_807,
  counter: 61_577,
  move: 61_194,
  delegate: 74_150,
  /** The step that asks: its witness and the verifier's `ask`, in a real machine. */
  ask: 30_000,
  refute: 51_882,
  /** Of a game without claims, by an account that is not paid otherwise. */
  settle: 50_740,
  /** Each claim and refutation in it. */
  settleClaim: 5_167,
} as const;

/** EIP-7623: gas of a non-zero byte, and its floor price, which applies if it exceeds the whole execution. */
const CALLDATA = { byte: 16, floor: 40, base: 21_000 } as const;
/** Calldata of `refuteWhole`, without its witness. */
const REFUTATION_BYTES = 388;

/** A step that L1 executes: the size of its witness, and the gas of the verifier's execution. */
export interface StepCost {
  readonly bytes: number;
  readonly gas: number;
}

export interface DisputeGas {
  /** Claims below the proposal: the counter, the moves, and a delegation for each further machine. */
  readonly claims: number;
  readonly proposal: number;
  /** Gas of all claims. */
  readonly argument: number;
  /** Gas of the transaction that executes the step. */
  readonly step: number;
  /** Gas of the transaction that settles the game. */
  readonly settlement: number;
  readonly total: number;
}

/**
 * Upper bound of the gas of both sides of one dispute between one honest party and one liar that answers to the end.
 * @param levels of the machines in order: the game's own, then each machine that a step of the previous one asks.
 */
export function disputeGas(levels: readonly number[], step: StepCost): DisputeGas {
  const claims = levels.reduce((a, b) => a + b, 0);
  const delegations = levels.length - 1;
  const moves = claims - 1 - delegations;
  const argument = GAS.counter + GAS.move * moves + (GAS.delegate + GAS.ask) * delegations;
  const settlement = GAS.settle + GAS.settleClaim * (claims + 1);
  const refutation = refutationGas(step);
  return {
    claims,
    proposal: GAS.propose,
    argument,
    step: refutation,
    settlement,
    total: GAS.propose + argument + refutation + settlement,
  };
}

const refutationGas = ({ bytes, gas }: StepCost): number =>
  Math.max(GAS.refute + gas + CALLDATA.byte * bytes, CALLDATA.base + CALLDATA.floor * (bytes + REFUTATION_BYTES));

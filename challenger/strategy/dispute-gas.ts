/** Upper bound of the gas of a dispute on L1. */

/** To fill a slot that was never used, rather than to change one (EIP-2929, EIP-3529). */
const FRESH_SLOT = 17_100;

/**
 * Gas of a transaction of each kind on L1 as it is (Osaka), including its 21,000 gas and its calldata, where no slot was used and nobody was credited
 * before: test/snapshots/game-gas.json; dispute-gas.test.ts compares them. A refutation here has a step that costs 0 gas and an empty witness.
 */
const GAS = {
  counter: 78_399,
  move: 78_016,
  delegate: 74_150 + FRESH_SLOT,
  /** The step that asks: its witness and the verifier's `ask`, in a real machine. */
  ask: 30_000,
  refute: 68_704,
  /** Of a game without claims, with three accounts that are paid for the first time. */
  settle: 50_740 + 3 * FRESH_SLOT,
  /** Each claim and refutation in it. */
  settleClaim: 5_167,
} as const;

/** What a game's consumer adds, in the same way: test/snapshots/{oracle,rollup}-gas.json. */
const CONSUMERS = {
  /** A commitment and its opening; the settlement of the question. */
  oracle: { proposal: 51_644 + 162_932, settlement: 50_606 },
  /** A checkpoint and the proposal of a span; its settlement. */
  outputs: { proposal: 60_727 + 101_621, settlement: 96_451 },
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
  /** Gas of the transactions that settle the game, and its result with the consumer. */
  readonly settlement: number;
  readonly total: number;
}

/**
 * Upper bound of the gas of both sides of one dispute between one honest party and one liar that answers to the end.
 * @param levels of the machines in order: the game's own, then each machine that a step of the previous one asks.
 * @param consumer whose game it is.
 */
export function disputeGas(levels: readonly number[], step: StepCost, consumer: keyof typeof CONSUMERS): DisputeGas {
  const { proposal, settlement: ofConsumer } = CONSUMERS[consumer];
  const claims = levels.reduce((a, b) => a + b, 0);
  const delegations = levels.length - 1;
  const moves = claims - 1 - delegations;
  const argument = GAS.counter + GAS.move * moves + (GAS.delegate + GAS.ask) * delegations;
  const settlement = GAS.settle + GAS.settleClaim * (claims + 1) + ofConsumer;
  const refutation = refutationGas(step);
  return {
    claims,
    proposal,
    argument,
    step: refutation,
    settlement,
    total: proposal + argument + refutation + settlement,
  };
}

const refutationGas = ({ bytes, gas }: StepCost): number =>
  Math.max(GAS.refute + gas + CALLDATA.byte * bytes, CALLDATA.base + CALLDATA.floor * (bytes + REFUTATION_BYTES));

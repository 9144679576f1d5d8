/** What a dispute costs on L1, at most, before there is one. */

/**
 * Gas of a transaction of each kind, its 21,000 and its calldata included: the dearest in test/snapshots/game-gas.json, which dispute-gas.test.ts holds against these. A
 * refutation is that of a step which costs nothing and has no witness.
 */
const GAS = {
  propose: 117_889,
  counter: 80_831,
  move: 81_280,
  delegate: 98_825,
  /** The step that asks: its witness, and the verifier's `ask`. In docs/evm-machine.md, "Figures", a delegation takes 112,448 gas in all. */
  ask: 30_000,
  refute: 66_205,
  resolve: 125_889,
  conclude: 64_906,
} as const;

/** EIP-7623: bytes that are not zero cost so much, or the floor if that is more than the whole execution. */
const CALLDATA = { byte: 16, floor: 40, base: 21_000 } as const;
/** Calldata of a refutation, without its witness. */
const REFUTATION_BYTES = 612;

/** A step that L1 executes: its witness, and the gas of the verifier's execution. */
export interface StepCost {
  readonly bytes: number;
  readonly gas: number;
}

export interface DisputeGas {
  /** Claims below the proposal: the counter, the moves, and a delegation for each further machine. */
  readonly claims: number;
  readonly proposal: number;
  /** All of the claims. */
  readonly argument: number;
  /** The transaction that executes the step. */
  readonly step: number;
  /** To settle every claim and the proposal, in a transaction each. */
  readonly resolution: number;
  readonly total: number;
}

/**
 * Both sides of one dispute between one honest party and one liar who answers to the end, in gas, at most.
 * @param levels of the machines in turn: of the game's own, and of each that a step of the one before asks.
 */
export function disputeGas(levels: readonly number[], step: StepCost): DisputeGas {
  const claims = levels.reduce((a, b) => a + b, 0);
  const delegations = levels.length - 1;
  const moves = claims - 1 - delegations;
  const argument = GAS.counter + GAS.move * moves + (GAS.delegate + GAS.ask) * delegations;
  const resolution = GAS.resolve * claims + GAS.conclude;
  const refutation = refutationGas(step);
  return {
    claims,
    proposal: GAS.propose,
    argument,
    step: refutation,
    resolution,
    total: GAS.propose + argument + refutation + resolution,
  };
}

const refutationGas = ({ bytes, gas }: StepCost): number =>
  Math.max(GAS.refute + gas + CALLDATA.byte * bytes, CALLDATA.base + CALLDATA.floor * (bytes + REFUTATION_BYTES));

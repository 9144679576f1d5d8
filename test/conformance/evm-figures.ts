/** What a run of the state tests measures: that steps keep to their bounds, and which come closest. */

/** Of one transaction. */
export interface Figures {
  readonly steps: number;
  /** What it spent, before refunds; 0 if it is not valid. */
  readonly gas: number;
  /** The largest step of each kind, of those that were verified. */
  readonly kinds: ReadonlyMap<string, StepFigures>;
}

export interface StepFigures {
  /** Of a transaction that has the verifier take the step: calldata and execution. */
  readonly gas: number;
  readonly witnessBytes: number;
}

/** The largest of each figure, and whose it is. */
export interface Worst {
  readonly stepsPerGas: { readonly steps: number; readonly gas: number; readonly case: string } | null;
  readonly gas: { readonly gas: number; readonly kind: string } | null;
  readonly witness: { readonly bytes: number; readonly kind: string } | null;
  readonly kinds: Readonly<Record<string, StepFigures>>;
}

/** Steps that do not depend on the transaction: from START or NEXT to VALIDATE, the loads of three accounts included. */
const FIXED_STEPS = 20;
/** The shortest item of an access list has 23 bytes, and takes three steps; an empty block has 136, and takes two. */
const BYTES_PER_STEP = 7;

/** The most steps that a transaction takes: docs/evm-machine.md, "Slots of the clock". @param bytes of its batch. */
export const mostSteps = (gas: bigint, bytes: number): bigint =>
  gas + BigInt(Math.ceil(bytes / BYTES_PER_STEP) + FIXED_STEPS);

export const larger = (a: StepFigures | undefined, b: StepFigures): StepFigures => ({
  gas: Math.max(a?.gas ?? 0, b.gas),
  witnessBytes: Math.max(a?.witnessBytes ?? 0, b.witnessBytes),
});

/** @param figures of cases by their names. */
export function worstOf(figures: readonly (readonly [name: string, figures: Figures])[]): Worst {
  const kinds = new Map<string, StepFigures>();
  let stepsPerGas: Worst["stepsPerGas"] = null;
  for (const [name, { steps, gas, kinds: ofCase }] of figures) {
    for (const [kind, one] of ofCase) kinds.set(kind, larger(kinds.get(kind), one));
    if (gas > 0 && (stepsPerGas === null || steps / gas > stepsPerGas.steps / stepsPerGas.gas))
      stepsPerGas = { steps, gas, case: name };
  }
  const [gas] = [...kinds].sort(([, a], [, b]) => b.gas - a.gas);
  const [witness] = [...kinds].sort(([, a], [, b]) => b.witnessBytes - a.witnessBytes);
  return {
    stepsPerGas,
    gas: gas ? { gas: gas[1].gas, kind: gas[0] } : null,
    witness: witness ? { bytes: witness[1].witnessBytes, kind: witness[0] } : null,
    kinds: Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

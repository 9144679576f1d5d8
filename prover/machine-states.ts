import { SLOT_STEPS } from "@elench/evm/batch/claim";
import { lastOfSlot, skipIdle } from "@elench/evm/machine/phases/blocks";
import type { Machine } from "@elench/evm/machine/state/machine";
import { step } from "@elench/evm/machine/step";
import { PHASE } from "@elench/evm/structures/layout";
import { LIMIT } from "@elench/spec/evm/limits";

/** Upper bound of a batch's halting step: after its last transaction, less than one slot. */
const LAST_STEP = SLOT_STEPS * BigInt(LIMIT.BATCH_TRANSACTIONS + 1);

/** Number of machines cached: a dispute asks for steps closer and closer together. */
const KEPT_MACHINES = 1024;

/**
 * Interval of the states that are kept while a transaction is stepped, because the next levels of a game ask for them. They are dense at its
 * start. Transactions that are slow to repeat, those of precompiles, have few steps.
 * @returns steps between two kept states.
 */
function milestones(clock: bigint): bigint {
  const done = clock % SLOT_STEPS;
  if (done < 16n ** 4n) return 16n ** 2n;
  return done < 16n ** 5n ? 16n ** 4n : 16n ** 5n;
}
const isMilestone = (clock: bigint): boolean => clock % milestones(clock) === 0n;
const milestoneAfter = (clock: bigint): bigint => clock - (clock % milestones(clock)) + milestones(clock);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const slotOf = (clock: bigint): number => Number(clock / SLOT_STEPS);

/** The states after a first one, at any step. Nothing is executed before the first query; then each transaction is stepped once, and parts of it again. */
export class MachineStates {
  /** Index 0: the first state. Index k: the state at the start of the k-th slot after the first, as far as stepped. */
  readonly #starts: Machine[];
  /** States by step, the oldest entry first. */
  readonly #kept = new Map<bigint, Machine>();
  #end: Machine | undefined;

  /** @param first is not changed. */
  constructor(first: Machine) {
    this.#starts = [first];
  }

  /** The halted machine. */
  get halted(): Machine {
    this.#end ??= this.#run(LAST_STEP);
    return this.#end;
  }

  /** The machine before a step, from the first state on. Read-only: it is the cached one. */
  at(step: bigint): Machine {
    const known = this.#kept.get(step);
    if (known) return known;
    const m = this.#run(step);
    this.#keep(step, m);
    return m;
  }

  #keep(step: bigint, m: Machine): void {
    this.#kept.set(step, m);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MACHINES && oldest !== undefined) this.#kept.delete(oldest);
  }

  #run(to: bigint): Machine {
    const m = this.#nearest(to);
    while (m.clock < to && !m.halted) {
      const stop = min(to, milestoneAfter(m.clock));
      do step(m);
      while (m.clock < stop && !m.halted && m.phase !== PHASE.idle);
      if (m.clock === BigInt(this.#firstSlot + this.#starts.length) * SLOT_STEPS) this.#starts.push(m.copy());
      // A game narrows down to parts of what was stepped, so a transaction is stepped once, and parts of it again.
      else if (isMilestone(m.clock) || m.phase === PHASE.idle) this.#keep(m.clock, m.copy());
      skipIdle(m, min(to, lastOfSlot(m.clock)));
    }
    return m;
  }

  get #firstSlot(): number {
    return slotOf((this.#starts[0] as Machine).clock);
  }

  /** A copy of the last known state at or before a step. */
  #nearest(to: bigint): Machine {
    if (this.#end && this.#end.clock <= to) return this.#end.copy();
    let nearest = this.#starts[Math.min(slotOf(to) - this.#firstSlot, this.#starts.length - 1)] as Machine;
    for (const [at, m] of this.#kept) if (at <= to && m.clock > nearest.clock) nearest = m;
    return nearest.copy();
  }
}

import type { Word } from "@elench/bytes/words";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, step } from "@elench/evm/machine/step";
import { runBatch } from "../../evm/machine/run.ts";
import { Tape } from "../../evm/machine/state/tape.ts";
import { randomScenario, stageOf } from "./scenario.ts";
import { isDelegated, kindAfter, kindBefore } from "./step-kind.ts";

/** Steps of random batches, one of each kind, to try the verifier on. */

/** A step with its witness, and where the parts of that begin: each is one thing that was opened. */
export interface KnownStep extends ProvenStep {
  /** What it does, and where it leads. */
  readonly kind: string;
  /** What it does, as the state alone tells. */
  readonly before: string;
  /** Offsets in the witness, the first being 0. */
  readonly parts: readonly number[];
}

class SeenTape extends Tape {
  readonly parts: number[] = [];
  #length = 0;

  override words(words: readonly Word[]): void {
    this.#begin(32 * words.length);
    super.words(words);
  }

  override bytes(...parts: readonly Uint8Array[]): void {
    for (const part of parts) this.#begin(part.length);
    super.bytes(...parts);
  }

  override uint(value: number, size: 1 | 2 | 4): void {
    this.#begin(size);
    super.uint(value, size);
  }

  #begin(length: number): void {
    if (length > 0) this.parts.push(this.#length);
    this.#length += length;
  }
}

/** Proves the machine's next step, and leaves the machine as it is. */
export function knownStep(machine: Machine): KnownStep {
  const [m, tape] = [machine.copy(), new SeenTape()];
  tape.words(m.words());
  m.tape = tape;
  step(m);
  const before = kindBefore(machine);
  return {
    pre: machine.hash(),
    witness: tape.witness,
    post: m.hash(),
    kind: `${before} → ${kindAfter(m)}`,
    before,
    parts: tape.parts,
  };
}

/** The first steps of every kind in some scenarios. */
export async function gatherSteps(seeds: number): Promise<KnownStep[]> {
  const met = new Map<string, number>();
  const steps: KnownStep[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const clocks = await newKinds(seed, met);
    const { host, input } = await stageOf(randomScenario(seed));
    if (clocks.size > 0)
      runBatch(host, input, (m) => {
        if (clocks.has(m.clock)) steps.push(knownStep(m));
      });
  }
  return steps;
}

/** Kinds of steps that differ more than their names say: by the shape of a trie, or by the place in a long message. */
const VARIED = /^(flush|load|hash|copy|build|access|decode|next)/;
const OF_VARIED = 6;

/** Clocks of the scenario's steps of kinds that were not met often enough: what a step leads to shows only after it. */
async function newKinds(seed: number, met: Map<string, number>): Promise<ReadonlySet<bigint>> {
  const { host, input } = await stageOf(randomScenario(seed));
  const clocks = new Set<bigint>();
  let last: { readonly clock: bigint; readonly before: string } | undefined;
  const note = (m: Machine): void => {
    if (last) {
      const kind = `${last.before} → ${kindAfter(m)}`;
      const count = met.get(kind) ?? 0;
      if (count < (VARIED.test(kind) ? OF_VARIED : 1) && !isDelegated(kind)) clocks.add(last.clock);
      met.set(kind, count + 1);
    }
    last = { clock: m.clock, before: kindBefore(m) };
  };
  note(runBatch(host, input, note));
  return clocks;
}

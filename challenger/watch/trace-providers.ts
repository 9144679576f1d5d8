import type { Hex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import type { Run, TraceProvider } from "../strategy/trace-provider.ts";

/** The true executions of one machine. */
export interface MachineTraceProvider extends Omit<TraceProvider, "knows"> {
  /** Why a run cannot be judged here; null if it can. */
  unknown(run: Run): Promise<string | null>;
}

/** The true executions of several machines; a step of one machine can ask another. */
export class TraceProviders implements TraceProvider {
  readonly #byMachine: ReadonlyMap<Hex, MachineTraceProvider>;

  /** @param byMachine trace providers by the address of the machine's contract. */
  constructor(byMachine: readonly (readonly [Hex, MachineTraceProvider])[]) {
    this.#byMachine = new Map(byMachine.map(([machine, truth]) => [lower(machine), truth]));
  }

  async knows(run: Run): Promise<boolean> {
    return (await this.unknown(run)) === null;
  }

  /** Why a run cannot be judged; null if it can. */
  async unknown(run: Run): Promise<string | null> {
    const truth = this.#byMachine.get(lower(run.machine));
    if (!truth) return `machine ${run.machine} is unknown: it is not of this deployment`;
    if (!run.askedBy) return truth.unknown(run);
    const why = await this.unknown(run.askedBy.run);
    if (why !== null) return why;
    await this.asked(run.askedBy.run, run.askedBy.step);
    return truth.unknown(run);
  }

  async output(run: Run): Promise<Uint8Array> {
    return (await this.#of(run)).output(run);
  }

  async stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]> {
    return (await this.#of(run)).stateHashes(run, steps);
  }

  async asked(run: Run, step: bigint): Promise<Run | undefined> {
    const asked = await (await this.#of(run)).asked(run, step);
    return asked && { ...asked, askedBy: { run, step } };
  }

  async witness(run: Run, step: bigint): Promise<Uint8Array> {
    return (await this.#of(run)).witness(run, step);
  }

  /** Only the asking machine knows the inference that its step asks for. It is queried first, because this process may have been started during the game. */
  async #of(run: Run): Promise<MachineTraceProvider> {
    if (run.askedBy) await this.asked(run.askedBy.run, run.askedBy.step);
    const truth = this.#byMachine.get(lower(run.machine));
    if (!truth) throw new InternalError(`unknown machine ${run.machine}`);
    return truth;
  }
}

const lower = (address: Hex): Hex => address.toLowerCase() as Hex;

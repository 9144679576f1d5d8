import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { equalBytes } from "@elench/bytes/words";
import type { Contender, Run } from "./contenders/contender.ts";
import type { Role } from "./contenders/roles.ts";
import { batchOf } from "./world/chain.ts";
import { type Scenario, type Workload, worldOf } from "./world/workload.ts";

/** A block that a contender executed, and that was checked. */
export interface Sample extends Pick<Run, "cpuSeconds" | "wallSeconds" | "parts"> {
  readonly gas: number;
}

export type Samples = ReadonlyMap<Role, readonly Sample[]>;

export interface Measuring {
  readonly contenders: ReadonlyMap<Role, Contender>;
  /** Of a block. */
  readonly gas: number;
  /** Gas of the block before, which warms up caches and compilers. */
  readonly warmUp: number;
  /** How often each contender is measured. */
  readonly repetitions: (role: Role) => number;
}

setFlagsFromString("--expose-gc");
/** So that nobody is charged for what others left behind. */
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * Each repetition is a world of its own with two blocks, of which the second is measured. All contenders execute the same two.
 * @throws Error if a block's work was not done, or if the contenders disagree.
 */
export async function measure(
  workload: Workload,
  { contenders, gas, warmUp, repetitions }: Measuring,
): Promise<Samples> {
  const samples = new Map<Role, Sample[]>([...contenders.keys()].map((role) => [role, []]));
  const most = Math.max(...[...contenders.keys()].map(repetitions));
  for (let i = 0; i < most; i++) {
    const seed = `${workload.name}/${i}`;
    const [before, scenario] = [workload.make(`${seed}/warm-up`, warmUp), workload.make(seed, gas)];
    let last: Witness | undefined;
    for (const [role, contender] of contenders) {
      if (i >= repetitions(role)) continue;
      let run: Run;
      try {
        run = await runBoth(contender, before, scenario);
        await verify(scenario, contender, run, last);
      } catch (error) {
        const where = `${workload.name}, seed ${seed}, by ${contender.name}`;
        throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
      }
      last ??= { contender, run };
      samples.get(role)!.push({ ...run, gas: gasOf(run) });
      await contender.close();
    }
  }
  return samples;
}

async function runBoth(contender: Contender, before: Scenario, scenario: Scenario): Promise<Run> {
  await contender.load(worldOf([before, scenario]));
  expectOutcome(before, await contender.run(batchOf(1, before.transactions)));
  collectGarbage();
  return contender.run(batchOf(2, scenario.transactions));
}

const gasOf = ({ receipts }: Run): number => receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0);

/** A run that was checked. */
interface Witness {
  readonly contender: Contender;
  readonly run: Run;
}

async function verify(scenario: Scenario, contender: Contender, run: Run, witness: Witness | undefined): Promise<void> {
  expectOutcome(scenario, run);
  if (!witness && !contender.reader) throw new Error("nobody can be asked for the state: put one with a reader first");
  if (witness) expectSameGas(run, witness);
  const comparable = witness && !(scenario.absent && (contender.countsAbsent || witness.contender.countsAbsent));
  if (comparable && !equalBytes(run.stateRoot, witness.run.stateRoot))
    throw new Error(`the state root is not that of ${witness.contender.name}`);
  if (!comparable && contender.reader) await scenario.check({ ...contender.reader, gasUsed: gasOf(run) });
}

function expectOutcome({ transactions, succeeds }: Scenario, { receipts }: Run): void {
  if (receipts.length !== transactions.length)
    throw new Error(`${receipts.length} of ${transactions.length} transactions were executed`);
  const other = receipts.findIndex(({ success }) => success !== succeeds);
  if (other >= 0) throw new Error(`transaction ${other} ${succeeds ? "failed" : "succeeded"}`);
}

function expectSameGas(run: Run, witness: Witness): void {
  const other = run.receipts.findIndex(({ gasUsed }, i) => gasUsed !== witness.run.receipts[i]?.gasUsed);
  if (other < 0) return;
  const [own, theirs] = [run, witness.run].map(({ receipts }) => receipts[other]?.gasUsed);
  throw new Error(`transaction ${other} used ${own} gas, and ${theirs} by ${witness.contender.name}`);
}

/**
 * Speed of native execution, beside revm (in anvil) and @ethereumjs/vm: blocks of what chains are used for, in gas a second, and blocks that are
 * made to be slow, in seconds.
 *
 *     node bench/evm-speed/main.ts [--json] [--gas N] [--repetitions N] [--attack-repetitions N] [--only TEXT] [--contenders ROLE,…]
 *
 * --gas is of a block (default: 30 million), --repetitions how often each workload is measured (default: 7), --attack-repetitions the same of
 * the slow blocks (default: 3; @ethereumjs/vm executes them once). --only names what is measured, by a part of its name, and --contenders by whom.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ATTACKS } from "./adversarial/attacks.ts";
import type { Contender } from "./contenders/contender.ts";
import { CONTENDERS, type Role } from "./contenders/roles.ts";
import { attackFigures, geomean, workloadFigures, worstOf } from "./figures.ts";
import { type Measuring, measure } from "./measure.ts";
import { attackRow, headings, workloadRow } from "./report.ts";
import { WORKLOADS } from "./workloads/workloads.ts";
import type { Workload } from "./world/workload.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    gas: { type: "string", default: "30000000" },
    repetitions: { type: "string", default: "7" },
    "attack-repetitions": { type: "string", default: "3" },
    only: { type: "string", default: "" },
    contenders: { type: "string", default: Object.keys(CONTENDERS).join() },
  },
});

function refuse(complaint: string): never {
  process.stderr.write(`${complaint}\n`);
  process.exit(2);
}

/** The option's value, if it is a whole number within these bounds. */
function numberOf(option: "gas" | "repetitions" | "attack-repetitions", least: number, most: number): number {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(`--${option} must be a whole number, ${least} to ${most}, and is ${values[option]}`);
}

/** With less, what comes before a loop weighs too much. With more, a block of transfers would have too many of them. */
const [LEAST_GAS, MOST_GAS] = [3_000_000, 85_000_000];
const gas = numberOf("gas", LEAST_GAS, MOST_GAS);
const repetitions = numberOf("repetitions", 0, 1_000);
const attackRepetitions = numberOf("attack-repetitions", 0, 1_000);
const roles = values.contenders.split(",");
const unknown = roles.find((role) => !(role in CONTENDERS));
if (unknown !== undefined) refuse(`--contenders: ${unknown} is none of ${Object.keys(CONTENDERS).join(", ")}`);
const contenders = new Map<Role, Contender>(
  Object.entries(CONTENDERS).flatMap(([role, create]) => (roles.includes(role) ? [[role as Role, create()]] : [])),
);

/** Measures each, and prints its row at once. */
async function each<Figures>(
  workloads: readonly Workload[],
  measuring: Omit<Measuring, "contenders" | "gas">,
  figuresOf: (name: string, samples: Awaited<ReturnType<typeof measure>>) => Figures,
  row: (figures: Figures) => string,
): Promise<Figures[]> {
  const found: Figures[] = [];
  for (const workload of workloads.filter(({ name }) => name.includes(values.only))) {
    const figures = figuresOf(workload.name, await measure(workload, { ...measuring, contenders, gas }));
    process.stderr.write(`${row(figures)}\n`);
    found.push(figures);
  }
  return found;
}

try {
  process.stderr.write(headings.workloads);
  const workloads = await each(
    repetitions > 0 ? WORKLOADS : [],
    { warmUp: gas, repetitions: () => repetitions },
    workloadFigures,
    workloadRow,
  );
  process.stderr.write(headings.attacks);
  const attacks = await each(
    attackRepetitions > 0 ? ATTACKS : [],
    // What takes @ethereumjs/vm most of a minute needs no median.
    { warmUp: Math.max(LEAST_GAS, gas / 10), repetitions: (role) => (role === "ethereumjs" ? 1 : attackRepetitions) },
    attackFigures,
    attackRow,
  );
  const figures = {
    cpu: cpus()[0]?.model ?? "unknown",
    workloads,
    geomean: {
      revm: geomean(
        workloads,
        ({ ours }) => ours,
        ({ revm }) => revm,
      ),
      revmExecute: geomean(
        workloads,
        ({ ours }) => ours,
        ({ revmExecute }) => revmExecute,
      ),
      ethereumjs: geomean(
        workloads,
        ({ ours }) => ours,
        ({ ethereumjs }) => ethereumjs,
      ),
    },
    worst: worstOf(attacks),
    attacks,
    wasm: geomean(workloads, ({ wasm }) => wasm),
    threads: geomean(workloads, ({ threads }) => threads),
  };
  console.log(JSON.stringify(figures, null, values.json ? undefined : 2));
} finally {
  for (const contender of contenders.values()) await contender.close();
}

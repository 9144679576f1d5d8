import { batchInput } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove, step } from "@elench/evm/machine/step";
import { PHASE } from "@elench/evm/structures/layout";
import { EXTREMES } from "../../evm/machine/fixtures/extremes.ts";
import { runBatch } from "../../evm/machine/run.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { hostOf } from "../../prover/host.ts";
import { kindOf } from "../../test/conformance/evm-step-kinds.ts";
import type { L1 } from "./l1.ts";
import { refutations } from "./refutation.ts";
import type { Workload } from "./workload.ts";

/** Gas of single steps: of the opcodes as a chain executes them, and of the dearest steps that can be found. */

/** Opcodes that are drawn, each as likely as it is executed. */
const DRAWN = 400;
/** Steps of each class of opcodes, and of each phase. */
const OF_A_CLASS = 24;
const OF_A_PHASE = 6;

interface Step extends ProvenStep {
  readonly kind: string;
}

interface Cost {
  readonly kind: string;
  readonly gas: number;
  readonly witnessBytes: number;
}

/** Of so many things, as many as were wished, each as likely as any other. */
class Reservoir {
  readonly kept: Step[] = [];
  seen = 0;
  readonly #size: number;
  readonly #random: (below: number) => number;

  constructor(size: number, random: (below: number) => number) {
    this.#size = size;
    this.#random = random;
  }

  offer(make: () => Step): void {
    this.seen++;
    if (this.kept.length < this.#size) this.kept.push(make());
    else {
      const place = this.#random(this.seen);
      if (place < this.#size) this.kept[place] = make();
    }
  }
}

const CLASSES: readonly (readonly [name: string, opcodes: RegExp])[] = [
  ["stack: PUSH, DUP, SWAP, POP", /^(PUSH|DUP|SWAP|POP)/],
  ["jumps", /^(JUMP|PC$|GAS$|STOP$)/],
  ["memory", /^(MLOAD|MSTORE|MCOPY|MSIZE)/],
  ["storage", /^(SLOAD|SSTORE|TLOAD|TSTORE)/],
  ["KECCAK256", /^(KECCAK|SHA3)/],
  ["calls, creations, returns", /^(CALL$|CALLCODE|DELEGATECALL|STATICCALL|CREATE|RETURN$|REVERT|SELFDESTRUCT|INVALID)/],
  ["logs", /^LOG/],
  [
    "context, calldata, accounts",
    /^(ADDRESS|BALANCE|ORIGIN|CALLER|CALLVALUE|CALLDATA|CODE|GASPRICE|EXTCODE|RETURNDATA|BLOCK|COINBASE|TIMESTAMP|NUMBER|PREVRANDAO|GASLIMIT|CHAINID|SELFBALANCE|BASEFEE|BLOB)/,
  ],
  ["arithmetic, comparisons, bits", /./],
];

export async function measureSteps(l1: L1, { chain, bytes }: Workload) {
  const opcodes = new Reservoir(DRAWN, seededRandom(11));
  const classes = new Reservoirs(OF_A_CLASS);
  const phases = new Reservoirs(OF_A_PHASE);
  const { chainId } = chain.genesis;
  runBatch(hostOf(chain.options), batchInput(ordinary(chainId), chain.before(0), bytes), (m: Machine) => {
    const kind = kindOf(m);
    const make = () => ({ kind, ...prove(m) });
    if (m.phase === PHASE.execute) {
      opcodes.offer(make);
      classes.of(classOf(kind)).offer(make);
    }
    // What an inference gives is settled by `delegate`.
    else if (m.phase !== PHASE.ask) phases.of(kind).offer(make);
  });
  const drawn = await costs(l1, opcodes.kept);
  const byClass = await costsOf(l1, classes);
  const byPhase = await costsOf(l1, phases);
  const extreme = await costs(l1, EXTREMES.map(dearestOf));
  const all = [...drawn, ...[...byClass.values(), ...byPhase.values()].flat(), ...extreme];
  return {
    steps: opcodes.seen + phases.seen,
    opcodes: opcodes.seen,
    opcode: spread(drawn),
    classes: Object.fromEntries(
      [...byClass].map(([name, some]) => [name, { executed: classes.of(name).seen, ...spread(some) }]),
    ),
    phases: Object.fromEntries([...byPhase].map(([name, some]) => [name, spread(some)])),
    extremes: Object.fromEntries(extreme.map(({ kind, gas, witnessBytes }) => [kind, { gas, witnessBytes }])),
    worstGas: all.reduce((worst, one) => (one.gas > worst.gas ? one : worst)),
    worstWitness: all.reduce((worst, one) => (one.witnessBytes > worst.witnessBytes ? one : worst)),
  };
}

function dearestOf({ name, machine, dearest }: (typeof EXTREMES)[number]): Step {
  const m = machine();
  for (let i = 1; i < dearest; i++) step(m);
  return { kind: name, ...prove(m) };
}

const classOf = (kind: string): string => CLASSES.find(([, names]) => names.test(kind))?.[0] as string;

async function costsOf(l1: L1, { byName }: Reservoirs): Promise<Map<string, Cost[]>> {
  const found = new Map<string, Cost[]>();
  for (const [name, { kept }] of byName) found.set(name, await costs(l1, kept));
  return found;
}

async function costs(l1: L1, steps: readonly Step[]): Promise<Cost[]> {
  const gas = await refutations(l1, steps);
  return steps.map(({ kind, witness }, i) => ({ kind, gas: gas[i] as number, witnessBytes: witness.length }));
}

class Reservoirs {
  readonly byName = new Map<string, Reservoir>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  of(name: string): Reservoir {
    const known = this.byName.get(name) ?? new Reservoir(this.#size, seededRandom(this.byName.size + 1));
    this.byName.set(name, known);
    return known;
  }

  get seen(): number {
    return [...this.byName.values()].reduce((sum, { seen }) => sum + seen, 0);
  }
}

/** Of gas: median, 90th percentile, most; and the largest witness. */
function spread(costs: readonly Cost[]) {
  const gas = costs.map((cost) => cost.gas).sort((a, b) => a - b);
  const quantile = (q: number) => gas[Math.min(gas.length - 1, Math.floor(q * gas.length))];
  return {
    count: gas.length,
    median: quantile(0.5),
    p90: quantile(0.9),
    max: gas.at(-1),
    witnessBytes: costs.reduce((most, cost) => Math.max(most, cost.witnessBytes), 0),
  };
}

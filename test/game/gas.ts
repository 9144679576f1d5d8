import type { Hex } from "@elench/bytes/hex";
import type { Node } from "@elench/challenger/strategy/tree";
import { Board, parameters } from "./board.ts";
import type { Artifact } from "./compile.ts";
import { type Rules, startRuledChain } from "./ruled-chain.ts";
import { firstRun, ToyTraceProvider } from "./toy.ts";

const MONTH = 30 * 86_400;
const LENGTH = 1_000_000;
const SHAPE = { salt: 5n, otherLength: 200, otherLevel: 2, every: 0, length: LENGTH };

/** Whole transactions, in gas, by what they do. */
export type Gas = Record<string, number>;

interface Story {
  /** The step before which the liar departs from the truth. */
  readonly lie: number;
  readonly level: number;
  /** Who proposes. The other counters. */
  readonly liesFirst: boolean;
  readonly region?: number;
  readonly hint?: number;
  readonly salt?: bigint;
}

/** Two parties that dispute to the end, and somebody else who settles. */
async function dispute(board: Board, story: Story): Promise<Gas> {
  const { lie, level, liesFirst, region = 0, hint = 0, salt = 5n } = story;
  const run = firstRun(board.toys, { ...SHAPE, salt, length: Math.min(LENGTH, 16 ** level) }, level);
  const truth = new ToyTraceProvider(board.toys);
  const lies = new ToyTraceProvider(board.toys, [{ machine: "first", step: lie, flip: 2 }]);
  const sides = [
    { provider: lies, by: board.liar() },
    { provider: truth, by: board.honest },
  ].slice(...(liesFirst ? [0] : [0])) as [Side, Side];
  if (!liesFirst) sides.reverse();
  const gas: Gas = {};
  const note = (name: string, { gasUsed }: { gasUsed: bigint }) => {
    gas[name] = Math.max(gas[name] ?? 0, Number(gasUsed));
    gas.all = (gas.all ?? 0) + Number(gasUsed);
  };

  board.now += 10;
  const [proposer, other] = sides;
  const { number, receipt } = await board.propose(run, proposer.provider.outputHex(run), proposer.by, { region });
  note("propose", receipt);
  board.now += 10;
  const middles = board.points(other.provider, run).slice(1, 16);
  note("counter", await board.counter(number, other.by, other.provider.outputHex(run), middles, { hint }));
  for (let turn = 0; ; turn++) {
    const { provider, by } = sides[turn % 2]!;
    const node = board.game(number).claims.get(turn + 1) as Node;
    const own = board.points(provider, node.run, node.offset, node.level);
    const segment = own.findIndex((point, i) => point !== node.points[i]) - 1;
    board.now += 10;
    const at = { hint: hint + turn + 1 };
    if (node.level === 1) {
      if (provider === lies) break;
      note("refute", await board.refute(node, segment, by, board.witness(provider, node, segment), at));
      break;
    }
    const offset = node.offset + BigInt(segment) * 16n ** BigInt(node.level - 1);
    note("move", await board.move(node, segment, by, board.points(provider, node.run, offset, node.level - 1), at));
  }
  board.now += 3 * Number(parameters.maxClock);
  note("settle", await board.settle(number));
  const { status, output } = board.game(number);
  if (output !== truth.outputHex(run)) throw new Error(`the lie won: ${status}`);
  board.now += MONTH;
  return gas;
}

interface Side {
  readonly provider: ToyTraceProvider;
  readonly by: Hex;
}

/** What one contract costs under one rule set, from its first use on. */
export async function measure(artifacts: Record<string, Artifact>, rules: Rules): Promise<Gas> {
  const board = await Board.open(await startRuledChain(rules), artifacts);
  const gas: Gas = {};
  const note = (suffix: string, found: Gas, keep = Object.keys(found)) => {
    for (const name of keep) gas[`${name}${suffix}`] = found[name]!;
  };
  const long = { lie: 777_777, level: 5 };

  note(", first of all: no slot used, nobody credited", await dispute(board, { ...long, liesFirst: false }));
  note(", empty pool", await dispute(board, { ...long, liesFirst: true, region: 50, hint: 50 }), ["all"]);
  const steady = await dispute(board, { ...long, liesFirst: true });
  note("", steady);
  const refuted = await dispute(board, { ...long, liesFirst: false });
  note("", refuted, ["refute"]);
  note(", with a refutation", refuted, ["all"]);

  await board.chain.close();
  return gas;
}

import type { Hex } from "@elench/bytes/hex";
import type { Node } from "@elench/challenger/strategy/tree";
import { Board, parameters } from "./board.ts";
import type { Artifact } from "./compile.ts";
import { type Rules, startRuledChain } from "./ruled-chain.ts";
import { firstRun, ToyTraceProvider } from "./toy.ts";

const MONTH = 30 * 86_400;
const LENGTH = 1_000_000;
const SHAPE = { salt: 5n, otherLength: 200, otherLevel: 2, every: 0, length: LENGTH };

const DISPUTE = "dispute of 2^20 steps, both sides";

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
  const [liar, honest]: Side[] = [
    { provider: lies, by: board.liar() },
    { provider: truth, by: board.honest },
  ];
  const [proposer, other] = liesFirst ? [liar!, honest!] : [honest!, liar!];
  const gas: Gas = {};
  const note = (name: string, { gasUsed }: { gasUsed: bigint }) => {
    gas[name] = Math.max(gas[name] ?? 0, Number(gasUsed));
    gas[DISPUTE] = (gas[DISPUTE] ?? 0) + Number(gasUsed);
  };

  board.now += 10;
  const { number, receipt } = await board.propose(run, proposer.provider.outputHex(run), proposer.by, { region });
  note("propose", receipt);
  board.now += 10;
  const middles = board.points(other.provider, run).slice(1, 16);
  note("counter", await board.counter(number, other.by, other.provider.outputHex(run), middles, { hint }));
  for (let turn = 0; ; turn++) {
    const { provider, by } = turn % 2 === 0 ? proposer : other;
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

/** A true proposal under `count` false counters; `answered` of them fall by a move each. All are settled at once, or by parts of `size`. */
async function manyClaims(
  board: Board,
  count: number,
  answered: number,
  { size, settler = board.settler }: { size?: number; settler?: Hex } = {},
): Promise<Gas> {
  const run = firstRun(board.toys, { ...SHAPE, length: 200 }, 2);
  const truth = new ToyTraceProvider(board.toys);
  const points = board.points(truth, run);
  board.now += 10;
  const { number } = await board.propose(run, truth.outputHex(run), board.honest);
  for (let i = 0; i < count; i++) {
    const middles = points.slice(1, 16).with(2, word32(1000 + i));
    await board.counter(number, board.liar(), word32(7), middles, { hint: i });
  }
  for (let i = 0; i < answered; i++) {
    const node = board.game(number).claims.get(i + 1) as Node;
    await board.move(node, 2, board.honest, board.points(truth, run, 32n, 1), { hint: count + i });
  }
  board.now += 3 * Number(parameters.maxClock);
  const gas: Gas = {};
  if (size === undefined) gas.settle = Number((await board.settle(number, settler)).gasUsed);
  else {
    const sizes = Array.from({ length: Math.ceil((count + answered) / size) }, () => size);
    for (const [i, part] of board.parts(number, sizes).entries())
      gas[`part ${i + 1}`] = Number((await board.call(settler, "settlePart", [part])).gasUsed);
  }
  board.now += MONTH;
  return gas;
}

const word32 = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

/** A dispute that goes through another machine: two steps of a level-2 run apart, one of which asks. */
async function delegation(board: Board): Promise<number> {
  const run = firstRun(board.toys, { ...SHAPE, every: 7, length: 200 }, 2);
  const truth = new ToyTraceProvider(board.toys);
  // Step 7 is the first that asks. The liar is wrong about what it answers.
  const lies = new ToyTraceProvider(board.toys, [{ machine: "second", step: 37, flip: 2 }]);
  board.now += 10;
  const { number } = await board.propose(run, truth.outputHex(run), board.honest);
  await board.counter(number, board.liar(), lies.outputHex(run), board.points(lies, run).slice(1, 16));
  await board.move(board.game(number).claims.get(1) as Node, 0, board.honest, board.points(truth, run, 0n, 1), {
    hint: 1,
  });
  const node = board.game(number).claims.get(2) as Node;
  const asked = (await lies.asked(node.run, 6n))!;
  const middles = board.points(lies, asked).slice(1, 16);
  const witness = board.witness(lies, node, 6);
  const { gasUsed } = await board.delegate(node, 6, board.liar(), witness, lies.outputHex(asked), middles, { hint: 2 });
  board.now += 3 * Number(parameters.maxClock);
  await board.settle(number);
  board.now += MONTH;
  return Number(gasUsed);
}

/** What one contract costs under one rule set, from its first use on. */
export async function measure(artifacts: Record<string, Artifact>, rules: Rules): Promise<Gas> {
  const board = await Board.open(await startRuledChain(rules), artifacts);
  const gas: Gas = {};
  const note = (found: Gas, suffix: string, keep = Object.keys(found)) => {
    for (const name of keep) gas[`${name}${suffix}`] = found[name]!;
  };
  const long = { lie: 777_777, level: 5 };

  note(await dispute(board, { ...long, liesFirst: false }), ", first use: no slot used, nobody credited");
  note(await dispute(board, { ...long, liesFirst: true, region: 50, hint: 50 }), ", empty pool", [DISPUTE]);
  note(await dispute(board, { ...long, liesFirst: true }), "");
  const refuted = await dispute(board, { ...long, liesFirst: false });
  note(refuted, "", ["refute"]);
  note(refuted, ", with a refutation", [DISPUTE]);
  await delegation(board);
  gas.delegate = await delegation(board);

  await manyClaims(board, 40, 40);
  gas["settle, undisputed, by its proposer"] = (await manyClaims(board, 0, 0, { settler: board.honest })).settle!;
  gas["settle, undisputed, by another account"] = (await manyClaims(board, 0, 0)).settle!;
  const [few, many] = [(await manyClaims(board, 1, 1)).settle!, (await manyClaims(board, 21, 21)).settle!];
  gas["settle, each further claim"] = Math.round((many - few) / 40);
  const inParts = await manyClaims(board, 40, 40, { size: 20 });
  gas["settle in parts, each claim whose parent is in a later part"] = Math.round((inParts["part 2"]! - 30_000) / 20);
  gas["settle in parts, each claim with a verdict of an earlier part"] = Math.round((inParts["part 3"]! - 30_000) / 20);

  const call = async (name: string, args: unknown[] = []) =>
    Number((await board.call(board.honest, name, args)).gasUsed);
  await call("unlock");
  board.now += 100;
  await call("withdraw");
  await manyClaims(board, 1, 1);
  gas.unlock = await call("unlock");
  board.now += 100;
  gas.withdraw = await call("withdraw");
  gas["warm, 16 regions and 64 places"] = await call("warm", [1000, 16, 1000, 64]);

  await board.chain.close();
  return gas;
}

import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { times } from "./arena.ts";
import type { Mutation } from "./compile.ts";
import type { Strategy } from "./stage.ts";

/** A rule taken out of the contract, and the scenario or the check that must notice. */
export type ContractMutant = { rule: string; mutations: Mutation[]; noticed: string };

const twinBy = (fields: string): Mutation => ({
  file: "Moves.sol",
  from: "    if (_heads[id].claimant != address(0)) revert ClaimExists(id);\n",
  to: `    bytes32 key = keccak256(abi.encode(${fields}));
    if (_heads[key].claimant != address(0)) revert ClaimExists(id);
    _heads[key].claimant = msg.sender;
`,
});

const without = (file: string, from: string): Mutation => ({ file, from, to: "" });

export const contractMutants: ContractMutant[] = [
  {
    rule: "identity includes the dissection",
    mutations: [twinBy("claim.game, claim.parent, claim.segment, claim.end")],
    noticed: "poisoned twin: true end, false middle, before each honest move",
  },
  {
    rule: "identity includes the dissection, for delegations too",
    mutations: [
      twinBy("claim.game, claim.parent, claim.segment, claim.end, claim.delegated ? bytes32(0) : claim.root"),
    ],
    noticed: "poisoned twin of a delegation",
  },
  {
    rule: "identity includes the segment",
    mutations: [twinBy("claim.game, claim.parent, claim.end, claim.root")],
    noticed: "the same content at another segment, where the start repeats",
  },
  {
    rule: "identity is the same for whoever makes the claim",
    mutations: [twinBy("id, msg.sender")],
    noticed: "a settled claim stays settled, and its like can not be made again",
  },
  {
    rule: "the game's id holds the content of its proposal",
    mutations: [
      {
        file: "GameState.sol",
        from: "abi.encode(block.chainid, address(this), proposal)",
        to: "abi.encode(block.chainid, address(this), proposal.number)",
      },
    ],
    noticed: "a move prepared on one fork of L1 means nothing on another",
  },
  {
    rule: "a child's end differs from its parent's",
    mutations: [without("Moves.sol", "    if (end == opening.to) revert SameEnd(end);\n")],
    noticed: "repeated end: the parent's own end, against true claims",
  },
  {
    rule: "a counter's output differs from the proposal's",
    mutations: [without("Moves.sol", "    if (output == proposal.output) revert SameOutput(output);\n")],
    noticed: "repeated output: the proposal's own, against a true proposal",
  },
  {
    rule: "a delegation's step ends otherwise than the parent says",
    mutations: [
      {
        file: "Moves.sol",
        from: "resume(opening.from, witness, output);\n    if (post == opening.to)",
        to: "resume(opening.from, witness, output);\n    if (post == 0)",
      },
    ],
    noticed: "repeated end: the parent's own end, against true claims",
  },
  {
    rule: "only a wrong step is refuted",
    mutations: [
      {
        file: "Moves.sol",
        from: "step(opening.from, witness);\n    // INVARIANT: a claim falls only by a step that it states falsely.\n    if (post == opening.to)",
        to: "step(opening.from, witness);\n    if (post == 0)",
      },
    ],
    noticed: "right steps refuted: every step of a true claim",
  },
  {
    rule: "a child argues with hashes of its parent",
    mutations: [
      without(
        "Dissection.sol",
        "    if (node != expected) revert NotInDissection(expected, segment, opening.from, opening.to);\n",
      ),
    ],
    noticed: "made-up openings: hashes that the parent never asserted",
  },
  {
    rule: "a segment has one number",
    mutations: [without("Dissection.sol", "    if (segment >= SEGMENTS) revert NoSuchSegment(segment);\n")],
    noticed: "a segment has one number",
  },
  {
    rule: "middles are hashed",
    mutations: [without("Dissection.sol", "      calldatacopy(add(points, 0x20), middles, 0x1e0) // 15 words\n")],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "the contract builds the halted hash",
    mutations: [{ file: "Moves.sol", from: "run.machine.halted(run.context, output);", to: "output;" }],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "there is always time to answer",
    mutations: [
      {
        file: "GameState.sol",
        from: "Clock.deadline(h.made, _extension(claim), parentClock, MAX_CLOCK)",
        to: "Clock.deadline(h.made, 0, parentClock, MAX_CLOCK)",
      },
    ],
    noticed: "every move at the last second",
  },
  {
    rule: "steps take longer to answer",
    mutations: [{ file: "GameState.sol", from: "claim.level == 1 || claim.delegated ?", to: "claim.delegated ?" }],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "delegated claims take longer to answer",
    mutations: [{ file: "GameState.sol", from: "claim.level == 1 || claim.delegated ?", to: "claim.level == 1 ?" }],
    noticed: "one waits, the other is quick: the clocks of three levels and another machine",
  },
  {
    rule: "a claim inherits its grandparent's clock",
    mutations: [
      {
        file: "Moves.sol",
        from: "Head(msg.sender, uint40(block.timestamp), uint24(clock), 0)",
        to: "Head(msg.sender, uint40(block.timestamp), 0, 0)",
      },
    ],
    noticed: "every move at the last second",
  },
  {
    rule: "waiting is charged to the side that waits",
    mutations: [
      { file: "Moves.sol", from: "Clock.afterWaiting(parentClock, block", to: "Clock.afterWaiting(h.clock, block" },
    ],
    noticed: "a quick honest party and a slow liar: whoever waits pays with its own clock",
  },
  {
    rule: "the clock stops at MAX",
    mutations: [{ file: "Clock.sol", from: "return used < max ? used : max;", to: "return used;" }],
    noticed: "every move at the last second",
  },
  {
    rule: "claims are answered before their deadline",
    mutations: [without("Moves.sol", "    if (block.timestamp >= end) revert TooLate(id, end);\n")],
    noticed: "late moves: against true claims, when their time is over",
  },
  {
    rule: "proposals are countered before their deadline",
    mutations: [without("Moves.sol", "    if (block.timestamp >= end) revert TooLate(game, end);\n")],
    noticed: "late counters: against a true proposal, when its time is over",
  },
  {
    rule: "claims are settled after their deadline",
    mutations: [without("Resolution.sol", "    if (block.timestamp < due) revert TooEarly(id, due);\n")],
    noticed: "hasty settlement: every claim, as soon as it is made and parents first",
  },
  {
    rule: "claims are settled after their children",
    mutations: [without("Resolution.sol", "    if (h.unresolved != 0) revert Unresolved(id, h.unresolved);\n")],
    noticed: "hasty settlement: every claim, as soon as it is made and parents first",
  },
  {
    rule: "a claim is settled once",
    mutations: [without("Resolution.sol", "    if (h.unresolved == SETTLED) revert AlreadyResolved(id);\n")],
    noticed: "a void game gives every bond back, once",
  },
  {
    rule: "the lowest segment is paid, not the first to come",
    mutations: [{ file: "GameState.sol", from: "uint96((segment << 88) | (made << 48)", to: "uint96((made << 48)" }],
    noticed: "freeloader: answers above the first false hash, before the honest one",
  },
  {
    rule: "the lowest segment is paid, not the last settled",
    mutations: [{ file: "GameState.sol", from: "known.by == address(0) || rank < known.rank", to: "true" }],
    noticed: "freeloader: answers above the first false hash, before the honest one",
  },
  {
    rule: "the earliest among equals is paid",
    mutations: [{ file: "GameState.sol", from: "| (made << 48) |", to: "| ((2 ** 40 - made) << 48) |" }],
    noticed: "where nobody is honest, the earliest standing counter is paid, and its output is the result",
  },
  {
    rule: "nobody's order of resolution chooses who is paid",
    mutations: [{ file: "GameState.sol", from: " | (uint256(child) >> 208)", to: "" }],
    noticed: "within one block, the order of resolution does not choose who is paid",
  },
  {
    rule: "lower segments stay open after a refutation",
    mutations: [
      {
        file: "Moves.sol",
        from: "known.by != address(0) && opening.segment >= known.rank >> 88",
        to: "known.by != address(0)",
      },
    ],
    noticed: "self-refutation too high: to close the place of the honest one",
  },
  {
    rule: "a third of a lost bond is burnt",
    mutations: [{ file: "Resolution.sol", from: "uint256 burnt = bond / 3;", to: "uint256 burnt = 0;" }],
    noticed: "self-refutation: the liar executes its own false step",
  },
  {
    rule: "the result is the output of the counter that is paid",
    mutations: [without("Resolution.sol", "        _games[claim.game].output = claim.end;\n")],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "a move takes its bond",
    mutations: [without("Moves.sol", "    if (msg.value != price) revert WrongPayment(price, msg.value);\n")],
    noticed: "every move takes its bond, to the wei",
  },
  {
    rule: "a level-1 segment is one step",
    mutations: [without("Moves.sol", "    if (claim.level != 1) revert NotOneStep(id, claim.level);\n")],
    noticed: "level decides between moves and steps",
  },
  {
    rule: "only the consumer voids its game",
    mutations: [
      without("Resolution.sol", "    if (msg.sender != g.consumer) revert NotConsumer(msg.sender, g.consumer);\n"),
    ],
    noticed: "a void game gives every bond back, once",
  },
  {
    rule: "money waits before it leaves",
    mutations: [
      without(
        "Bonds.sol",
        "    if (block.timestamp < account.payableAt) revert Locked(msg.sender, account.payableAt);\n",
      ),
    ],
    noticed: "money leaves after the delay, unless the guardian holds it",
  },
  {
    rule: "the guardian can hold money back",
    mutations: [without("Bonds.sol", "    if (onHold(msg.sender)) revert OnHold(msg.sender);\n")],
    noticed: "money leaves after the delay, unless the guardian holds it",
  },
];

/** A rule of the honest agent taken out, and the scenario that must notice. */
export type StrategyMutant = { rule: string; from: string; to: string; noticed: string };

export const strategyMutants: StrategyMutant[] = [
  {
    rule: "a claim with the right end and a wrong middle is answered",
    from: "firstFalse: wrong === -1 ? undefined : wrong",
    to: "firstFalse: hashes[15] === node.points[16] ? undefined : wrong",
    noticed: "right end with wrong middle: a state that is false for one step",
  },
  {
    rule: "the answer goes to the first false hash",
    from: "hashes.findIndex(",
    to: "hashes.findLastIndex(",
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "only full identity makes a claim ours",
    from: "    if (!game.claims.has(judgement.answer.id as Hex)) moves.push(judgement.answer);\n  }\n  return moves;",
    to: `const { answer } = judgement;
    const end = answer.kind === "move" ? answer.end : answer.kind === "delegate" ? answer.output : undefined;
    if (!node.children.some((c) => game.claims.get(c)!.claim.end === end)) moves.push(answer);
  }
  return moves;`,
    noticed: "right end before the honest one, with a wrong middle, by an early twin",
  },
  {
    rule: "children of true claims are relevant",
    from: "firstFalse === undefined || child",
    to: "firstFalse !== undefined && child",
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "children at the first false segment are relevant",
    from: "child.claim.segment <= firstFalse",
    to: "child.claim.segment < firstFalse",
    noticed: "poisoned twin: true end, false middle, before each honest move",
  },
  {
    rule: "children above the first false segment are not",
    from: "child.claim.segment <= firstFalse",
    to: "child.claim.segment <= 15",
    noticed: "junk: states that open to nothing, and claims that start from them",
  },
  {
    rule: "a step that asks another machine is answered by a delegation",
    from: "if (run === undefined) {",
    to: "if (true as boolean || run === undefined) {",
    noticed: "a false answer of the other machine, defended to its last step",
  },
];

/** The strategy with one rule taken out, as a module made of the changed source. */
export async function mutatedStrategy({ from, to }: StrategyMutant): Promise<Strategy> {
  const url = new URL("../../challenger/strategy/moves.ts", import.meta.url);
  const parts = readFileSync(url, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`the strategy has ${parts.length - 1} places like this, not one: ${from}`);
  // A module of a data: URL resolves nothing by itself.
  const script = stripTypeScriptTypes(parts.join(to)).replaceAll(
    /from "([^"]+)"/g,
    (_, name: string) => `from "${name.startsWith(".") ? new URL(name, url) : import.meta.resolve(name)}"`,
  );
  const { honestMoves } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  return (game, truth, now, judgements) => honestMoves(game, truth, times, now, judgements);
}

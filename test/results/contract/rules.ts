import type { Mutation } from "../../contracts/build.ts";

/**
 * Rules of contracts/rollup/Outputs.sol and contracts/game/Results.sol, each with a switch in the source: one compilation serves for all
 * mutants. A rule is taken out while the account `SWITCH` has so many wei as its number says.
 */
export type ContractRule = {
  rule: string;
  file: string;
  from: string;
  /** What stands there instead; `TAKEN` is true while the rule is taken out. */
  to: string;
};

export const SWITCH = "0x0000000000000000000000000000000000001e57";

const OUTPUTS = "contracts/rollup/Outputs.sol";
const RESULTS = "contracts/game/Results.sol";

const rule = (name: string, from: string, to: string, file = OUTPUTS): ContractRule => ({ rule: name, file, from, to });
/** A check that is skipped. */
const check = (name: string, condition: string, revert: string, file = OUTPUTS): ContractRule =>
  rule(name, `if (${condition}) revert ${revert}`, `if (!TAKEN && (${condition})) revert ${revert}`, file);

export const contractRules: readonly ContractRule[] = [
  check("nothing is proposed or settled in a freeze", "head.phase == Phase.Frozen", "IsFrozen"),
  check("a proposal names its epoch", "epoch_ != head.epoch", "WrongEpoch"),
  check("nothing is proposed in the second of an asking", "block.timestamp == head.since", "EpochBegins"),
  check("the gate is exact", "head.next != 0 && head.nextReadyAt <= block.timestamp", "AdvanceFirst"),
  rule(
    "a span has a batch",
    "bool isOne = span.first < span.end &&",
    "bool isOne = (TAKEN || span.first < span.end) &&",
  ),
  rule(
    "a span is not too long",
    "|| span.end - span.first > Spans.MAX_LENGTH)",
    "|| (!TAKEN && span.end - span.first > Spans.MAX_LENGTH))",
  ),
  rule("a span's batches are appended", "&& span.end <= count &&", "&& (TAKEN || span.end <= count) &&"),
  check("a span's root is the inbox's", "!inbox.isKept(checkpoint, count, span.root)", "RootNotKept"),
  rule("a span has one machine", "&& span.end <= until;", "&& (TAKEN || span.end <= until);"),
  check("no span begins below what is final", "!contests", "BelowFinal"),
  rule(
    "a span below begins where a boundary was settled from",
    "end.length() == span.end - span.first;",
    "(TAKEN || end.length() == span.end - span.first);",
  ),
  rule(
    "a final boundary is not contested",
    "          end.readyAt() > block.timestamp &&",
    "          (TAKEN || end.readyAt() > block.timestamp) &&",
  ),
  rule("a boundary is contested from below", "      bool contests =\n", "      bool contests = !TAKEN &&\n"),
  check("nothing is proposed against what is settled", "!isSettled || span.previous != expected", "WrongPrevious"),

  check("the game is the contract's own", "consumer != address(this)", "NotOwn", RESULTS),
  rule(
    "a game from before an asking does not count",
    "if (made <= since ||",
    "if ((!TAKEN && made <= since) ||",
    RESULTS,
  ),
  rule("an old game does not count", "|| block.timestamp > made +", "|| !TAKEN && block.timestamp > made +", RESULTS),
  rule(
    "the game is concluded with this result",
    "    game.ended(proposal);",
    "    if (!TAKEN) game.ended(proposal);",
    RESULTS,
  ),
  check("the game is about the span", "proposal.context != context", "NotAbout"),
  check("a game is settled on a settled output", "!isSettled || base != span.previous", "NotSettled"),
  rule(
    "a result that agrees changes nothing",
    "      if (output != known &&",
    "      if (TAKEN && output == known) _settle(head, span, number, output);\n      if (output != known &&",
  ),
  rule(
    "a final output is not contradicted",
    "&& entry.readyAt() > block.timestamp) {",
    "&& (TAKEN || entry.readyAt() > block.timestamp)) {",
  ),
  rule(
    "a contradiction freezes",
    "(head.phase, head.since) = (Phase.Frozen, block.timestamp);",
    "if (!TAKEN) (head.phase, head.since) = (Phase.Frozen, block.timestamp);",
  ),
  rule("a place is another boundary's", "entry.index() != span.end) {", "!TAKEN && entry.index() != span.end) {"),
  rule("a place is used again when its record is old", "if (!isOld ||", "if ((!TAKEN && !isOld) ||"),
  rule(
    "a place's record is old under a final boundary",
    "entry.higher() <= head.finalCount &&",
    "(TAKEN || entry.higher() <= head.finalCount) &&",
  ),
  rule(
    "a place's record is old after a time",
    "&& block.timestamp >= entry.higherReadyAt() + KEPT;",
    "&& (TAKEN || block.timestamp >= entry.higherReadyAt() + KEPT);",
  ),
  rule(
    "a place is not given to a lower boundary",
    "|| end < entry.index()) revert",
    "|| (!TAKEN && end < entry.index())) revert",
  ),
  rule(
    "a boundary on the list is old under the next one",
    "      _boundaries[head.settledCount % PLACES] =",
    "      if (!TAKEN) _boundaries[head.settledCount % PLACES] =",
  ),
  rule(
    "the list begins with the first boundary above finalCount",
    "if (head.next == 0) (head",
    "if (!TAKEN && head.next == 0) (head",
  ),
  rule("settledCount rises only", "if (end > head.settledCount) {", "if (TAKEN || end > head.settledCount) {"),

  rule(
    "a record is its boundary's, where an output is read",
    "if (entry.index() != boundary || !_counts",
    "if ((!TAKEN && entry.index() != boundary) || !_counts",
  ),
  rule(
    "a record is its boundary's, where it is final",
    "    return entry.index() == boundary && _counts",
    "    return (TAKEN || entry.index() == boundary) && _counts",
  ),
  rule(
    "a record is its boundary's, where a span begins",
    "    isSettled = entry.index() == boundary &&",
    "    isSettled = (TAKEN || entry.index() == boundary) &&",
  ),
  rule(
    "what an asking unsettled does not count",
    "&& (entry.epoch() == head.epoch || entry",
    "&& (TAKEN || entry.epoch() == head.epoch || entry",
  ),
  rule(
    "what was final before an asking counts",
    "|| entry.readyAt() <= _endedAt[entry.epoch()]);",
    "|| (!TAKEN && entry.readyAt() <= _endedAt[entry.epoch()]));",
  ),
  rule(
    "nothing becomes final in a freeze",
    "return head.phase == Phase.Frozen ? head.since : block.timestamp;",
    "return !TAKEN && head.phase == Phase.Frozen ? head.since : block.timestamp;",
  ),

  check("only the guardian asks", "msg.sender != guardian", "NotGuardian", RESULTS),
  check("the guardian asks four times a year", "block.timestamp < fourthLast + 365 days", "AskedTooOften"),
  rule(
    "an asking in a freeze is not counted",
    "    if (head.phase != Phase.Frozen) {",
    "    if (TAKEN || head.phase != Phase.Frozen) {",
  ),
  rule(
    "an epoch ends at the freeze",
    "uint256 endedAt = _finalUntil(head);",
    "uint256 endedAt = TAKEN ? block.timestamp : _finalUntil(head);",
  ),
  rule(
    "an asking walks the list",
    "    _walk(head, type(uint256).max);",
    "    if (!TAKEN) _walk(head, type(uint256).max);",
  ),
  rule(
    "an asking cuts the list",
    "    (head.next, head.nextReadyAt) = (0, 0);",
    "    if (!TAKEN) (head.next, head.nextReadyAt) = (0, 0);",
  ),
  rule(
    "an asking lowers settledCount",
    "    head.settledCount = head.finalCount;",
    "    if (!TAKEN) head.settledCount = head.finalCount;",
  ),
  rule(
    "an asking ends the freeze",
    "    if (head.phase == Phase.Frozen) head.phase",
    "    if (!TAKEN && head.phase == Phase.Frozen) head.phase",
  ),
  rule(
    "an asking is when the epoch begins",
    "    head.since = block.timestamp;",
    "    if (!TAKEN) head.since = block.timestamp;",
  ),

  check("only the upgrader changes machines", "msg.sender != upgrader", "NotUpgrader"),
  rule(
    "a machine is for batches that are not appended",
    "appended > last ? appended : last + 1;",
    "!TAKEN && appended > last ? appended : last + 1;",
  ),
  rule("machines are in order", "if (fromBatch < lowest ||", "if (fromBatch < (TAKEN ? appended : lowest) ||"),
  rule(
    "a machine is replaced in a new epoch",
    "    _askAgain(head);\n    while",
    "    if (!TAKEN) _askAgain(head);\n    while",
  ),
  rule(
    "final batches keep their machine",
    ".fromBatch >= head.finalCount) --head",
    ".fromBatch >= (TAKEN ? 0 : head.finalCount)) --head",
  ),
  rule(
    "a replaced machine's batches begin at finalCount",
    "    _setMachine(head, head.finalCount, machine);",
    "    _setMachine(head, TAKEN ? inbox.count() : head.finalCount, machine);",
  ),
  check("machines wait after an asking", "block.timestamp < from", "UpgradeDelayed"),
  rule(
    "machines wait until finality goes on",
    "if (head.phase == Phase.Running && _resumesAt < from) from",
    "if ((TAKEN || head.phase == Phase.Running) && _resumesAt < from) from",
  ),
  rule("machines wait after a replacement", "if (!isMending) (_replacedAt", "if (!isMending && !TAKEN) (_replacedAt"),
  rule(
    "a frozen contract gets a machine at once",
    "if (asked == 0 || head.phase == Phase.Frozen) return;",
    "if (asked == 0 || (!TAKEN && head.phase == Phase.Frozen)) return;",
  ),
];

/** So few, that boundaries come to share a place. */
export const PLACES = 16;

/** The source's changes: all rules with their switches, and few places. */
export const switched: readonly Mutation[] = [
  { file: OUTPUTS, from: "PLACES = 2 ** 20;", to: `PLACES = ${PLACES};` },
  ...contractRules.map(({ file, from, to }, i) => ({ file, from, to: to.replaceAll("TAKEN", `isTaken(${i + 1})`) })),
  {
    file: OUTPUTS,
    from: 'import {Results} from "../game/Results.sol";',
    to: 'import {isTaken, Results} from "../game/Results.sol";',
  },
  {
    file: RESULTS,
    from: 'import {IResults} from "./IResults.sol";',
    to: `import {IResults} from "./IResults.sol";
function isTaken(uint256 rule) view returns (bool) { return address(uint160(${BigInt(SWITCH)})).balance == rule; }`,
  },
];

/** The stub inbox keeps a root if it is the one that tests give so many batches. */
export const strictInbox: Mutation = {
  file: "contracts/test/StubInbox.sol",
  from: "function isKept(uint256, uint256, bytes32) external pure returns (bool) {\n    return true;",
  to: "function isKept(uint256, uint256 count_, bytes32 root) external pure returns (bool) {\n    return root == keccak256(abi.encode(count_));",
};

/** A defence: text of a source without which an attack is won by the lie. */
export interface Defence {
  readonly name: string;
  /** The attack that it holds off. */
  readonly attack: string;
  /** The source that holds it. */
  readonly file: string;
  /** The text of the defence: exactly one place of the file. */
  readonly from: string;
  /** What stands there without it. */
  readonly to: string;
  /** The deployed contracts that are compiled from the source; none for TypeScript, and for a source that the attack compiles itself. */
  readonly contracts: readonly string[];
}

const GAME = { contracts: ["DisputeGame"] } as const;
const OUTPUTS = { file: "contracts/rollup/Outputs.sol", contracts: ["Outputs"] } as const;
const ORACLE = { file: "contracts/oracle/InferenceOracle.sol", contracts: ["InferenceOracle"] } as const;
/** Of each consumer; the attack is on the outputs. */
const RESULTS = { file: "contracts/game/Results.sol", contracts: ["Outputs"] } as const;
const TYPESCRIPT = { contracts: [] } as const;

export const DEFENCES: readonly Defence[] = [
  {
    ...{ name: "settled-only-when-due", attack: "hasty-settlement" },
    ...{ ...GAME, file: "contracts/game/Settlement.sol" },
    from: "    if (block.timestamp < game.time()) revert TooEarly(game.time());\n",
    to: "",
  },
  {
    ...{ name: "refuted-steps-are-false", attack: "right-step-refuted" },
    ...{ ...GAME, file: "contracts/game/Moves.sol" },
    from: "    if (post == opening.to) revert StepIsRight(opening.from, post);\n\n    _claims",
    to: "    _claims",
  },
  {
    ...{ name: "counters-differ", attack: "counter-with-the-same-output" },
    ...{ ...GAME, file: "contracts/game/Moves.sol" },
    from: "    if (output == p.output) revert SameOutput(output);\n",
    to: "",
  },
  {
    ...{ name: "held-credit-stays", attack: "stake-during-a-hold" },
    ...{ ...GAME, file: "contracts/game/Bonds.sol" },
    from: "account.credit() - _unstakeable(owner, account)",
    to: "account.credit()",
  },
  {
    ...{ name: "no-prepayment-for-refutations", attack: "fifteen-refutations" },
    ...{ ...GAME, file: "contracts/game/Settlement.sol" },
    from: "      if (!terms.isRefutation()) {\n        ++prepaid;\n",
    to: "      ++prepaid;\n      if (!terms.isRefutation()) {\n",
  },
  {
    ...{ name: "settled-base", attack: "false-base", ...OUTPUTS },
    from: "    if (!isSettled || base != span.previous) revert NotSettled(span.first);\n",
    to: "",
  },
  {
    ...{ name: "kept-roots", attack: "invented-root", ...OUTPUTS },
    from: "    if (!inbox.isKept(checkpoint, count, span.root)) revert RootNotKept(checkpoint, span.root);\n",
    to: "",
  },
  {
    ...{ name: "hashed-roots", attack: "near-root" },
    ...{ file: "contracts/rollup/Inbox.sol", contracts: ["Inbox"] },
    from: "uint256(Hashes.efficientKeccak256(root_, bytes32(count_)))",
    to: "uint256(bytes32(bytes26(root_))) | (count_ << 16)",
  },
  {
    ...{ name: "nothing-below-final", attack: "span-below-a-final-boundary", ...OUTPUTS },
    from: "      if (!contests) revert BelowFinal(span.first, head.finalCount);\n",
    to: "",
  },
  {
    ...{ name: "proposals-of-this-epoch", attack: "proposal-crossing-an-asking", ...OUTPUTS },
    from: "    if (epoch_ != head.epoch) revert WrongEpoch(head.epoch, epoch_);\n",
    to: "",
  },
  {
    ...{ name: "freeze", attack: "contradicted-in-an-absence", ...OUTPUTS },
    from: "        (head.phase, head.since) = (Phase.Frozen, block.timestamp);\n",
    to: "",
  },
  {
    ...{ name: "own-games-alone", attack: "result-of-a-foreign-game", ...RESULTS },
    from: "    if (consumer != address(this)) revert NotOwn(consumer);\n",
    to: "",
  },
  {
    ...{ name: "games-since-the-asking", attack: "game-from-before-the-asking", ...RESULTS },
    from: "made <= since || ",
    to: "",
  },
  {
    ...{ name: "games-in-time", attack: "hoarded-result", ...RESULTS },
    from: " || block.timestamp > made + LONGEST + SETTLING_TIME",
    to: "",
  },
  {
    ...{ name: "earliest-commitment", attack: "copied-answer", ...ORACLE },
    from: " || commitment.order < answer.order",
    to: "",
  },
  {
    ...{ name: "commitments-name-outputs", attack: "empty-commitment", ...ORACLE },
    from: "msg.sender, outputRoot, c.salt",
    to: "msg.sender, c.salt",
  },
  {
    ...{ name: "opened-within-reveal", attack: "late-opening", ...ORACLE },
    from: " || made < _openableSince()",
    to: "",
  },
  {
    ...{ name: "cancelled-after-reveal", attack: "fee-taken-back", ...ORACLE },
    from: "effectiveAt = block.timestamp + REVEAL;",
    to: "effectiveAt = block.timestamp;",
  },
  {
    ...{ name: "price-by-control", attack: "repriced-precompile", contracts: [] },
    file: "contracts/evm/l1/L1Precompile.sol",
    from: "uint256 needed = before - gasleft();",
    to: "uint256 needed = before > 0 ? 150 : 0;",
  },
  {
    ...{ name: "own-consumers-alone", attack: "foreign-consumer", ...TYPESCRIPT },
    file: "challenger/watch/watchtower.ts",
    from: "return this.#own.has(consumer) || this.#options.consumers.has(consumer);",
    to: "return consumer !== undefined;",
  },
  {
    ...{ name: "batches-differ-by-size", attack: "exchanged-batch", ...TYPESCRIPT },
    file: "challenger/watch/batch-trace-provider.ts",
    from: " || a.bytes.length !== b.bytes.length",
    to: "",
  },
  {
    ...{ name: "no-delivery-at-a-loss", attack: "burning-callback", ...TYPESCRIPT },
    file: "challenger/watch/delivery.ts",
    from: "return earned > 0n && earned >= deliveryGas(asked.request, truth.bytes.length) * (await gasPrice());",
    to: "return earned >= 0n && (await gasPrice()) > 0n;",
  },
];

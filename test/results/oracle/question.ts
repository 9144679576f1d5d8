/**
 * The rules by which an oracle's question gets its result and its fee (contracts/oracle/InferenceOracle.sol), without money and hashes.
 * Times are hours; games conclude as told.
 */

/** What can be taken out of the rules, and who gains by it. */
export const ORACLE_RULES = {
  feeByCommitment: "whoever opens first, with an answer copied out of the pool, gets the fee",
  feeByResult: "the fee goes to whoever stands in the first concluded game, which is about somebody's own false answer",
  commitmentNamesOutput: "an empty commitment, made before anybody computes, is opened with a copied answer",
  commitmentNamesProvider: "a copied opening opens the commitment for whoever sends it",
  openedWithinReveal: "commitments to several outputs wait until the result is known",
  cancelWaits: "a requester reads the answer in the pool, and takes its fee back before it is included",
  gamesKeepFee: "a requester takes its fee back while games about the answer go on",
  resultKeepsFee: "a requester takes its fee back once it has read the result",
  askingKeepsCommitments: "after the guardian asked again, a copy is committed to first",
  knownResultReturnsFee: "an old answer earns the fee of a request that made nobody compute",
} as const;
export type OracleRule = keyof typeof ORACLE_RULES;
export type OracleRules = Readonly<Record<OracleRule, boolean>>;

export const MAX_CLOCK = 84;
export const LONGEST = 211;
export const REVEAL = 12;
export const DELIVERY_DELAY = 48;
const SETTLE_WITHIN = LONGEST + 72;

/** An output is true or false; a commitment without one can be opened to any, where the rules let it. */
export type Output = "true" | "false";
export type Party = "provider" | "thief" | "watcher" | "requester";
export type Commitment = { by: Party; output: Output | undefined; made: number; order: number };

/** Who made what stands when it concludes. */
type Concluded = { made: number; result: Output; maker: Party };

export class Question {
  readonly rules: OracleRules;
  readonly #requestedAt: number;
  #order = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #result: { output: Output; readyAt: number; maker: Party } | undefined;
  #frozen = false;
  #lastGame = Number.NEGATIVE_INFINITY;
  #freeAt: number | undefined;
  #reclaimed = false;
  /** The opened commitments that count, by output. */
  readonly #answers = new Map<Output, { by: Party; order: number; opened: number }>();

  constructor(rules: OracleRules, requestedAt: number) {
    this.rules = rules;
    this.#requestedAt = requestedAt;
  }

  commit(by: Party, output: Output | undefined, now: number): Commitment {
    return { by, output, made: now, order: this.#order++ };
  }

  /** @returns whether the opening is accepted; a game about the output may then be opened */
  open(by: Party, commitment: Commitment, output: Output, now: number): boolean {
    const { rules } = this;
    if (commitment.output !== output && rules.commitmentNamesOutput) return false;
    if (commitment.by !== by && rules.commitmentNamesProvider) return false;
    if (now <= commitment.made || (now > commitment.made + REVEAL && rules.openedWithinReveal)) return false;
    const known = this.#answers.get(output);
    const isEarlier = known === undefined || (rules.feeByCommitment && commitment.order < known.order);
    if (isEarlier) this.#answers.set(output, { by, order: commitment.order, opened: now });
    this.#lastGame = now;
    return true;
  }

  settle({ made, result, maker }: Concluded, now: number): void {
    if (made <= this.#askedAt || now > made + SETTLE_WITHIN || this.#frozen || this.#isFinal(now)) return;
    if (this.#result === undefined) this.#result = { output: result, readyAt: now + DELIVERY_DELAY, maker };
    else if (this.#result.output !== result) this.#frozen = true;
  }

  #isFinal(now: number): boolean {
    return this.#result !== undefined && !this.#frozen && now >= this.#result.readyAt;
  }

  askAgain(now: number): void {
    if (this.#isFinal(now)) return;
    this.#askedAt = now;
    this.#result = undefined;
    this.#frozen = false;
    this.#lastGame = Number.NEGATIVE_INFINITY;
    if (!this.rules.askingKeepsCommitments) this.#answers.clear();
  }

  cancel(now: number): void {
    this.#freeAt = this.rules.cancelWaits ? now + REVEAL : now;
  }

  /** @returns whether the requester has its fee back */
  reclaim(now: number): boolean {
    const { rules } = this;
    if (this.#freeAt === undefined || this.#reclaimed) return false;
    if (rules.resultKeepsFee && this.#result !== undefined && !this.#frozen) return false;
    const afterGames = rules.gamesKeepFee ? this.#lastGame + SETTLE_WITHIN + 1 : Number.NEGATIVE_INFINITY;
    if (now < Math.max(this.#freeAt, afterGames, this.#askedAt + REVEAL)) return false;
    this.#reclaimed = true;
    return true;
  }

  /** @returns who gets the fee of a request made at a time; undefined if nothing is delivered */
  deliver(now: number, requestedAt = this.#requestedAt): Party | undefined {
    if (!this.#isFinal(now) || this.#reclaimed) return undefined;
    const { output, readyAt, maker } = this.#result!;
    if (requestedAt >= readyAt && this.rules.knownResultReturnsFee) return "requester";
    if (!this.rules.feeByResult) return maker;
    return this.#answers.get(output)?.by ?? "requester";
  }

  get isTrue(): boolean {
    return this.#result?.output === "true";
  }
}

import { type Hex, toHex } from "@elench/bytes/hex";
import { type Claim, type Entry, packAnswered, packClaim, packProposal } from "@elench/challenger/strategy/record";
import type { Run } from "@elench/challenger/strategy/trace-provider";
import { emptyForest, extend, type Forest, type Game, type Node, segmentSteps } from "@elench/challenger/strategy/tree";
import { open } from "../../challenger/strategy/dissection.ts";
import { entriesOf, standingOf } from "../../challenger/strategy/standing.ts";
import { type Chain, gameEvents, type Receipt } from "./chain.ts";
import type { Artifact } from "./compile.ts";
import type { Toys, ToyTraceProvider } from "./toy.ts";

export const parameters = {
  maxClock: 1000n,
  extension: 50n,
  longExtension: 120n,
  bond: 3_000_000n,
  prepayment: 1_000n,
  withdrawalDelay: 100n,
};

export const [PROPOSAL_PRICE, COUNTER_PRICE, MOVE_PRICE] = [4n, 2n, 1n].map(
  (bonds) => bonds * parameters.bond + parameters.prepayment,
) as [bigint, bigint, bigint];

const ZERO: Hex = `0x${"0".repeat(64)}`;

/** What a part of a settlement says of the parts before it. */
export interface Part {
  readonly proposal: object;
  readonly verdict: bigint;
  readonly winner: Hex;
  readonly claims: readonly object[];
  readonly verdicts: readonly bigint[];
  readonly parents: readonly object[];
  readonly winnerRoot: Hex;
  readonly winnerOutput: Hex;
}

/** The contract with its events read, and calls of it one by one: no strategy. */
export class Board {
  readonly chain: Chain;
  readonly artifact: Artifact;
  readonly address: Hex;
  readonly toys: Toys;
  now: number;
  forest: Forest = emptyForest();

  private constructor(chain: Chain, artifact: Artifact, address: Hex, toys: Toys, now: number) {
    this.chain = chain;
    this.artifact = artifact;
    this.address = address;
    this.toys = toys;
    this.now = now;
  }

  static async open(chain: Chain, artifacts: Record<string, Artifact>, changes = {}): Promise<Board> {
    const { DisputeGame, ToyMachine } = artifacts as { DisputeGame: Artifact; ToyMachine: Artifact };
    const second = await chain.deploy(ToyMachine, [`0x${"0".repeat(40)}`]);
    const first = await chain.deploy(ToyMachine, [second]);
    const guardian = chain.accounts[2]!;
    const address = await chain.deploy(DisputeGame, [{ ...parameters, guardian, ...changes }]);
    const { timestamp } = await chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
    return new Board(chain, DisputeGame, address, { first, second }, Number(timestamp) + 1);
  }

  get consumer(): Hex {
    return this.chain.accounts[1]!;
  }
  get guardian(): Hex {
    return this.chain.accounts[2]!;
  }
  get settler(): Hex {
    return this.chain.accounts[3]!;
  }
  get honest(): Hex {
    return this.chain.accounts[4]!;
  }
  liar(i = 0): Hex {
    return this.chain.accounts[5 + i]!;
  }

  game(number: bigint): Game {
    return this.forest.games.get(this.forest.numbers.get(number)!)!;
  }

  async call(from: Hex, name: string, args: unknown[], value = 0n): Promise<Receipt> {
    const { chain, artifact, address } = this;
    const receipt = await chain.transact({ from, to: address, abi: artifact.abi, name, args, value, at: this.now });
    this.forest = extend(this.forest, gameEvents(artifact.abi, receipt.logs));
    return receipt;
  }

  read<T>(name: string, args: unknown[] = []): Promise<T> {
    return this.chain.read({ to: this.address, abi: this.artifact.abi, name, args });
  }

  /** @returns the game's number */
  async propose(
    run: Run,
    output: Hex,
    proposer: Hex,
    { region = 0, from = this.consumer, value = PROPOSAL_PRICE } = {},
  ) {
    const where = (BigInt(region) << 168n) | (BigInt(run.level) << 160n) | BigInt(run.machine);
    const known = new Set(this.forest.numbers.keys());
    const receipt = await this.call(from, "propose", [where, proposer, run.context, run.start, output], value);
    const number = [...this.forest.numbers.keys()].find((n) => !known.has(n))!;
    return { number, receipt };
  }

  /** The states of a claim as somebody tells them. */
  points(provider: ToyTraceProvider, run: Run, offset = 0n, level = run.level): Hex[] {
    const width = segmentSteps(level);
    return Array.from({ length: 17 }, (_, i) => provider.hash(run, Number(offset + BigInt(i) * width)));
  }

  async counter(
    number: bigint,
    from: Hex,
    output: Hex,
    middles: readonly Hex[],
    { hint = 0, value = COUNTER_PRICE } = {},
  ): Promise<Receipt> {
    return this.call(from, "counter", [packProposal(this.game(number).proposal, hint), output, middles], value);
  }

  async move(node: Node, segment: number, from: Hex, points: readonly Hex[], { hint = 0, value = MOVE_PRICE } = {}) {
    const rest = [this.#opening(node, segment), points[16], points.slice(1, 16)];
    return this.#answer("move", node, segment, hint, from, rest, value);
  }

  async refute(node: Node, segment: number, from: Hex, witness: Hex, { hint = 0 } = {}): Promise<Receipt> {
    return this.#answer("refute", node, segment, hint, from, [this.#opening(node, segment), witness]);
  }

  async delegate(
    node: Node,
    segment: number,
    from: Hex,
    witness: Hex,
    output: Hex,
    middles: readonly Hex[],
    { hint = 0, value = MOVE_PRICE } = {},
  ): Promise<Receipt> {
    const rest = [this.#opening(node, segment), witness, output, middles];
    return this.#answer("delegate", node, segment, hint, from, rest, value);
  }

  #opening(node: Node, segment: number) {
    const { from, to, proof } = open(node.points, segment);
    return { from, to, proof };
  }

  #answer(name: string, node: Node, segment: number, hint: number, from: Hex, rest: unknown[], value = 0n) {
    const claim = packAnswered(node, segment, hint);
    return node.output === undefined
      ? this.call(from, name, [claim, ...rest], value)
      : this.call(from, `${name}Whole`, [claim, node.output, ...rest], value);
  }

  #winner(game: Game): { winnerRoot: Hex; winnerOutput: Hex; winner: Claim | undefined } {
    const winner = standingOf(game).winner(0);
    const node = winner && game.claims.get(winner.number);
    return { winner: node, winnerRoot: node?.root ?? ZERO, winnerOutput: node?.output ?? ZERO };
  }

  /** The arguments of `settle`. */
  settlement(number: bigint): [object, object[], Hex, Hex] {
    const game = this.game(number);
    const { winnerRoot, winnerOutput } = this.#winner(game);
    return [packProposal(game.proposal), entriesOf(game).map(packClaim), winnerRoot, winnerOutput];
  }

  settle(number: bigint, from = this.settler): Promise<Receipt> {
    return this.call(from, "settle", this.settlement(number));
  }

  /** The arguments of `settlePart` for runs of so many claims, the latest first. */
  parts(number: bigint, sizes: readonly number[]): Part[] {
    const game = this.game(number);
    const all = entriesOf(game) as Entry[];
    const { winnerRoot, winnerOutput } = this.#winner(game);
    /** What was found so far, by the number of the claim that it is about. */
    const found = new Map<number, Entry>();
    const bound = new Map<number, bigint>();
    let [verdict, winner] = [0n, ZERO];
    const parts: Part[] = [];
    let at = 0;
    for (const size of sizes) {
      const run = all.slice(at, at + size);
      at += size;
      const last = run.at(-1)?.number ?? 1;
      const before = { verdict, winner };
      const touched = new Set<number>();
      for (const entry of run) {
        if (found.has(entry.number)) continue;
        const best = found.get(entry.parent);
        if (best && rank(best) < rank(entry)) continue;
        found.set(entry.parent, entry);
        if (entry.parent === 0) [verdict, winner] = [rank(entry), entry.commitment];
        else if (entry.parent < last) touched.add(entry.parent);
      }
      const parents = all.filter((entry) => touched.has(entry.number));
      const carried = [...run, ...parents].flatMap((entry) => bound.get(entry.number) ?? []);
      for (const parent of parents) bound.set(parent.number, rank(found.get(parent.number)!));
      parts.push({
        proposal: packProposal(game.proposal),
        ...before,
        claims: run.map(packClaim),
        verdicts: carried,
        parents: parents.map(packClaim),
        winnerRoot,
        winnerOutput,
      });
    }
    return parts;
  }

  /** The proposal as a consumer brings it, with the result. */
  concluded(number: bigint): object {
    const game = this.game(number);
    return packProposal({ ...game.proposal, output: game.output ?? game.proposal.output });
  }

  witness(provider: ToyTraceProvider, node: Node, segment: number): Hex {
    return provider.witnessHex(node.run, Number(node.offset) + segment);
  }

  async balance(): Promise<bigint> {
    return BigInt(await this.chain.request<Hex>("eth_getBalance", [this.address, "latest"]));
  }
}

/** A verdict: the lowest is paid. */
const rank = ({ segment, number, claimant }: Entry): bigint =>
  (BigInt(segment) << 184n) | (BigInt(number) << 160n) | BigInt(claimant);

export { toHex };

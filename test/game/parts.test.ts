import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { type Part, partsOf } from "@elench/challenger/strategy/parts";
import { packProposal, regionOf } from "@elench/challenger/strategy/record";
import { dueAt, dueSettlement, type Settlement } from "@elench/challenger/strategy/settlement";
import type { Game, Node } from "@elench/challenger/strategy/tree";
import { open } from "../../challenger/strategy/dissection.ts";
import { type Arena, openArena, parameters, prices, times } from "./arena.ts";
import { childPoints, pointsFrom } from "./attackers.ts";
import { startChain } from "./chain.ts";
import { answerOf, begin, junkCounter, settleDue } from "./check.ts";
import { type Artifact, compileGame, type Mutation } from "./compile.ts";
import { outputOf, type ToyTraceProvider } from "./toy.ts";

/** Games with more claims than a transaction carries. */

const CLAIMS = Number(process.env.ELENCH_CLAIMS ?? 5000);
/** Counters in one transaction, and claims in one part: 100 kB. */
const [AT_ONCE, SIZE] = [100, 1000];
/** Counters that a move brings down. */
const ANSWERED = 60;

describe("settlement in parts", () => {
  let arena: Arena;
  let artifacts: Record<string, Artifact>;
  /** A contract that makes many counters at once. */
  let crowd: Hex;
  before(async () => {
    artifacts = compileGame({ optimize: true, leastPart: 1 });
    const chain = await startChain();
    crowd = await chain.deploy(artifacts.Crowd!, []);
    arena = await openArena(artifacts, chain);
  });
  after(() => arena.chain.close());

  it(`settles ${CLAIMS} claims: what is paid out, with the thirds that stay, is what was paid in`, async () => {
    const { game, truth } = await crowded(CLAIMS - ANSWERED);
    const every = Math.floor((CLAIMS - ANSWERED) / ANSWERED);
    const answered = Array.from({ length: ANSWERED }, (_, i) => 2 + i * every);
    for (const number of answered) await answer(game(), number, truth);
    assert.equal(game().entries, CLAIMS);

    const paidIn = await balance();
    for (const part of await settlementOf(game())) await part.settle();
    const { bond, prepayment } = parameters;
    const falls = BigInt(answered.length);
    const stays = 4n * bond - (4n * bond) / 3n;
    const expected = {
      // The counters that stand; the first of them brings the proposal down.
      crowd: BigInt(CLAIMS - 2 * ANSWERED) * 2n * bond + stays,
      honest: falls * (bond + 2n * bond - (2n * bond) / 3n),
      settler: BigInt(CLAIMS + 1) * prepayment,
    };
    const credits = {
      crowd: await arena.credit(crowd),
      honest: await arena.credit(arena.honest),
      settler: await arena.credit(arena.settler),
    };
    assert.deepEqual(credits, expected);
    const thirds = (4n * bond) / 3n + falls * ((2n * bond) / 3n);
    assert.equal(credits.crowd + credits.honest + credits.settler + thirds, paidIn);
    assert.equal(await balance(), paidIn, "settlement moves no ether");
  });

  describe("each part", () => {
    it("is refused while anything in the game can be answered", async () => {
      const { game, truth } = await crowded(3);
      await answer(game(), 1, truth);
      const last = await settlementOf(game());
      arena.now = dueAt(game(), times) - 1;
      for (const part of last) assert.equal(await answerOf(part.settle), "TooEarly");
      await settleDue(arena, game());
    });

    it("takes the claims that come next, all of them, and no other", async () => {
      const { game, truth } = await crowded(3);
      await answer(game(), 1, truth);
      const [first, second] = (await settlementOf(game(), 2)) as [Settling, Settling];
      const refused = (part: Part) => answerOf(() => first.settleWith(part));
      assert.equal(await refused({ ...first.part, entries: [] }), "WrongClaim");
      assert.equal(await refused({ ...first.part, entries: first.part.entries.slice(1) }), "WrongClaim");
      assert.equal(await refused(second.part), "WrongClaim");
      assert.equal(await answerOf(first.settle), "accepted");
      assert.equal(await answerOf(first.settle), "NoSuchGame");
      assert.equal(await answerOf(second.settle), "accepted");
      assert.equal(await answerOf(second.settle), "NoSuchGame");
    });

    it("takes so many claims at least, unless it is the last", async (t) => {
      const removed = { file: "Settlement.sol", from: "if (left != 0 && count < LEAST_PART)", to: "if (false)" };
      const settled = async (mutations: Mutation[], sizes: number[]) => {
        const four = await openArena(compileGame({ leastPart: 4, mutations }));
        t.after(() => four.chain.close());
        const { game } = await begin(four);
        for (let i = 1; i <= 6; i++) await junkCounter(four, game(), i, 6 + i);
        four.now = dueAt(game(), times);
        const settlement = dueSettlement(game(), times, four.now)!;
        const settle = (size: number) =>
          answerOf(() => four.settlePart(four.settler, settlement, partsOf(game(), size)[0]!));
        const answers: string[] = [];
        for (const size of sizes) answers.push(await settle(size));
        return answers;
      };
      assert.deepEqual(await settled([], [3, 4, 2]), ["PartTooSmall", "accepted", "accepted"]);
      assert.deepEqual(await settled([removed], [3]), ["accepted"]);
    });

    it("hands on what stands against claims of later parts: all of it, as it was found, and once", async () => {
      const { game, truth } = await crowded(2);
      await answer(game(), 1, truth);
      await answer(game(), 2, truth, 4);
      const [first, second] = (await settlementOf(game(), 2)) as [Settling, Settling];
      const { parents } = first.part;
      assert.deepEqual(parents.map(({ number }) => number).sort(), [1, 2]);
      const one = (part: Settling, change: Partial<Part>) =>
        answerOf(() => part.settleWith({ ...part.part, ...change }));
      assert.equal(await one(first, { parents: [] }), "ParentsMissing");
      assert.equal(await one(first, { parents: parents.slice(1) }), "ParentsMissing");
      assert.equal(await one(first, { parents: [...parents, parents[0]!] }), "NothingToBind");
      assert.equal(await one(first, { parents: [...parents, first.part.entries[0]!] }), "NothingToBind");
      assert.equal(await answerOf(first.settle), "accepted");

      const { carried } = second.part;
      assert.equal(carried.length, 2);
      assert.equal(await one(second, { carried: [] }), "VerdictMissing");
      assert.equal(await one(second, { carried: carried.toReversed() }), "NoSuchClaim");
      const stolen = carried.map((winner) => ({ ...winner, by: arena.liar(3) }));
      assert.equal(await one(second, { carried: stolen }), "NoSuchClaim");
      assert.equal(await answerOf(second.settle), "accepted");
      assert.equal(game().status, "upheld");
    });

    it("keeps a better verdict that a later part finds", async () => {
      const { game, truth } = await crowded(1);
      await answer(game(), 1, truth, 2, arena.liar(2));
      await answer(game(), 1, truth, 5, arena.liar(5));
      const parts = await settlementOf(game(), 1);
      const before = [await arena.credit(arena.liar(2)), await arena.credit(arena.liar(5))] as const;
      for (const part of parts) await part.settle();
      const { bond } = parameters;
      const after = [await arena.credit(arena.liar(2)), await arena.credit(arena.liar(5))] as const;
      assert.equal(after[0] - before[0], bond + 2n * bond - (2n * bond) / 3n, "the lower segment is paid");
      assert.equal(after[1] - before[1], bond, "the higher one gets its bond back");
    });

    it("is bound to what earlier parts found against the proposal", async () => {
      const { game } = await crowded(3);
      const [first, second, third] = (await settlementOf(game(), 1)) as [Settling, Settling, Settling];
      await first.settle();
      const against = { ...second.part.against!, by: arena.liar(3) };
      assert.equal(await answerOf(() => second.settleWith({ ...second.part, against })), "NoSuchGame");
      assert.equal(await answerOf(() => second.settleWith({ ...second.part, against: undefined })), "NoSuchGame");
      await second.settle();
      const loser = { ...third.settlement, winner: { root: outputOf(1), output: outputOf(2) } };
      assert.equal(await answerOf(() => arena.settlePart(arena.settler, loser, third.part)), "WrongWinner");
      assert.equal(await answerOf(third.settle), "accepted");
      assert.equal(game().output, outputOf(7));
    });
  });

  it("keeps a game's places until its last part, and its result as one settlement does", async () => {
    const { game } = await crowded(2);
    const region = regionOf(game().proposal.number);
    const [first, second] = (await settlementOf(game(), 1)) as [Settling, Settling];
    await first.settle();
    assert.equal((await arena.gameAt(region)).status, 1);
    assert.equal(await arena.ended(game().proposal, outputOf(7)), 0);
    const places = game().counters.map((n) => game().claims.get(n)!.place);
    const other = await begin(arena);
    arena.hint = () => places[0]!;
    await arena.counter(arena.liar(1), other.game().proposal, outputOf(3), middles(other.truth, other.game()));
    assert.ok(!places.includes(other.game().claims.get(1)!.place));
    await second.settle();
    const { generation, status, claims } = await arena.gameAt(region);
    assert.deepEqual({ status, claims }, { status: 3, claims: 2n });
    assert.ok(generation > 0n);
    assert.equal(await arena.ended(game().proposal, outputOf(7)), 3);
    await settleDue(arena, other.game());
  });

  const balance = async (): Promise<bigint> =>
    BigInt(await arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]));

  const middles = (truth: ToyTraceProvider, { proposal }: Game): Hex[] =>
    pointsFrom(truth, proposal, 0n, 2).slice(0, 15);

  /** A true proposal under so many equal counters by one account. */
  async function crowded(count: number) {
    const { game, truth } = await begin(arena, { region: 9000 });
    const { proposal } = game();
    for (let made = 0; made < count; made += AT_ONCE) {
      const now = Math.min(AT_ONCE, count - made);
      const args = [arena.address, packProposal(proposal, made), outputOf(7), middles(truth, game()), now];
      await arena.through(crowd, artifacts.Crowd!.abi, "counter", args, prices.counter * BigInt(now));
    }
    return { game, truth };
  }

  /** A move that stands against one of the counters. */
  async function answer(game: Game, number: number, truth: ToyTraceProvider, segment = 3, by = arena.honest) {
    const node = game.claims.get(number) as Node;
    const points = childPoints(truth, node, segment).with(15, outputOf(segment));
    arena.hint = () => 20_000 + game.entries;
    await arena.move(by, node, open(node.points, segment), points[15]!, points.slice(0, 15));
  }

  interface Settling {
    readonly settlement: Settlement;
    readonly part: Part;
    readonly settle: () => Promise<unknown>;
    readonly settleWith: (part: Part) => Promise<unknown>;
  }

  /** The parts of a settlement, once it is due. */
  async function settlementOf(game: Game, size = SIZE): Promise<Settling[]> {
    arena.now = Math.max(arena.now, dueAt(game, times));
    const settlement = dueSettlement(game, times, arena.now)!;
    const settleWith = (part: Part) => arena.settlePart(arena.settler, settlement, part);
    return partsOf(game, size).map((part) => ({ settlement, part, settleWith, settle: () => settleWith(part) }));
  }
});

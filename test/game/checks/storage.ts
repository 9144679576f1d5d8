import type { Hex } from "@elench/bytes/hex";
import { packClaim, regionOf } from "@elench/challenger/strategy/record";
import { LINE } from "@elench/spec/game/game";
import { keccakWords, word } from "../../../challenger/strategy/words.ts";
import { type Arena, parameters } from "../arena.ts";
import { begin, type Check, expects, junkCounter, settleDue } from "../check.ts";

/** What storage keeps, for how long, and how it is used again. */
export const storage: Check[] = [
  {
    name: "a claim's slot keeps 208 bits of its record's hash: a second record of one tag takes over 2^100 work",
    async run(arena) {
      const { game } = await begin(arena);
      await junkCounter(arena, game(), 1, 7);
      const node = game().claims.get(1)!;
      const { terms, origin, commitment } = packClaim({ ...node, place: 0 });
      const record = BigInt(keccakWords(word(terms), word(origin), commitment.slice(2)));
      const slot = await arena.read<bigint>("claimAt", [node.place]);
      return [
        ...expects("the tag", record >> 48n, slot >> 48n),
        ...expects("its game", game().proposal.number, (slot >> 8n) & 0xffffffffffn),
        ...expects("its mark", 0n, slot & 0xffn),
      ];
    },
  },
  {
    name: "slots are warmed without a change to what is stored, and serve as fresh ones do",
    async run(arena) {
      const [region, place] = [6000, 6000];
      const used = await begin(arena, { region });
      arena.hint = () => place;
      await junkCounter(arena, used.game(), 1, 7);
      const stored = async (): Promise<string> =>
        JSON.stringify([await arena.gameAt(region), await arena.read("claimAt", [place])], (_, value) => String(value));
      const before = await stored();
      await arena.transact(arena.liar(2), "warm", [region, 3, place, 3]);
      const after = await stored();
      const next = await begin(arena, { region: region + 1 });
      arena.hint = () => place + 1;
      await junkCounter(arena, next.game(), 1, 8);
      const { proposal } = next.game();
      const entry = next.game().claims.get(1)!;
      await settleDue(arena, next.game());
      await settleDue(arena, used.game());
      return [
        ...expects("what was stored", before, after),
        ...expects("the next region", region + 1, regionOf(proposal.number)),
        ...expects("its generation", 1n, proposal.number & 0xffffn),
        ...expects("the next place", place + 1, entry.place),
        ...expects("the result", "replaced", next.game().status),
      ];
    },
  },
  {
    name: "W and the retention follow from the clocks and the longest line",
    async run(arena) {
      const claims = LINE.span + LINE.evm + LINE.tensor;
      const long = 2 * Object.keys(LINE).length - 1;
      const times = async (other: Hex): Promise<[bigint, bigint]> => {
        const at = { to: other, abi: arena.artifact.abi, args: [] };
        return [
          await arena.chain.read<bigint>({ ...at, name: "longest" }),
          await arena.chain.read<bigint>({ ...at, name: "retention" }),
        ];
      };
      const { guardian } = arena;
      const days = { maxClock: 8n * DAY, extension: 3600n, longExtension: 4n * 3600n };
      const slow = await deployed(arena, { ...parameters, ...days, guardian });
      const w = ({ maxClock, extension, longExtension }: typeof days): bigint =>
        2n * maxClock + BigInt(long) * longExtension + BigInt(claims - long) * extension;
      return [
        ...expects("claims of the longest line", 28, claims),
        ...expects("quick", [w(parameters), 14n * DAY], await times(arena.address)),
        ...expects("slow", [w(days), w(days) + 3n * DAY], await times(slow)),
      ];
    },
  },
];

const DAY = 86_400n;

/** A second contract. The chain chooses the time of its block, and the arena goes on from there. */
async function deployed(arena: Arena, changes: object): Promise<Hex> {
  const address = await arena.chain.deploy(arena.artifact, [changes]);
  const { timestamp } = await arena.chain.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  arena.now = Math.max(arena.now, Number(timestamp) + 1);
  return address;
}

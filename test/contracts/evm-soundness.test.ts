/** Steps of every kind, on the whole verifier: from a state there is one witness that it takes, and one state that it comes to. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { equalBytes } from "@elench/bytes/words";
import { PHASE } from "@elench/evm/structures/layout";
import { OPCODES } from "../../evm/machine/opcodes.ts";
import { type Random, seededRandom } from "../../evm/trie/fixtures/random.ts";
import { gatherSteps, type KnownStep } from "../fuzz/steps.ts";
import { type Claim, type EvmVerifier, startEvmVerifier } from "./evm-verifier.ts";

/** Random batches from which the steps are taken. */
const SEEDS = 120;
const STATE_BYTES = 480;
const WORD_BYTES = 32;

let steps: readonly KnownStep[];
let verifier: EvmVerifier;
before(async () => {
  steps = await gatherSteps(SEEDS);
  verifier = await startEvmVerifier();
});
after(() => verifier.close());

const random = seededRandom(3);
const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;

type Damage = (step: KnownStep, random: Random) => Iterable<Uint8Array>;

/** None of the witnesses that a damage makes is taken, whatever it would lead to. */
async function refuses(damage: Damage): Promise<void> {
  const tried = steps.flatMap((known) =>
    [...damage(known, random)]
      .filter((witness) => !equalBytes(witness, known.witness))
      .map((witness) => ({ known, pre: known.pre, witness })),
  );
  assert.ok(tried.length > steps.length / 2, `only ${tried.length} witnesses were tried`);
  await refusesAll(tried);
}

async function refusesAll(tried: readonly (Claim & { readonly known: KnownStep })[]): Promise<void> {
  const posts = await verifier.steps(tried);
  for (const [i, post] of posts.entries()) {
    if (post === null) continue;
    const { known, witness } = tried[i] as (typeof tried)[number];
    const at = witness.findIndex((byte, place) => byte !== known.witness[place]);
    const where = known.parts.findLast((start) => start <= at);
    const what = equalBytes(post, known.post) ? "a second witness" : "a false state";
    assert.fail(`${known.kind}: ${what}, by byte ${at} of the part at ${where} of ${known.witness.length}`);
  }
}

/** Offsets in each part: its first two bytes, its last, and two more. */
function* places({ parts, witness }: KnownStep): Generator<number> {
  for (const [i, start] of parts.entries()) {
    const end = parts[i + 1] ?? witness.length;
    for (const at of new Set([start, start + 1, end - 1, start + random(end - start), start + random(end - start)]))
      if (at < end) yield at;
  }
}

const changed = (bytes: Uint8Array, at: number, byte: number): Uint8Array => bytes.with(at, byte & 255);

function withWord(bytes: Uint8Array, at: number, word: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(word, at);
  return copy;
}

/** Offset of a word that lies behind the state: counted from the beginning of a part, as siblings and fields do, or from its end. */
function randomWordAt({ parts, witness }: KnownStep): number | undefined {
  const places = parts.flatMap((start, i) => {
    const words = Math.floor(((parts[i + 1] ?? witness.length) - start) / WORD_BYTES);
    const end = parts[i + 1] ?? witness.length;
    return i === 0 || words === 0 ? [] : [start + WORD_BYTES * random(words), end - WORD_BYTES * (1 + random(words))];
  });
  return places.length === 0 ? undefined : pick(places);
}

describe("the EVM's verifier", () => {
  it("is tried on every phase and every opcode, but for the one step that the tensor machine takes", () => {
    const known = new Set(
      steps.map(({ before }) =>
        before
          .split(" ")
          .slice(0, before.startsWith("opcode") ? 2 : 1)
          .join(" "),
      ),
    );
    const { execute, ask, ...phases } = PHASE;
    const opcodes = [...OPCODES.keys()].filter((op) => OPCODES[op]);
    const names = [...Object.keys(phases), ...opcodes.map((op) => `opcode 0x${op.toString(16).padStart(2, "0")}`)];
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
    const failing = new Set(steps.filter(({ kind }) => kind.endsWith("→ leave 2")).map(({ before }) => before));
    assert.ok(failing.size > 60, `${failing.size} kinds of steps fail`);
  });

  it("comes to the machine's next state", async () => {
    const posts = await verifier.steps(steps);
    for (const [i, { kind, post }] of steps.entries()) assert.deepEqual(posts[i], post, kind);
  });

  it("refuses a witness with a bit changed, whatever part of it", async () => {
    await refuses(function* (known) {
      for (const at of places(known))
        yield changed(known.witness, at, (known.witness[at] as number) ^ (1 << random(8)));
    });
  });

  it("refuses a witness with a byte one more or one less, whatever part of it: a length, a number of siblings, a kind", async () => {
    await refuses(function* (known) {
      for (const at of places(known))
        yield changed(known.witness, at, (known.witness[at] as number) + 1 + 254 * random(2));
    });
  });

  it("refuses a witness with a word of zeros, of ones, or another of its own words", async () => {
    await refuses(function* (known) {
      const { witness } = known;
      for (let i = 0; i < 6; i++) {
        const [at, other] = [randomWordAt(known), randomWordAt(known)];
        if (at === undefined || other === undefined) return;
        const words = [
          new Uint8Array(WORD_BYTES),
          new Uint8Array(WORD_BYTES).fill(255),
          witness.slice(other, other + WORD_BYTES),
        ];
        yield withWord(witness, at, pick(words));
      }
    });
  });

  it("refuses a witness with two words exchanged", async () => {
    await refuses(function* (known) {
      const { witness } = known;
      for (let i = 0; i < 6; i++) {
        const [a, b] = [randomWordAt(known), randomWordAt(known)];
        if (a === undefined || b === undefined) return;
        const words = [a, b].map((at) => witness.slice(at, at + WORD_BYTES)) as [Uint8Array, Uint8Array];
        yield withWord(withWord(witness, a, words[1]), b, words[0]);
      }
    });
  });

  it("refuses a witness that is cut off, at a part's end or anywhere, and one that goes on", async () => {
    await refuses(function* ({ witness, parts }) {
      for (const end of [...parts, witness.length - 1, witness.length - WORD_BYTES, random(witness.length)])
        yield witness.subarray(0, Math.max(end, 0));
      yield concat(witness, Uint8Array.of(random(2)));
      yield concat(witness, new Uint8Array(WORD_BYTES));
      yield concat(witness, witness.subarray(parts.at(-1)));
    });
  });

  it("refuses a witness with a part left out, or doubled", async () => {
    await refuses(function* ({ witness, parts }) {
      for (const [i, start] of parts.entries()) {
        const end = parts[i + 1] ?? witness.length;
        yield concat(witness.subarray(0, start), witness.subarray(end));
        yield concat(witness.subarray(0, end), witness.subarray(start));
      }
    });
  });

  it("refuses the witness of another step, of the same kind or any, and its own state with what another opened", async () => {
    await refuses(function* (known) {
      const alike = steps.filter((other) => other !== known && other.before === known.before);
      for (const other of [...(alike.length > 0 ? [pick(alike), pick(alike)] : []), pick(steps)]) {
        yield other.witness;
        yield concat(known.witness.subarray(0, STATE_BYTES), other.witness.subarray(STATE_BYTES));
      }
    });
  });

  it("refuses the true witness for another state", async () => {
    const tried = steps.flatMap((known) => {
      const at = random(known.pre.length);
      const pres = [changed(known.pre, at, (known.pre[at] as number) ^ (1 << random(8))), known.post, pick(steps).pre];
      return pres.filter((pre) => !equalBytes(pre, known.pre)).map((pre) => ({ known, pre, witness: known.witness }));
    });
    const posts = await verifier.steps(tried);
    assert.deepEqual(
      tried.filter((_, i) => posts[i] !== null).map(({ known }) => known.kind),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counter, move, proposal, refutation } from "./fixtures/log.ts";
import {
  type Answered,
  claimIdOf,
  gameIdOf,
  generationOf,
  packAnswered,
  packClaim,
  packProposal,
  regionOf,
  unpackClaim,
  unpackProposal,
} from "./record.ts";

describe("records", () => {
  it("come back from their words", () => {
    assert.deepEqual(unpackProposal(packProposal(proposal)), proposal);
    for (const claim of [counter, move, refutation, { ...move, kind: "delegation" as const }])
      assert.deepEqual(unpackClaim(packClaim(claim)), claim);
  });

  it("keep every field apart, at its highest value", () => {
    const [most, address] = [(bits: number) => 2 ** bits - 1, `0x${"f".repeat(40)}` as const];
    const full = { number: (1n << 40n) - 1n, level: most(8), made: most(40), consumer: address, proposer: address };
    assert.deepEqual(unpackProposal(packProposal({ ...proposal, ...full })), { ...proposal, ...full });
    const widths = { number: 24, parent: 24, segment: 4, level: 4, made: 40, clock: 24, parentClock: 24, place: 24 };
    for (const [name, bits] of Object.entries(widths)) {
      const none = Object.fromEntries(Object.keys(widths).map((other) => [other, 0]));
      const claim = { ...move, ...none, [name]: most(bits) };
      assert.deepEqual(unpackClaim(packClaim(claim)), claim, name);
    }
  });

  it("tell a game's place, and which game of the place it is", () => {
    assert.deepEqual([regionOf(proposal.number), generationOf(proposal.number)], [5, 1]);
  });

  it("refuse terms that no claim has", () => {
    const { origin, terms, commitment } = packClaim(move);
    assert.equal(unpackClaim({ terms: terms | (3n << 224n), origin, commitment }), undefined);
  });

  it("take hint and segment as arguments, outside of what the contract keeps", () => {
    const node: Answered = { ...counter, root: "0xaa", output: "0xbb" };
    const { terms, origin, commitment } = packAnswered(node, 9, 0xffff);
    assert.deepEqual([terms >> 236n, commitment], [0xffff9n, "0xaa"]);
    assert.deepEqual([terms & ((1n << 236n) - 1n), origin], [packClaim(node).terms, packClaim(node).origin]);
    assert.equal(packProposal(proposal, 3).proposer >> 240n, 3n);
  });
});

describe("identity", () => {
  it("of a game is all that its proposal says", () => {
    const changes = { number: 1n, level: 3, made: 1, consumer: "0x01", proposer: "0x02", machine: "0x03" } as const;
    const hashed = { context: proposal.output, start: proposal.output, output: proposal.start };
    const ids = Object.entries({ ...changes, ...hashed }).map(([name, value]) =>
      gameIdOf({ ...proposal, [name]: value }),
    );
    assert.equal(new Set([...ids, gameIdOf(proposal)]).size, 10);
  });

  it("of a claim is its record and all that it answers, but not its place", () => {
    const id = claimIdOf(gameIdOf(proposal), move);
    assert.equal(claimIdOf(gameIdOf(proposal), { ...move, place: 99 } as typeof move), id);
    assert.notEqual(claimIdOf(gameIdOf(proposal), { ...move, made: move.made + 1 }), id);
    assert.notEqual(claimIdOf(gameIdOf({ ...proposal, made: 1 }), move), id);
  });
});

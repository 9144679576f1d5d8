/**
 * The span machine's contract accepts one witness for each step, and no false step. Each of its checks stops an attack; the attack succeeds on
 * the contract without that check.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { type Hex, toHex } from "@elench/bytes/hex";
import { joinWords, toBigInt, type Word, wordBytes } from "@elench/bytes/words";
import { recordHash, recordWords } from "@elench/evm/batch/record";
import { runningWords } from "@elench/evm/batch/span";
import { hashPair, keccak256 } from "@elench/merkle/tree";
import { SpanTrace } from "@elench/prover/span-trace";
import { CHAIN_ID, executedSpan, hashOf, recordedChain } from "../../evm/span/fixtures/spans.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build, type Mutation } from "./build.ts";
import { Reverted } from "./evm.ts";
import { type Simulated, type Simulator, startSimulator } from "./simulator.ts";

const EVM_VERIFIER = `0x${"e1".repeat(20)}` as const;
const SOURCE = "contracts/rollup/SpanVerifier.sol";
/** Bytes of a witness before each of its parts. */
const AT = { output: 64, span: 96, record: 224, path: 448 } as const;

const random = seededRandom(70);
const chain = recordedChain(random, 12);
/** Batches 4 to 8, under the root of all twelve. */
const executed = executedSpan(chain, 4, 9, 12);
const trace = new SpanTrace(executed);
const other = new SpanTrace(executedSpan(chain, 3, 9, 11));

let simulator: Simulator;
let verifier: Simulated;

const deploy = (mutation?: Mutation): Promise<Simulated> =>
  simulator.deploy(build([SOURCE], mutation ? [mutation] : []).get("SpanVerifier")!, EVM_VERIFIER, CHAIN_ID);

before(async () => {
  simulator = await startSimulator();
  verifier = await deploy();
});
after(() => simulator.close());

type Call = "step" | "ask" | "resume";

interface Attempt {
  readonly call: Call;
  readonly pre: Uint8Array;
  readonly witness: Uint8Array;
}

const ANSWER = toHex(new Uint8Array(32).fill(7));

/** What the contract answers; null if it refuses. */
async function taken(contract: Simulated, { call, pre, witness }: Attempt): Promise<unknown> {
  const args: Hex[] = [toHex(pre), toHex(witness), ...(call === "resume" ? [ANSWER] : [])];
  try {
    return await contract.call(call, ...args);
  } catch (error) {
    if (error instanceof Reverted) return null;
    throw error;
  }
}

const both = (pre: Uint8Array, witness: Uint8Array): Attempt[] =>
  (["ask", "resume"] as const).map((call) => ({ call, pre, witness }));

async function honest(step: bigint, of = trace): Promise<{ pre: Uint8Array; witness: Uint8Array }> {
  const [pre] = (await of.stateHashes([step])) as [Uint8Array];
  return { pre, witness: await of.witness(step) };
}

const put = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array =>
  concat(bytes.subarray(0, at), part, bytes.subarray(at + part.length));

/** A state that the machine does not reach, and the witness with its words. */
function madeUp(words: readonly Word[], witness: Uint8Array) {
  const state = joinWords(words);
  return { pre: keccak256(state), witness: put(witness, 0, state) };
}

/** The witness with another batch of the chain, opened under the span's root. */
const withBatch = (witness: Uint8Array, batch: number): Uint8Array =>
  put(
    witness,
    AT.record,
    concat(joinWords(recordWords(chain.records[batch]!)), ...chain.tree.open(batch, executed.count)),
  );

const ATTACKS = {
  "a state of another step": async () => {
    const [one, next] = [await honest(1n), await honest(2n)];
    return [...both(one.pre, next.witness), ...both(next.pre, one.witness)];
  },
  "the same step with another output": async () => {
    const { pre, witness } = await honest(1n);
    return both(pre, put(witness, AT.output, hashOf(random)));
  },
  "a halted state's words, of another output or of a running state": async () => {
    const { pre, witness } = await honest(1n);
    const halted = await honest(trace.steps);
    return [
      { call: "step", pre: halted.pre, witness: put(halted.witness, 32, hashOf(random)) },
      { call: "step", pre, witness: witness.subarray(0, 64) },
      { call: "step", pre, witness: witness.subarray(32, 96) },
    ];
  },
  "bytes after the witness, and missing ones": async () => {
    const { pre, witness } = await honest(1n);
    return [...both(pre, concat(witness, new Uint8Array(1))), ...both(pre, concat(witness, new Uint8Array(32)))];
  },
  "a state without the machine's tag": async () => {
    const { witness } = await honest(1n);
    const [word, ...rest] = runningWords(trace.context, 1, trace.state(1n).output) as [bigint, Word, Word];
    return [1n << 255n, 1n << 64n].flatMap((bit) => {
      const lie = madeUp([word ^ bit, ...rest], witness);
      return both(lie.pre, lie.witness);
    });
  },
  "another span of the same chain": async () => {
    const { pre, witness } = await honest(1n);
    const theirs = await honest(1n, other);
    return both(pre, put(theirs.witness, 0, witness.subarray(0, AT.span)));
  },
  "a longer span": async () => {
    const { pre, witness } = await honest(4n);
    return both(pre, put(witness, AT.span + 32, wordBytes(10)));
  },
  "another chain's context": async () => {
    const theirs = await honest(1n, new SpanTrace({ ...executed, chainId: CHAIN_ID + 1n }));
    return both(theirs.pre, theirs.witness);
  },
  "a batch beyond the end": async () => {
    const { witness } = await honest(4n);
    return [5, 6, 7].flatMap((executed) => {
      const lie = madeUp(runningWords(trace.context, executed, trace.output), witness);
      return both(lie.pre, withBatch(lie.witness, 4 + executed));
    });
  },
  "the record of another batch": async () => {
    const { pre, witness } = await honest(1n);
    return [...chain.records.keys()]
      .filter((batch) => batch !== 5)
      .flatMap((batch) => both(pre, withBatch(witness, batch)));
  },
  "a record that no batch has": async () => {
    const { pre, witness } = await honest(1n);
    const record = { ...chain.records[5]!, gas: 2n ** 27n };
    return both(pre, put(witness, AT.record, joinWords(recordWords(record))));
  },
  "the path under another root": async () => {
    const { pre, witness } = await honest(1n);
    return [6, 7, 8, 11].flatMap((count) => both(pre, put(witness, AT.path, concat(...chain.tree.open(5, count)))));
  },
} satisfies Record<string, () => Promise<readonly Attempt[]>>;

describe("the span machine's contract refuses", () => {
  for (const [name, attempts] of Object.entries(ATTACKS))
    it(name, async () => {
      for (const attempt of await attempts()) assert.equal(await taken(verifier, attempt), null, attempt.call);
    });

  it("a witness with any bit of any byte changed", async () => {
    const { pre, witness } = await honest(2n);
    assert.notEqual(await taken(verifier, { call: "ask", pre, witness }), null);
    for (const at of witness.keys()) {
      const lie = witness.with(at, witness[at]! ^ (1 << random(8)));
      const call = at % 2 === 0 ? "ask" : "resume";
      assert.equal(await taken(verifier, { call, pre, witness: lie }), null, `${call}, byte ${at}`);
    }
  });

  it("a witness with any word exchanged for another of its words, for the next number, or for nothing", async () => {
    const { pre, witness } = await honest(2n);
    const words = Array.from({ length: witness.length / 32 }, (_, i) => witness.subarray(32 * i, 32 * i + 32));
    for (const [i, word] of words.entries()) {
      const next = wordBytes((toBigInt(word) + 1n) % 2n ** 256n);
      for (const lie of [words[random(words.length)]!, words[(i + 1) % words.length]!, next, new Uint8Array(32)]) {
        const changed = put(witness, 32 * i, lie);
        if (toHex(changed) === toHex(witness)) continue;
        for (const attempt of both(pre, changed)) assert.equal(await taken(verifier, attempt), null, `word ${i}`);
      }
    }
  });

  it("a witness of any other length", async () => {
    const { pre, witness } = await honest(2n);
    for (const length of [0, 1, 32, 63, 64, 65, 96, 224, 448, 1_440, 1_471, 1_473, 1_504]) {
      const other = concat(witness, new Uint8Array(32)).subarray(0, length);
      for (const call of ["ask", "resume", "step"] as const)
        assert.equal(await taken(verifier, { call, pre, witness: other }), null, `${call}, ${length} bytes`);
    }
  });

  it("an inner node of the inbox's tree as a record", async () => {
    // The path from a node is shorter than the tree is deep; filled up, it starts at another place.
    const { pre, witness } = await honest(0n);
    const node = hashPair(recordHash(chain.records[4]!), recordHash(chain.records[5]!));
    const path = chain.tree.open(4, executed.count);
    for (const filled of [
      [...path.slice(1), new Uint8Array(32)],
      [node, ...path.slice(1)],
    ])
      for (const attempt of both(pre, put(witness, AT.path, concat(...filled))))
        assert.equal(await taken(verifier, attempt), null);
  });
});

/** Each removes one check. */
const DEFENCES: readonly (readonly [from: string, attack: keyof typeof ATTACKS])[] = [
  ["if (keccak256(witness) != pre) revert", "a halted state's words, of another output or of a running state"],
  ["if (witness.length != WITNESS_BYTES) revert", "bytes after the witness, and missing ones"],
  ["if (state != pre) revert", "the same step with another output"],
  ["if (s.word != Spans.TAG | executed) revert", "a state without the machine's tag"],
  ["if (context != s.context) revert", "another span of the same chain"],
  ["if (context != s.context) revert", "another chain's context"],
  ["if (executed >= span.end - span.first) revert", "a batch beyond the end"],
  ["if (root != span.root) revert", "the record of another batch"],
  ["if (root != span.root) revert", "a record that no batch has"],
];

describe("each check is needed: without it, an attack succeeds", () => {
  for (const [check, attack] of DEFENCES)
    it(`${check.slice(4, -8)}: ${attack}`, async () => {
      const open = await deploy({ file: SOURCE, from: check, to: check.replace("if (", "if (false && ") });
      const answers = await Promise.all((await ATTACKS[attack]()).map((attempt) => taken(open, attempt)));
      assert.ok(answers.some((answer) => answer !== null));
    });
});

/** Wrong rules: the next state of some step, or its question, differs from the machine's. */
const MISTAKES: readonly (readonly [what: string, from: string, to: string])[] = [
  ["the batch before is opened", "span.first + executed, siblings", "span.first + executed - 1, siblings"],
  ["the first batch is opened again and again", "span.first + executed, siblings", "span.first, siblings"],
  ["the machine halts a step late", "if (executed == s.span.end", "if (executed == 1 + s.span.end"],
  ["the machine halts a step early", "if (executed == s.span.end", "if (executed + 1 == s.span.end"],
  ["the number of executed batches stands still", "      ++executed;\n", ""],
  [
    "the previous output is asked about",
    "abi.encode(Records.hash(s.record), s.output)",
    "abi.encode(Records.hash(s.record), s.span.previous)",
  ],
  ["the EVM machine starts from its context", "FirstState.hash(context), context", "context, context"],
  ["the level is the span's", "uint8(Limit.BATCH_LEVEL)", "uint8(Spans.level(s.span.end - s.span.first))"],
  ["the answer is not taken over", "executed, output);", "executed, s.output);"],
];

describe("a wrong rule shows in a step", () => {
  /** All that the contract says about each of the span's steps. */
  const said = async (contract: Simulated): Promise<string> => {
    const answers: unknown[] = [];
    for (let step = 0n; step < trace.steps; step++) {
      const { pre, witness } = await honest(step);
      for (const attempt of both(pre, witness)) answers.push(String(await taken(contract, attempt)));
    }
    return answers.join();
  };
  for (const [what, from, to] of MISTAKES)
    it(what, async () => {
      assert.notEqual(await said(await deploy({ file: SOURCE, from, to })), await said(verifier));
    });
});

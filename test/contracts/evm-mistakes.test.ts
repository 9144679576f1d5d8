/** Mistakes that verifiers of this kind have made in public: each is tried here, on the whole verifier. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { equalBytes, joinWords, wordBytes } from "@elench/bytes/words";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove, step } from "@elench/evm/machine/step";
import { PHASE, STATUS } from "@elench/evm/structures/layout";
import { LEAF_BYTES } from "@elench/merkle/tree";
import { OP } from "@elench/spec/evm/opcodes";
import { push, runStepped, scenario } from "../../evm/machine/fixtures/programs.ts";
import { machineIn, SELF, worldOf } from "../../evm/machine/fixtures/state.ts";
import { OPCODES, STACK_LIMIT } from "../../evm/machine/opcodes.ts";
import { haltExceptionally } from "../../evm/machine/state/halt.ts";
import { Code } from "../../evm/structures/code.ts";
import { encodeProof } from "../../evm/trie/proof.ts";
import { gatherSteps, type KnownStep, knownStep } from "../fuzz/steps.ts";
import { type EvmVerifier, startEvmVerifier } from "./evm-verifier.ts";

const STATE_BYTES = 480;
const MAX = 2n ** 256n - 1n;
const NOTHING = worldOf(new Map());

let verifier: EvmVerifier;
let steps: readonly KnownStep[];
before(async () => {
  verifier = await startEvmVerifier();
  steps = await gatherSteps(25);
});
after(() => verifier.close());

const take = async (pre: Uint8Array, witness: Uint8Array): Promise<Uint8Array | null> =>
  (await verifier.steps([{ pre, witness }]))[0] as Uint8Array | null;

const refuses = async (pre: Uint8Array, witness: Uint8Array, what: string): Promise<void> =>
  assert.equal(await take(pre, witness), null, what);

/** A frame about to execute the first instruction of its code. @param stack the top last. */
const running = (code: Uint8Array, stack: readonly bigint[] = [], gas = 1_000_000n): Machine =>
  machineIn({ world: NOTHING, code, stack, gas });

/** The contract takes the machine's step, and comes to what `expected` makes of the machine: written here, not by the machine's own step. */
async function leadsTo(m: Machine, expected: (m: Machine) => void, what: string): Promise<void> {
  const { pre, witness } = prove(m);
  const after = m.copy();
  expected(after);
  after.clock++;
  assert.deepEqual(await take(pre, witness), after.hash(), what);
}

/** Pays, moves pc on, and has these items on the stack instead of those taken. */
const gives =
  (gas: bigint, taken: number, given: readonly bigint[], pc = 1) =>
  (m: Machine): void => {
    m.gas -= gas;
    m.pc = pc;
    for (let i = 0; i < taken; i++) m.stack.pop();
    for (const item of given) m.stack.push(item);
  };

describe("code is checked against its hash", () => {
  const code = concat(push(1), push(2), Uint8Array.of(OP.ADD), new Uint8Array(200));
  const CALLED = 0xca11n;

  it("where it is brought in: no other bytes, and not one more or less", async () => {
    const loading = await firstStep(
      scenario({ accounts: [[CALLED, { code }]], gas: 100_000n, to: CALLED }),
      PHASE.loadCode,
    );
    const { pre, witness, post } = loading;
    assert.deepEqual(await take(pre, witness), post);
    const at = witness.findIndex((_, i) => equalBytes(witness.subarray(i, i + code.length), code));
    assert.ok(at > STATE_BYTES);
    for (const other of [code.with(4, 0x02), code.subarray(0, -1), concat(code, Uint8Array.of(0)), new Uint8Array(0)]) {
      const length = wordBytes(other.length).subarray(28);
      const rest = witness.subarray(at + code.length);
      await refuses(pre, concat(witness.subarray(0, at - 4), length, other, rest), `${other.length} bytes`);
    }
  });

  it("where it runs: no other instruction at pc, and no other chunk of the same code", async () => {
    const m = running(code, [3n, 4n]);
    m.pc = 4;
    const { pre, witness } = prove(m);
    await refuses(pre, witness.with(STATE_BYTES + 1 + 4, 0x02), "MUL for ADD");
    const elsewhere = running(code, [3n, 4n]);
    elsewhere.pc = LEAF_BYTES;
    const other = prove(elsewhere).witness.subarray(STATE_BYTES, STATE_BYTES + 1 + LEAF_BYTES + 32);
    await refuses(
      pre,
      concat(witness.subarray(0, STATE_BYTES), other, witness.subarray(STATE_BYTES + other.length)),
      "another chunk",
    );
  });

  it("where a call looks it up: not the code of another account", async () => {
    const inner = 0x1e7n;
    const caller = concat(
      ...[push(0), push(0), push(0), push(0), push(inner), push(50_000)],
      Uint8Array.of(OP.STATICCALL),
    );
    const accounts = [
      [CALLED, { code: caller }],
      [inner, { code }],
    ] as const;
    const entered: ProvenStep[] = [];
    const run = scenario({ accounts, gas: 100_000n, to: CALLED });
    await runStepped(run, (m) => {
      if (m.phase === PHASE.enter) entered.push(prove(m));
    });
    const found = entered.at(-1) as ProvenStep;
    const [right, wrong] = [code, caller].map((bytes) => joinWords([new Code(bytes).root, bytes.length]));
    const at = found.witness.findIndex((_, i) => equalBytes(found.witness.subarray(i, i + 64), right as Uint8Array));
    assert.ok(at > 0, "the table's record is on the tape");
    const other = found.witness.slice();
    other.set(wrong as Uint8Array, at);
    await refuses(found.pre, other, "the caller's code");
  });
});

/** The first step of a phase in a transaction. */
async function firstStep(run: Parameters<typeof runStepped>[0], phase: number): Promise<ProvenStep> {
  let found: ProvenStep | undefined;
  await runStepped(run, (m) => {
    if (m.phase === phase) found ??= prove(m);
  });
  return found ?? assert.fail(`no step of phase ${phase}`);
}

describe("the state chooses which contract takes a step", () => {
  it("no part takes it to another state than the dispatcher, called in its stead", async () => {
    const byKind = [...new Map(steps.map((known) => [known.before, known])).values()];
    let refused = 0;
    for (const part of verifier.parts) {
      const posts = await verifier.steps(byKind, part);
      for (const [i, post] of posts.entries()) {
        const { post: right, kind } = byKind[i] as KnownStep;
        if (post === null) refused++;
        else assert.deepEqual(post, right, `${part}: ${kind}`);
      }
    }
    const others = verifier.parts.length - 1;
    assert.ok(refused > 0.9 * others * byKind.length, `parts refused ${refused} steps of others`);
  });

  it("the prover cannot name another phase, nor another opcode at pc", async () => {
    const claims = steps.flatMap(({ pre, witness, kind, before }) => {
      const phases = Object.values(PHASE).map((phase) => witness.with(31, phase));
      const opcodes = before.startsWith("opcode")
        ? [OP.STOP, OP.ADD, OP.KECCAK256, OP.BALANCE, OP.POP, OP.SSTORE, OP.CALL].map((op) => withOpcode(witness, op))
        : [];
      return [...phases, ...opcodes]
        .filter((other) => !equalBytes(other, witness))
        .map((other) => ({ pre, witness: other, kind }));
    });
    const posts = await verifier.steps(claims);
    assert.deepEqual(
      claims.filter((_, i) => posts[i] !== null).map(({ kind }) => kind),
      [],
    );
  });
});

function withOpcode(witness: Uint8Array, op: number): Uint8Array {
  const pc = (witness[2 * 32 + 31] as number) & 127;
  return witness.length > STATE_BYTES ? witness.with(STATE_BYTES + 1 + pc, op) : witness;
}

describe("operands are taken in their order", () => {
  const items = Array.from({ length: 20 }, (_, i) => BigInt(1000 + i));
  const counted = (n: number): bigint => items[items.length - n] as bigint;

  it("DUPn copies the n-th from the top", async () => {
    for (let n = 1; n <= 16; n++)
      await leadsTo(running(Uint8Array.of(OP.DUP1 - 1 + n), items), gives(3n, 0, [counted(n)]), `DUP${n}`);
  });

  it("SWAPn exchanges the top with the n-th below it", async () => {
    for (let n = 1; n <= 16; n++) {
      const swapped = items.slice(-n - 1);
      [swapped[0], swapped[n]] = [counted(1), counted(n + 1)];
      await leadsTo(running(Uint8Array.of(OP.SWAP1 - 1 + n), items), gives(3n, n + 1, swapped), `SWAP${n}`);
    }
  });

  it("JUMPI has the destination on top, and the condition below it", async () => {
    const code = Uint8Array.of(OP.JUMPI, OP.STOP, OP.STOP, OP.JUMPDEST, OP.JUMPDEST);
    await leadsTo(running(code, [9n, 4n, 3n]), gives(10n, 2, [], 3), "to 3, since 4 is not zero");
    await leadsTo(running(code, [9n, 0n, 3n]), gives(10n, 2, [], 1), "on, since the condition is zero");
    await leadsTo(running(code, [9n, 3n, 0n]), haltExceptionally, "0 is no destination, and 3 no zero");
    await leadsTo(running(code, [9n, 0n, MAX]), gives(10n, 2, [], 1), "a destination that is not gone to may be any");
  });

  it("SUB, DIV, LT, SHL and their like take the top first", async () => {
    const results: readonly (readonly [op: number, gas: bigint, top: bigint, below: bigint, result: bigint])[] = [
      [OP.SUB, 3n, 5n, 3n, 2n],
      [OP.DIV, 5n, 7n, 2n, 3n],
      [OP.SDIV, 5n, MAX - 6n, 2n, MAX - 2n],
      [OP.MOD, 5n, 7n, 4n, 3n],
      [OP.SMOD, 5n, MAX - 6n, 4n, MAX - 2n],
      [OP.EXP, 60n, 2n, 5n, 32n],
      [OP.SIGNEXTEND, 5n, 0n, 0xffn, MAX],
      [OP.LT, 3n, 1n, 2n, 1n],
      [OP.GT, 3n, 2n, 1n, 1n],
      [OP.SLT, 3n, MAX, 1n, 1n],
      [OP.SGT, 3n, 1n, MAX, 1n],
      [OP.BYTE, 3n, 31n, 0xabn, 0xabn],
      [OP.SHL, 3n, 4n, 1n, 16n],
      [OP.SHR, 3n, 4n, 16n, 1n],
      [OP.SAR, 3n, 1n, MAX - 1n, MAX],
    ];
    for (const [op, gas, top, below, result] of results)
      await leadsTo(running(Uint8Array.of(op), [77n, below, top]), gives(gas, 2, [result]), OPCODES[op]?.name ?? "");
  });

  it("the prover cannot exchange them", async () => {
    for (const code of [
      Uint8Array.of(OP.SUB),
      Uint8Array.of(OP.JUMPI, OP.JUMPDEST),
      Uint8Array.of(OP.DUP1 + 1),
      Uint8Array.of(OP.SWAP1),
    ]) {
      const { pre, witness } = prove(running(code, [8n, 1n, 0n]));
      const at = witness.findLastIndex((_, i) => equalBytes(witness.subarray(i, i + 64), joinWords([0, 1])));
      assert.ok(at > STATE_BYTES);
      const exchanged = witness.slice();
      exchanged.set(joinWords([1, 0]), at);
      await refuses(pre, exchanged, `opcode ${code[0]}`);
    }
  });
});

describe("a jump goes to a JUMPDEST that is an instruction, and nowhere else", () => {
  /** JUMP; then PUSH2 with 0x5b twice in its data; an instruction JUMPDEST; then PUSH32 over the end of the first chunk. */
  const code = concat(
    Uint8Array.of(OP.JUMP, OP.PUSH1 + 1, OP.JUMPDEST, OP.JUMPDEST, OP.JUMPDEST),
    new Uint8Array(115),
    Uint8Array.of(OP.PUSH32),
    new Uint8Array(32).fill(OP.JUMPDEST),
    Uint8Array.of(OP.JUMPDEST, OP.PUSH1),
  );
  const jump = (to: bigint): Machine => running(code, [to]);

  it("to one that is", async () => {
    for (const to of [4, 153]) await leadsTo(jump(BigInt(to)), gives(8n, 1, [], to), `to ${to}`);
  });

  it("not into the data of a PUSH, nor to another instruction, nor beyond the code, whatever the number's lower bits", async () => {
    const data = [2, 3, 121, 127, 128, 129, 152].map(BigInt);
    const others = [0, 1, 5, 120, 154].map(BigInt);
    const beyond = [155n, 156n, 255n, 256n, 4n + 2n ** 32n, 4n + 2n ** 64n, 4n + 2n ** 128n, 4n + 2n ** 255n, MAX];
    for (const to of [...data, ...others, ...beyond]) await leadsTo(jump(to), haltExceptionally, `to ${to}`);
    for (const to of [...data, ...others, ...beyond])
      await leadsTo(running(code.with(0, OP.JUMPI), [1n, to]), haltExceptionally, `JUMPI to ${to}`);
  });

  it("not by a witness that says another carry, or shows the destination's chunk otherwise", async () => {
    const { pre, witness } = prove(jump(128n));
    const chunk = Uint8Array.of(25, ...new Uint8Array(25).fill(OP.JUMPDEST));
    const at = witness.findLastIndex((_, i) => equalBytes(witness.subarray(i, i + chunk.length), chunk));
    assert.ok(at > STATE_BYTES, "the chunk with 25 bytes of data carried over");
    await refuses(pre, witness.with(at, 0), "nothing carried over");
    const honest = prove(jump(5n));
    await refuses(
      honest.pre,
      honest.witness.with(honest.witness.length - 32 - LEAF_BYTES + 5, OP.JUMPDEST),
      "a JUMPDEST put there",
    );
  });
});

describe("the stack neither runs dry nor over", () => {
  const opcodes = OPCODES.flatMap((opcode, op) => (opcode ? [{ ...opcode, op }] : []));

  it("an opcode with one item too few fails, whatever it takes", async () => {
    for (const { op, takes, name } of opcodes)
      if (takes > 0)
        await leadsTo(running(Uint8Array.of(op), new Array<bigint>(takes - 1).fill(1n)), haltExceptionally, name);
  });

  it("an opcode that would leave one item too many fails, and one that fills the stack does not", async () => {
    for (const { op, takes, gives: given, name } of opcodes) {
      if (given <= takes) continue;
      const full = new Array<bigint>(STACK_LIMIT).fill(0n);
      await leadsTo(running(Uint8Array.of(op), full), haltExceptionally, `${name} on ${STACK_LIMIT}`);
      if (!/^(PUSH|DUP)/.test(name)) continue;
      const [gas, pc] = [OPCODES[op]?.gas ?? 0n, name.startsWith("PUSH") ? 1 + op - OP.PUSH0 : 1];
      await leadsTo(
        running(Uint8Array.of(op), full.slice(1)),
        gives(gas, 0, [0n], pc),
        `${name} on ${STACK_LIMIT - 1}`,
      );
    }
  });

  it("what does not exist fails, on any stack", async () => {
    for (let op = 0; op < 256; op++)
      if (!OPCODES[op])
        await leadsTo(running(Uint8Array.of(op), new Array<bigint>(17).fill(1n)), haltExceptionally, `opcode ${op}`);
  });
});

describe("the growth of memory is paid for", () => {
  /** Yellow Paper, appendix H.1. */
  const price = (words: bigint): bigint => 3n * words + (words * words) / 512n;
  const STORE = 3n;

  /** What is left of the gas in the state that the contract comes to, which must be the machine's. */
  async function gasAfter(m: Machine): Promise<bigint | "failed"> {
    const { pre, witness } = prove(m);
    step(m);
    assert.deepEqual(await take(pre, witness), m.hash());
    return m.task.phase === PHASE.leave && m.task.status === STATUS.failure ? "failed" : m.gas;
  }

  it("for each word, and for its square", async () => {
    for (const offset of [0n, 1n, 31n, 32n, 33n, 1000n, 22_528n, 22_529n, 100_000n, 3_000_000n]) {
      const cost = STORE + price((offset + 32n + 31n) / 32n);
      const at = (gas: bigint) => running(Uint8Array.of(OP.MSTORE), [7n, offset], gas);
      assert.equal(await gasAfter(at(cost)), 0n, `MSTORE at ${offset}`);
      assert.equal(await gasAfter(at(cost - 1n)), "failed", `MSTORE at ${offset} for a unit less`);
    }
  });

  it("only for what is new", async () => {
    const m = running(Uint8Array.of(OP.MSTORE, OP.MLOAD), [64n, 7n, 32n], 100n);
    assert.equal(await gasAfter(m), 100n - STORE - price(2n));
    assert.equal(await gasAfter(m), 100n - STORE - price(2n) - 3n - (price(3n) - price(2n)));
  });

  it("by every opcode that touches memory", async () => {
    const [from, length] = [90n, 70n];
    const words = price(5n);
    const copied = 3n * 3n;
    const prices: readonly (readonly [op: number, stack: readonly bigint[], gas: bigint])[] = [
      [OP.MLOAD, [from + 38n], 3n + words],
      [OP.MSTORE, [1n, from + 38n], 3n + words],
      [OP.MSTORE8, [1n, from + 69n], 3n + words],
      [OP.KECCAK256, [length, from], 30n + 6n * 3n + words],
      [OP.CALLDATACOPY, [length, 0n, from], 3n + copied + words],
      [OP.CODECOPY, [length, 0n, from], 3n + copied + words],
      [OP.MCOPY, [length, 0n, from], 3n + copied + words],
      [OP.MCOPY, [length, from, 0n], 3n + copied + words],
      [OP.LOG0, [length, from], 375n + 8n * length + words],
      [OP.RETURN, [length, from], words],
      [OP.REVERT, [length, from], words],
    ];
    for (const [op, stack, gas] of prices) {
      const name = OPCODES[op]?.name;
      assert.equal(await gasAfter(running(Uint8Array.of(op), stack, gas)), 0n, name);
      assert.equal(await gasAfter(running(Uint8Array.of(op), stack, gas - 1n)), "failed", `${name} for a unit less`);
    }
  });

  it("and none that nobody can pay for comes to pass, whatever the number's lower bits", async () => {
    for (const offset of [2n ** 32n, 2n ** 32n + 5n, 2n ** 64n, 2n ** 255n, MAX - 31n, MAX])
      for (const op of [OP.MLOAD, OP.MSTORE, OP.MSTORE8])
        assert.equal(
          await gasAfter(running(Uint8Array.of(op), [1n, offset, offset].slice(op === OP.MLOAD ? 1 : 0), 2n ** 63n)),
          "failed",
        );
  });
});

describe("what is read from storage is proven", () => {
  const slots = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i, BigInt(100 + i)]));
  const [held, other] = [slots, { ...slots, 3: 999n }].map((storage) =>
    worldOf(
      new Map([
        [SELF, { nonce: 1n, balance: 5n, storage }],
        [1n, {}],
        [2n, { balance: 1n }],
        [3n, { nonce: 1n }],
      ]),
    ),
  ) as [ReturnType<typeof worldOf>, ReturnType<typeof worldOf>];

  /** The step that brings in a slot, or its account, in a world: with the trie's proof, and what stands before and behind that. */
  function loading(world: typeof held, phase: number, slot = 3n) {
    const m = machineIn({ world, code: Uint8Array.of(OP.SLOAD), stack: [slot] });
    while (m.phase !== phase) step(m);
    const { parts, ...proven } = knownStep(m);
    // Last comes the opening of the record's place in the journal.
    const [start, end] = parts.slice(-2);
    const { witness } = proven;
    return {
      ...proven,
      head: witness.subarray(0, start),
      proof: witness.slice(start, end),
      rest: witness.subarray(end),
    };
  }

  for (const [name, phase] of [
    ["an account", PHASE.loadAccount],
    ["a slot", PHASE.loadSlot],
  ] as const) {
    it(`${name}: not from another trie, nor without a node, nor as if it were not there`, async () => {
      const [here, there] = [loading(held, phase), loading(other, phase)];
      assert.deepEqual(await take(here.pre, here.witness), here.post);
      assert.ok(here.proof.length > 64 && !equalBytes(here.proof, there.proof));
      const withProof = (proof: Uint8Array): Uint8Array => concat(here.head, proof, here.rest);
      await refuses(here.pre, withProof(there.proof), "the proof of another value");
      await refuses(here.pre, withProof(encodeProof([])), "no node");
      for (let at = 0; at < here.proof.length; at += 5) {
        const damaged = here.proof.with(at, (here.proof[at] as number) ^ 1);
        await refuses(here.pre, withProof(damaged), `byte ${at} of the proof`);
      }
    });
  }

  it("a slot: not another one's value", async () => {
    const [here, elsewhere] = [loading(held, PHASE.loadSlot, 3n), loading(held, PHASE.loadSlot, 4n)];
    await refuses(here.pre, concat(here.head, elsewhere.proof, here.rest), "the proof of slot 4");
  });

  it("the next state's value is the trie's", async () => {
    const m = machineIn({ world: held, code: Uint8Array.of(OP.SLOAD), stack: [3n] });
    while (m.phase !== PHASE.execute || m.stack.peek(0) === 3n) {
      const { pre, witness, post } = prove(m);
      assert.deepEqual(await take(pre, witness), post);
      step(m);
    }
    assert.equal(m.stack.peek(0), 103n);
  });
});

describe("no proof of a step has all of a contract's code", () => {
  const LARGEST = 24_576;
  /** Chunks of the largest code: 192, so 8 levels above them. */
  const OPENED = 1 + LEAF_BYTES + 8 * 32;

  it("an instruction of the largest contract opens one chunk of it, and a jump two", async () => {
    const code = new Uint8Array(LARGEST).fill(OP.JUMPDEST);
    code.set(concat(push(20_000), Uint8Array.of(OP.JUMP)), 100);
    code.set(concat(push(1), push(2), Uint8Array.of(OP.ADD, OP.STOP)), 20_001);
    const address = 0xb16n;
    const longest = new Map<string, number>();
    await runStepped(scenario({ accounts: [[address, { code }]], gas: 100_000n, to: address }), (m) => {
      if (m.phase !== PHASE.execute) return;
      const op = OPCODES[m.code.bytes[m.pc] as number] as { name: string; takes: number };
      const { length } = prove(m).witness;
      longest.set(op.name, Math.max(longest.get(op.name) ?? 0, length));
    });
    assert.deepEqual(Object.fromEntries(longest), {
      JUMPDEST: STATE_BYTES + OPENED,
      PUSH2: STATE_BYTES + OPENED,
      JUMP: STATE_BYTES + 2 * OPENED + 2 * 32,
      PUSH1: STATE_BYTES + OPENED,
      ADD: STATE_BYTES + OPENED + 3 * 32,
      STOP: STATE_BYTES + OPENED,
    });
  });

  it("no opcode's proof is longer than 4 kB, whatever it opens", () => {
    const long = steps.filter(({ before, witness }) => before.startsWith("opcode") && witness.length > 4096);
    assert.deepEqual(long, []);
  });
});

describe("a division by zero settles", () => {
  it("at zero, as every division of the EVM", async () => {
    for (const op of [OP.DIV, OP.SDIV, OP.MOD, OP.SMOD])
      for (const dividend of [0n, 1n, 2n ** 255n, MAX])
        await leadsTo(
          running(Uint8Array.of(op), [9n, 0n, dividend]),
          gives(5n, 2, [0n]),
          `${OPCODES[op]?.name} of ${dividend}`,
        );
    for (const op of [OP.ADDMOD, OP.MULMOD])
      for (const factor of [0n, 1n, MAX])
        await leadsTo(
          running(Uint8Array.of(op), [9n, 0n, factor, MAX]),
          gives(8n, 3, [0n]),
          `${OPCODES[op]?.name} by ${factor}`,
        );
  });

  it("and the least number by minus one at itself", async () => {
    const least = 2n ** 255n;
    await leadsTo(running(Uint8Array.of(OP.SDIV), [9n, MAX, least]), gives(5n, 2, [least]), "SDIV");
    await leadsTo(running(Uint8Array.of(OP.SMOD), [9n, MAX, least]), gives(5n, 2, [0n]), "SMOD");
  });
});

/**
 * L1 may charge other prices for its precompiles, change or remove them. A step that calls one then leads to the same state as today, or
 * reverts; it never leads to another state. Each check in L1Precompile is taken out once, and a step leads to another state.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { joinWords, wordBytes } from "@elench/bytes/words";
import { encodeBatch } from "@elench/evm/batch/encoding";
import type { Machine } from "@elench/evm/machine/state/machine";
import { precompileTask } from "@elench/evm/machine/state/task";
import { prove, step } from "@elench/evm/machine/step";
import { PHASE, STATUS, sliceOfBytes } from "@elench/evm/structures/layout";
import { LIMIT } from "@elench/spec/evm/limits";
import { bytesToHex, concatBytes } from "@ethereumjs/util";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Hex } from "viem";
import { TARGETS, testBlock, testInput, testWorld, transaction } from "../../evm/batch/fixtures/batches.ts";
import { EXPONENTIATIONS, EXTREMES, PAIR } from "../../evm/machine/fixtures/extremes.ts";
import { machineIn, taskOf, worldOf } from "../../evm/machine/fixtures/state.ts";
import { runBatch } from "../../evm/machine/run.ts";
import { build, type Mutation } from "./build.ts";
import { type Deployed, Reverted, startEvm, transactionGas } from "./evm.ts";
import { precompilesUnder, priced, type Rule, returning } from "./l1-rules.ts";

/** What a call on L1 may have, as a transaction (EIP-7825). */
const TRANSACTION_GAS = 2 ** 24;
/** A refutation's own, around the step. */
const GAME_GAS = 250_000;

type Part = "PrecompileSteps" | "TransactionSteps";
type L1 = Readonly<Record<Part, Deployed>>;

/** The verifier's parts on an L1 with such precompiles. */
async function l1Under(rule: Rule, edits: readonly Mutation[] = []): Promise<L1> {
  const contracts = build(
    ["contracts/evm/parts/PrecompileSteps.sol", "contracts/evm/parts/TransactionSteps.sol"],
    edits,
  );
  const contract = (name: string) => contracts.get(name) ?? assert.fail(`no contract ${name}`);
  const evm = await startEvm(precompilesUnder(rule));
  const hashes = await evm.deploy(contract("Hashes"));
  return {
    PrecompileSteps: await evm.deploy(contract("PrecompileSteps"), hashes.address),
    TransactionSteps: await evm.deploy(contract("TransactionSteps")),
  };
}

interface Case {
  readonly name: string;
  readonly part: Part;
  readonly pre: Hex;
  readonly witness: Hex;
  readonly post: Hex;
}

const caseOf = (name: string, part: Part, m: Machine): Case => {
  const { pre, witness, post } = prove(m);
  return { name, part, pre: bytesToHex(pre), witness: bytesToHex(witness), post: bytesToHex(post) };
};

type Outcome = "same" | "reverts" | "another state";

async function outcome(l1: L1, { part, pre, witness, post }: Case, gas = BigInt(TRANSACTION_GAS)): Promise<Outcome> {
  try {
    const { value } = await l1[part].callWithin(gas, "step", pre, witness);
    return value === post ? "same" : "another state";
  } catch (error) {
    if (error instanceof Reverted) return "reverts";
    throw error;
  }
}

const empty = worldOf(new Map());
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 1 + ((i * 37) % 255));

const calling = (address: bigint, input: Uint8Array): Machine =>
  machineIn({ world: empty, task: precompileTask(address), gas: 2n ** 27n, frame: { data: sliceOfBytes(input) } });

function signed(): Uint8Array {
  const digest = sha256(bytes(9));
  const signature = secp256k1.sign(digest, bytes(32), { prehash: false, format: "recovered" });
  return concat(digest, wordBytes(27 + (signature[0] as number)), signature.subarray(1));
}

/** The polynomial 42, which is 42 at 3. */
function evaluation(value: number): Uint8Array {
  const commitment = bls12_381.G1.Point.BASE.multiply(42n).toBytes();
  const versioned = sha256(commitment);
  versioned[0] = 1;
  return concat(versioned, joinWords([3, value]), commitment, bls12_381.G1.Point.ZERO.toBytes());
}

const modexp = (base: number, exponent: Uint8Array, modulus: number): Uint8Array =>
  concat(joinWords([base, exponent.length, modulus]), bytes(base), exponent, bytes(modulus).reverse());

const FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const OPPOSITE = concat(joinWords([1n, FIELD - 2n]), PAIR.subarray(64));

const CALLS: readonly (readonly [name: string, address: bigint, input: Uint8Array])[] = [
  ["ECRECOVER", 1n, signed()],
  ["ECRECOVER of an invalid signature", 1n, signed().fill(0, 32, 64)],
  ["MODEXP", 5n, modexp(64, bytes(5), 64)],
  ["MODEXP of a short base", 5n, modexp(3, bytes(40), 50)],
  ["MODEXP of a long base", 5n, modexp(65, bytes(1), 7)],
  ["MODEXP of no base", 5n, modexp(0, bytes(3), 2)],
  ["MODEXP of no base and no exponent", 5n, modexp(0, bytes(0), 33)],
  ["MODEXP of exponent 0", 5n, modexp(31, new Uint8Array(33), 32)],
  ["MODEXP of exponent 0, no base", 5n, modexp(0, new Uint8Array(33), 32)],
  ["MODEXP of 1,024 bits", 5n, modexp(128, concat(Uint8Array.of(0, 0, 1), bytes(60)), 128)],
  ["ECADD", 6n, joinWords([1, 2, 1, 2])],
  ["ECADD of nothing", 6n, new Uint8Array(0)],
  ["ECADD off the curve", 6n, joinWords([1, 3, 1, 2])],
  ["ECMUL", 7n, joinWords([1, 2, 2])],
  ["ECMUL by 0", 7n, joinWords([1, 2, 0])],
  ["ECMUL off the curve", 7n, joinWords([1, 3, 2])],
  ["pairing of nothing", 8n, new Uint8Array(0)],
  ["pairing of a pair", 8n, PAIR],
  ["pairing of two that cancel", 8n, concat(PAIR, OPPOSITE)],
  ["pairing of three", 8n, concat(PAIR, OPPOSITE, PAIR)],
  ["pairing off the curve", 8n, concat(PAIR, joinWords([1, 3]), PAIR.subarray(64))],
  ["point evaluation", 10n, evaluation(42)],
  ["point evaluation of another value", 10n, evaluation(43)],
];

/** The sender of a transaction, by a valid signature and by an invalid one. */
async function recoveries(): Promise<Case[]> {
  const { root, host } = await testWorld();
  const bytes = encodeBatch([testBlock([transaction({ type: 2, nonce: 0n, to: TARGETS[3] as Hex })])]);
  const cases: Case[] = [];
  runBatch(host, testInput(root, bytes), (m) => {
    if (m.phase !== PHASE.recover) return;
    cases.push(caseOf("RECOVER", "TransactionSteps", m));
    const invalid = m.copy();
    const task = taskOf(m, PHASE.recover);
    invalid.goTo({ ...task, signature: { ...task.signature, r: 0n } });
    cases.push(caseOf("RECOVER by an invalid signature", "TransactionSteps", invalid));
  });
  assert.equal(cases.length, 2);
  return cases;
}

let cases: readonly Case[];
before(async () => {
  const calls = CALLS.map(([name, address, input]) => caseOf(name, "PrecompileSteps", calling(address, input)));
  cases = [...calls, ...(await recoveries())];
});

const outcomes = async (l1: L1): Promise<Map<string, Outcome>> => {
  const found = new Map<string, Outcome>();
  for (const one of cases) found.set(one.name, await outcome(l1, one));
  return found;
};

const namesWith = (found: ReadonlyMap<string, Outcome>, wanted: Outcome): string[] =>
  [...found].filter(([, outcome]) => outcome === wanted).map(([name]) => name);

const endsWithZero = (output: Uint8Array): boolean => output.at(-1) === 0;

const PRICES: readonly (readonly [name: string, rule: Rule])[] = [
  ["today's", priced(1n)],
  ["half", priced(1n, 2n)],
  ["none", priced(0n)],
  ["one gas more", ({ price, output }) => ({ price: price + 1n, output })],
  ["twice", priced(2n)],
  ["HEADROOM times", priced(BigInt(LIMIT.HEADROOM))],
  ["ten times", priced(10n)],
  ["50,000 gas more", ({ price, output }) => ({ price: price + 50_000n, output })],
];

/** L1 after a change that no step can be executed under, or not every step. */
const CHANGES: readonly (readonly [name: string, rule: Rule])[] = [
  ["are removed", "removed"],
  ["always fail", ({ price }) => ({ price, output: null })],
  ["cost more than a transaction may have", priced(2n ** 20n)],
  ["return nothing", returning(() => new Uint8Array(0))],
  ["return a byte less", returning((output) => output.subarray(1))],
  ["return a byte more", returning((output) => concatBytes(output, Uint8Array.of(0)))],
  ["return zeros", returning((output) => new Uint8Array(output.length))],
  ["return their input", returning((_, input) => input)],
  ["return zeros, of any length and for any input", ({ price }) => ({ price, output: new Uint8Array(32) })],
];

describe("steps that call L1's precompiles", () => {
  for (const [name, rule] of PRICES) {
    it(`lead to the same states at other prices: ${name}`, async () => {
      const found = await outcomes(await l1Under(rule));
      assert.deepEqual(namesWith(found, "same"), [...found.keys()]);
    });
  }

  for (const [name, rule] of CHANGES) {
    it(`revert if L1's precompiles ${name}`, async () => {
      const found = await outcomes(await l1Under(rule));
      assert.deepEqual(namesWith(found, "another state"), []);
      assert.ok(namesWith(found, "reverts").length > cases.length / 2, JSON.stringify([...found]));
    });
  }

  it("that are the most expensive fit a transaction at HEADROOM times today's prices", async (t) => {
    const factor = LIMIT.HEADROOM;
    const [today, later] = [await l1Under(priced(1n)), await l1Under(priced(BigInt(factor)))];
    const names = EXPONENTIATIONS.map(([name]) => `MODEXP of ${name}`);
    const dearest = EXTREMES.filter(({ name }) => names.includes(name) || name.startsWith("pairing"));
    assert.equal(dearest.length, names.length + 1);
    for (const { name, machine } of dearest) {
      const one = caseOf(name, "PrecompileSteps", machine());
      const { gas, data } = await today.PrecompileSteps.call("step", one.pre, one.witness);
      const all = transactionGas(data, gas) + GAME_GAS;
      t.diagnostic(`${name}: ${all} gas, with its control`);
      // The game and the dispatcher withhold 1/64 each (EIP-150). All but the precompile's gas is as dear as if it were repriced too.
      const withheld = (TRANSACTION_GAS - factor * (all - gas)) * (1 - (63 / 64) ** 2);
      assert.ok(factor * all + withheld < TRANSACTION_GAS, `${name}: ${factor} × ${all} gas`);
      const left = TRANSACTION_GAS - withheld - factor * (all - gas);
      assert.equal(await outcome(later, one, BigInt(Math.floor(left))), "same", name);
    }
  });

  it("lead to no other state under any gas limit", async () => {
    const found = await Array.fromAsync(sweep(await l1Under(priced(1n))));
    assert.deepEqual([...new Set(found)], ["reverts", "same"]);
  });
});

/** What a valid call leads to under gas limits around what it uses. It is expensive, so that what EIP-150 withholds pays for the rest of the step. */
async function* sweep(l1: L1): AsyncGenerator<Outcome> {
  const { machine, name } = EXTREMES.find((extreme) => extreme.name.startsWith("pairing")) ?? assert.fail();
  const one = caseOf(name, "PrecompileSteps", machine());
  const { gas: used } = await l1.PrecompileSteps.call("step", one.pre, one.witness);
  const withheld = Number(LIMIT.PRECOMPILE_L1_GAS) / 63;
  for (let gas = used - withheld; gas < used + 2 * withheld; gas += 4_999)
    yield await outcome(l1, one, BigInt(Math.floor(gas)));
}

const LIBRARY = "contracts/evm/l1/L1Precompile.sol";
const edit = (from: string, to = ""): Mutation => ({ file: LIBRARY, from, to });

const WITHOUT_CONTROL = [
  edit("    bool known = _call(precompile, control, before);\n", "    _call(precompile, control, before);\n"),
  edit("    if (!known || keccak256(_returned()) != keccak256(answer)) revert WrongControl(precompile);\n"),
];

describe("without a check", () => {
  it("of the control's answer, a removed ECRECOVER recovers no signer", async () => {
    const found = await outcomes(await l1Under("removed", WITHOUT_CONTROL));
    assert.deepEqual(namesWith(found, "another state"), ["ECRECOVER", "RECOVER"]);
  });

  it("of the control's answer, another output of the same length passes", async () => {
    const zeros = returning((output) => new Uint8Array(output.length));
    const found = await outcomes(await l1Under(zeros, WITHOUT_CONTROL));
    for (const name of ["MODEXP", "ECADD", "ECMUL", "pairing of two that cancel", "point evaluation", "RECOVER"])
      assert.equal(found.get(name), "another state", name);
  });

  it("of the price by the control, a higher price makes valid calls fail", async () => {
    const atTodaysPrice = [edit("uint256 needed = before - gasleft();", "uint256 needed = before > 0 ? 150 : 0;")];
    const found = await outcomes(await l1Under(priced(2n), atTodaysPrice));
    assert.equal(found.get("ECADD"), "another state");
    assert.equal(found.get("ECADD of nothing"), "another state");
  });

  it("of the gas that is left, the sender makes a valid call fail by the gas limit", async () => {
    const unchecked = [
      edit(
        "    if (available - available / 64 < needed + MARGIN) revert TooLittleGas(precompile, needed + needed / 63 + MARGIN);\n",
      ),
      edit("    uint256 available = gasleft();\n"),
      edit(
        "  /// What the code between the check of the gas and the call may use.\n  uint256 private constant MARGIN = 2000;\n",
      ),
    ];
    for await (const found of sweep(await l1Under(priced(1n), unchecked))) if (found === "another state") return;
    assert.fail("no gas limit leads to another state");
  });

  it("of what never refuses, an ECRECOVER that refuses invalid signatures makes their calls fail", async () => {
    const refusing: Rule = ({ price, output }) => ({ price, output: output?.length === 0 ? null : output });
    const invalid = ["ECRECOVER of an invalid signature", "RECOVER by an invalid signature"];
    const found = await outcomes(await l1Under(refusing));
    assert.deepEqual(namesWith(found, "reverts"), invalid);
    const unchecked = [
      edit("      if (!mayRefuse) revert NeverRefuses(precompile);\n"),
      edit("    bool mayRefuse = precompile != Precompile.ECRECOVER && precompile != Precompile.MODEXP;\n"),
    ];
    const without = await outcomes(await l1Under(refusing, unchecked));
    assert.equal(without.get("ECRECOVER of an invalid signature"), "another state");
  });

  it("of the length, an output that leaves zeros out passes", async () => {
    const shorter = returning((output) => (endsWithZero(output) ? output.subarray(0, -1) : output));
    assert.deepEqual(namesWith(await outcomes(await l1Under(shorter)), "another state"), []);
    const unchecked = [
      edit("    if (output.length == answer.length) return (true, output);\n"),
      edit(
        "    if (precompile != Precompile.ECRECOVER || output.length != 0)\n      revert WrongOutputLength(precompile, answer.length, output.length);\n",
      ),
    ];
    const without = await outcomes(await l1Under(shorter, unchecked));
    assert.equal(without.get("ECADD of nothing"), "another state");
  });
});

it("the cases cover what a call can come to", () => {
  const refused = CALLS.filter(([name]) => / off the curve| of another value/.test(name));
  assert.equal(refused.length, 4);
  for (const [name, address, input] of CALLS) {
    const { status } = taskOf(after(calling(address, input)), PHASE.leave);
    const expected = refused.some(([one]) => one === name) ? STATUS.failure : STATUS.success;
    assert.equal(status, expected, name);
  }
});

function after(m: Machine): Machine {
  const copy = m.copy();
  step(copy);
  return copy;
}

/** Random worlds and batches: @ethereumjs/vm, the stepper and the Solidity verifier agree. `npm run fuzz` goes on with other seeds. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { PHASE } from "@elench/evm/structures/layout";
import { OPCODES } from "../../evm/machine/opcodes.ts";
import { type EvmVerifier, startEvmVerifier } from "../contracts/evm-verifier.ts";
import { Disagreement, type Judged, judgeSeed, type Met } from "./judge.ts";

const SEEDS = 120;
/** Of these, so many are verified too. */
const VERIFIED_SEEDS = 20;

const met: Met = new Map();
const runs: Judged[] = [];
const total = (count: keyof Judged): number => runs.reduce((sum, run) => sum + run[count], 0);

describe("random batches in random worlds", () => {
  let verifier: EvmVerifier;
  before(async () => {
    verifier = await startEvmVerifier();
  });
  after(() => verifier.close());

  it("lead to the same receipts, states and outputs, and no transaction takes more steps than it may", async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const verify = seed <= VERIFIED_SEEDS ? { verifier } : {};
      runs.push(
        await judgeSeed(seed, { met, ...verify }).catch((error: Error) =>
          assert.fail(`seed ${seed}: ${error.message}`),
        ),
      );
    }
  });

  it("find out a contract that refuses a step, or comes to another state", async () => {
    for (const post of [null, new Uint8Array(32)]) {
      const liar: EvmVerifier = {
        ...verifier,
        verdicts: async (claims) => (await verifier.verdicts(claims)).with(-1, { post, gas: 0 }),
      };
      await assert.rejects(judgeSeed(1, { verifier: liar, verified: 5 }), Disagreement);
    }
  });

  it("succeed, fail and are dropped, each many times", () => {
    const succeeded = total("valid") - total("failed");
    for (const count of [succeeded, total("failed"), total("dropped")]) assert.ok(count > SEEDS / 4, `${count}`);
    assert.ok(total("verified") > 10 * VERIFIED_SEEDS);
  });

  it("come to every opcode and every phase", () => {
    const kinds = [...met.keys()];
    const seen = (start: string): boolean => kinds.some((kind) => kind.startsWith(`${start} `));
    const opcodes = [...OPCODES.keys()]
      .filter((op) => OPCODES[op])
      .map((op) => `opcode 0x${op.toString(16).padStart(2, "0")}`);
    const { execute, ...others } = PHASE;
    assert.deepEqual(
      [...opcodes, ...Object.keys(others)].filter((name) => !seen(name)),
      [],
    );
  });
});

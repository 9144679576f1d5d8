/** Who executes which batches, and how that changes. */
import assert from "node:assert/strict";
import { maxUint256 } from "viem";
import { outputs, type Rule } from "../rule.ts";
import { FINALITY_DELAY, filled, GENESIS, hashed, LONGEST, refused, type Stage, UPGRADE_DELAY } from "../stage.ts";

const A = hashed(11);
const B = hashed(12);
const LIE = hashed(14);

async function machineOf(stage: Stage, first: number): Promise<[string, bigint]> {
  const [machine, until] = await stage.read<[string, bigint]>("machineOf", [first]);
  return [machine.toLowerCase(), until];
}

export const machines: Rule[] = [
  {
    rule: "a machine is appended for batches that are not in the inbox yet, and no span crosses its first batch",
    async run(open) {
      const stage = await filled(open, 6);
      const next = await stage.deployMachine();
      await refused("BadFirstBatch", () => stage.upgrade("addMachine", [5, next]));
      await stage.upgrade("addMachine", [8, next]);
      await refused("BadFirstBatch", () => stage.upgrade("addMachine", [8, next]));
      assert.deepEqual(await machineOf(stage, 7), [stage.addresses.machine, 8n]);
      assert.deepEqual(await machineOf(stage, 8), [next, maxUint256]);
      await stage.append(6);
      await stage.checkpoint();
      await refused("BadSpan", () => stage.propose({ first: 6, end: 9, previous: A }, B));
      const before = await stage.propose({ first: 6, end: 8, previous: A }, B);
      const after = await stage.propose({ first: 8, end: 12, previous: A }, B);
      assert.deepEqual(
        [before, after].map(({ proposal }) => proposal.machine),
        [stage.addresses.machine, next].map(BigInt),
      );
    },
    without: outputs(" && span.end <= until", ""),
  },
  {
    rule: "a batch that was appended keeps its machine",
    async run(open) {
      const stage = await filled(open, 6);
      const execute = await stage.schedule("addMachine", [8, await stage.deployMachine()]);
      await stage.append(3);
      await stage.warp(UPGRADE_DELAY);
      await refused("BadFirstBatch", execute);
    },
    without: outputs(
      "uint256 lowest = appended > last ? appended : last + 1;",
      "uint256 lowest = appended > last ? last + 1 : last + 1;",
    ),
  },
  {
    rule: "a machine is replaced for the batches that are not final, which are asked again, and for no other",
    async run(open) {
      const stage = await filled(open, 10);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, A);
      await stage.warp(FINALITY_DELAY);
      const judged = await stage.propose({ first: 4, end: 8, previous: A }, LIE);
      await stage.conclude(judged);
      await stage.upgrade("addMachine", [100, await stage.deployMachine()]);
      const mended = await stage.deployMachine();
      await stage.upgrade("replaceMachine", [mended]);
      await stage.warp(1);
      assert.deepEqual(await machineOf(stage, 3), [stage.addresses.machine, 4n]);
      assert.deepEqual(await machineOf(stage, 4), [mended, maxUint256]);
      await refused("TooOld", () => stage.settle(judged));
      assert.equal(await stage.read("finalOutput", [4]), A);
      const again = await stage.propose({ first: 4, end: 8, previous: A }, B);
      assert.equal(again.proposal.machine, BigInt(mended));
      // It does not count among the guardian's four.
      for (let i = 0; i < 4; i++) await stage.askAgain();
    },
    without: outputs("_setMachine(head, head.finalCount, machine);", "_setMachine(head, 0, machine);"),
  },
  {
    rule: "the results of a replaced machine do not count",
    async run(open) {
      const stage = await filled(open, 10);
      const judged = await stage.propose({ first: 0, end: 8, previous: GENESIS }, LIE);
      await stage.conclude(judged);
      await stage.upgrade("replaceMachine", [await stage.deployMachine()]);
      await refused("TooOld", () => stage.settle(judged));
    },
    without: outputs("    _askAgain(head);\n    while", "    while"),
  },
  {
    rule: "a freeze is mended in one transaction: the machine is replaced, and the contradiction asked again",
    async run(open) {
      const stage = await filled(open, 10);
      const other = await stage.propose({ first: 0, end: 4, previous: GENESIS }, A);
      const execute = await stage.schedule("replaceMachine", [await stage.deployMachine()]);
      await stage.warp(UPGRADE_DELAY - 10);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, LIE);
      await stage.conclude(other);
      await stage.settle(other);
      assert.notEqual((await stage.counts()).frozenAt, 0);
      await stage.warp(10);
      await execute();
      assert.equal((await stage.counts()).frozenAt, 0);
      await stage.warp(1);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, A);
    },
    without: outputs(
      "if (asked == 0 || head.phase == Phase.Frozen) return;",
      "if (head.phase == Phase.Frozen) revert();\n    if (asked == 0) return;",
    ),
  },
  {
    rule: "after the guardian asked, machines change only when finality has gone on for the upgrade's delay",
    async run(open) {
      const stage = await filled(open, 10);
      const execute = await stage.schedule("replaceMachine", [await stage.deployMachine()]);
      await stage.warp(UPGRADE_DELAY - 2);
      await stage.askAgain();
      await stage.warp(1);
      await refused("UpgradeDelayed", execute);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, A);
      const { readyAt } = await stage.outputAt(4);
      await stage.warp(readyAt + UPGRADE_DELAY - 1 - stage.now);
      await refused("UpgradeDelayed", execute);
      await stage.warp(1);
      await execute();
    },
    without: outputs("from += TimelockController(payable(upgrader)).getMinDelay();", "from += 0;"),
  },
  {
    rule: "replacements that were announced together are not executed one after the other: each waits until finality has gone on",
    async run(open) {
      const stage = await filled(open, 10);
      const harmless = await stage.schedule("replaceMachine", [stage.addresses.machine]);
      const bad = await stage.schedule("replaceMachine", [await stage.deployMachine()]);
      await stage.warp(UPGRADE_DELAY);
      await harmless();
      await refused("UpgradeDelayed", bad);
      await stage.warp(1);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, A);
      const { readyAt } = await stage.outputAt(4);
      await stage.warp(readyAt + UPGRADE_DELAY - 1 - stage.now);
      await refused("UpgradeDelayed", bad);
      assert.equal(await stage.isFinal(4), true, "who wants to leave can");
      await stage.warp(1);
      await bad();
    },
    without: outputs("    if (!isMending) (_replacedAt, head.phase) = (block.timestamp, Phase.Asked);\n", ""),
  },
  {
    rule: "an asking keeps upgrades off for 2 (W + finalityDelay) and the upgrade's delay at most",
    async run(open) {
      const stage = await filled(open, 10);
      const execute = await stage.schedule("addMachine", [20, await stage.deployMachine()]);
      await stage.askAgain();
      const asked = stage.now - 1;
      await stage.warp(asked + 2 * (LONGEST + FINALITY_DELAY) + UPGRADE_DELAY - 1 - stage.now);
      await refused("UpgradeDelayed", execute);
      await stage.warp(1);
      await execute();
    },
    without: outputs(
      "uint256 from = asked + 2 * (LONGEST + finalityDelay);",
      "uint256 from = asked + 3 * (LONGEST + finalityDelay);",
    ),
  },
];

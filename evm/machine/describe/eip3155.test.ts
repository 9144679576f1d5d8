/** Traces of random transactions equal the step events of @ethereumjs/evm and have the format of EIP-3155. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GAS } from "@elench/spec/evm/gas-costs";
import type { InterpreterStep } from "@ethereumjs/evm";
import { randomScenario, runNatively, runStepped, type Scenario } from "../fixtures/programs.ts";
import type { Machine } from "../state/machine.ts";
import { type Eip3155Line, type Eip3155Summary, eip3155 } from "./eip3155.ts";

const SCENARIOS = 120;

interface Traced {
  readonly lines: readonly Eip3155Line[];
  readonly summary: Eip3155Summary | null;
}

async function traceOf(scenario: Scenario): Promise<Traced> {
  let first: Machine | undefined;
  await runStepped(scenario, (m) => {
    first ??= m.copy();
  });
  const lines: Eip3155Line[] = [];
  const trace = eip3155(first as Machine);
  for (;;) {
    const { done, value } = trace.next();
    if (done) return { lines, summary: value };
    lines.push(value);
  }
}

/** The fields of a step event that do not depend on when the library updates it. */
interface Event {
  readonly pc: number;
  readonly op: number;
  readonly gas: bigint;
  readonly depth: number;
  readonly stack: readonly string[];
  readonly fee: bigint;
  readonly refund: bigint;
  readonly memory: number;
}

async function eventsOf(scenario: Scenario): Promise<{ events: Event[]; world: string; gasUsed: bigint }> {
  const events: Event[] = [];
  const { stateRoot: world, gasUsed } = await runNatively(scenario, (step: InterpreterStep) => {
    const { pc, depth, gasLeft, gasRefund, stack, opcode, memory } = step;
    // `dynamicFee` is the total price.
    const [op, fee] = [opcode.code, opcode.dynamicFee ?? BigInt(opcode.fee)];
    const items = stack.map((item) => `0x${item.toString(16)}`);
    events.push({ pc, op, gas: gasLeft, depth, stack: items, fee, refund: gasRefund, memory: memory.length });
  });
  return { events, world: `0x${Buffer.from(world).toString("hex")}`, gasUsed };
}

const CALLS = new Set(["CREATE", "CREATE2", "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"]);

test(`${SCENARIOS} random transactions: the same instructions, gas, stacks, depths and summary as @ethereumjs/evm`, async () => {
  const [seen, compared] = [new Set<string>(), { costs: 0, calls: 0, errors: 0, refunds: 0 }];
  for (let seed = 1; seed <= SCENARIOS; seed++) {
    const scenario = randomScenario(seed);
    const { lines, summary } = await traceOf(scenario);
    const { events, world, gasUsed } = await eventsOf(scenario);
    assert.deepEqual([summary?.stateRoot, summary?.gasUsed], [world, `0x${gasUsed.toString(16)}`], `seed ${seed}`);
    let at = 0;
    for (const [i, line] of lines.entries()) {
      const event = events[at];
      const where = `seed ${seed}, line ${i}: ${JSON.stringify(line)}`;
      const same = event && event.pc === line.pc && event.gas === BigInt(line.gas) && event.depth === line.depth - 1;
      // The library emits no event for an instruction whose static gas exceeds the gas left, nor for the implicit STOP at the end of the code.
      if ((line.error !== undefined || line.opName === "STOP") && !same) continue;
      at++;
      seen.add(line.opName);
      assert.ok(event, where);
      const { pc, op, gas, depth, stack, fee } = event;
      assert.deepEqual(
        [line.pc, line.gas, line.depth, line.stack],
        [pc, `0x${gas.toString(16)}`, depth + 1, stack],
        where,
      );
      // For an invalid opcode the library reports the code of INVALID.
      if (line.opName !== "INVALID" && !/^0x/.test(line.opName)) assert.equal(line.op, op, where);
      assert.ok(line.memSize <= event.memory, where);
      if (line.opName !== "SSTORE" && line.opName !== "SELFDESTRUCT") {
        assert.equal(BigInt(line.refund), event.refund, where);
        if (event.refund > 0n) compared.refunds++;
      }
      if (line.error !== undefined) {
        compared.errors++;
        assert.equal(line.gasCost, line.gas, where);
        continue;
      }
      const next = lines[i + 1];
      if (!CALLS.has(line.opName)) {
        compared.costs++;
        assert.equal(BigInt(line.gasCost), fee, where);
      } else if (next && next.depth > line.depth) {
        compared.calls++;
        const value = ["CALL", "CALLCODE"].includes(line.opName) && BigInt(line.stack.at(-3) as string) > 0n;
        const given = BigInt(next.gas) - (value ? GAS.CALL_STIPEND : 0n);
        assert.equal(BigInt(line.gasCost) - given, fee, where);
      }
      if (line.opName === "RETURNDATASIZE" && next)
        assert.equal(BigInt(next.stack.at(-1) as string), BigInt(line.returnData.length - 2) / 2n, where);
    }
    assert.equal(at, events.length, `seed ${seed}`);
  }
  for (const op of ["SSTORE", "CREATE2", "DELEGATECALL", "REVERT", "RETURNDATACOPY", "LOG1", "TLOAD", "SELFDESTRUCT"])
    assert.ok(seen.has(op), `no program executed ${op}`);
  assert.ok(
    Object.values(compared).every((count) => count > 50),
    JSON.stringify(compared),
  );
});

test("fields have the names, the order and the types of EIP-3155", async () => {
  const HEX = /^0x(0|[1-9a-f][\da-f]*)$/;
  const BYTES = /^0x([\da-f]{2})*$/;
  const failing = { count: 0 };
  for (let seed = 1; seed <= 20; seed++) {
    const { lines, summary } = await traceOf(randomScenario(seed));
    for (const line of lines) {
      const fields = ["pc", "op", "gas", "gasCost", "stack", "depth", "returnData", "refund", "memSize", "opName"];
      assert.deepEqual(Object.keys(line), line.error === undefined ? fields : [...fields, "error"]);
      for (const number of [line.pc, line.op, line.depth, line.memSize]) assert.ok(Number.isSafeInteger(number));
      for (const number of [line.gas, line.gasCost, line.refund, ...line.stack]) assert.match(number, HEX);
      assert.match(line.returnData, BYTES);
      assert.ok(line.depth >= 1 && line.memSize % 32 === 0);
      // The EIP has no line for a STOP caused by an error.
      assert.ok(!(line.opName === "STOP" && line.error));
      if (line.error) failing.count++;
    }
    assert.deepEqual(Object.keys(summary as object), ["stateRoot", "output", "gasUsed", "pass", "fork"]);
    assert.match(summary?.stateRoot as string, /^0x[\da-f]{64}$/);
    assert.match(summary?.output as string, BYTES);
    assert.match(summary?.gasUsed as string, HEX);
    assert.equal(typeof summary?.pass, "boolean");
  }
  assert.ok(failing.count > 0);
});

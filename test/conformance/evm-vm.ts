import { relative } from "node:path";
import { createState, putAccounts } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { createAddressFromString as address, hexToBytes } from "@ethereumjs/util";
import { jsonFiles } from "./evm.ts";
import { accounts, hex, number, testBlockHash } from "./evm-case.ts";
import { judgeByReference } from "./evm-judge.ts";
import { logsHash } from "./evm-reference.ts";
import { asTransaction, type VmTest, vmTestsIn } from "./evm-vm-case.ts";
import { type Case, type Report, reportOf, type SuiteOptions } from "./report.ts";

/**
 * Judges by the classic VM tests: @ethereumjs/evm must give what they say under the rules they were made for (output, gas left, logs,
 * accounts). The executors of today's rules run the same codes in a transaction each, and must agree with the native one; where Cancun's
 * rules give the classic results too, gas included, the report says so.
 */

/** @throws Error if there is no VM test below `dir`, or none is selected. */
export async function conformanceEvmVm(dir: string, options: SuiteOptions): Promise<Report> {
  const { filter = "", sample = 1, limit = Number.POSITIVE_INFINITY } = options;
  const tests = jsonFiles(dir)
    .flatMap((file) =>
      vmTestsIn(file).map(([name, test]) => [`${relative(dir, file).slice(0, -5)}/${name}`, test] as const),
    )
    .filter(([name]) => name.includes(filter))
    .filter((_, i) => i % sample === 0 && i / sample < limit);
  if (tests.length === 0) throw new Error(`no classic VM tests under ${dir}, or none that is asked for`);
  const cases: Case[] = [];
  for (const [name, test] of tests) cases.push(await judge(name, test, options));
  return reportOf(cases);
}

async function judge(name: string, test: VmTest, options: SuiteOptions): Promise<Case> {
  const problem = await difference(test, Hardfork.Chainstart);
  if (problem !== "") return { name, status: "failed", why: problem };
  const today = await judgeByReference(asTransaction(name, test), options);
  if (today.status === "failed") return today;
  // Cancun's SELFDESTRUCT asks whether the transaction created the account, and a code by itself has no transaction.
  const same = (await difference(test, Hardfork.Cancun).catch(() => "cannot run")) === "";
  return { name, status: "passed", why: same ? "same under Cancun rules" : "" };
}

/** How a run under a fork's rules differs from what the test expects, or "". */
async function difference(test: VmTest, hardfork: Hardfork): Promise<string> {
  const { env, exec, pre, post } = test;
  const common = new Common({ chain: Mainnet, hardfork, customCrypto: { keccak256 } });
  const state = createState(common);
  await putAccounts(state, accounts(pre));
  const blockchain = {
    getBlock: async (block: number) => ({ hash: () => testBlockHash(BigInt(block)) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  const evm = await createEVM({ common, stateManager: state.manager, blockchain });
  const header = {
    coinbase: address(env.currentCoinbase as string),
    difficulty: hardfork === Hardfork.Cancun ? 0n : number(env.currentDifficulty),
    gasLimit: number(env.currentGasLimit),
    number: number(env.currentNumber),
    timestamp: number(env.currentTimestamp),
  };
  await evm.journal.checkpoint();
  const result = await evm.runCode({
    code: hexToBytes(exec.code as `0x${string}`),
    data: hexToBytes(exec.data as `0x${string}`),
    gasLimit: number(exec.gas),
    gasPrice: number(exec.gasPrice),
    value: number(exec.value),
    to: address(exec.address as string),
    caller: address(exec.caller as string),
    origin: address(exec.origin as string),
    block: createBlock({ header }, { common, skipConsensusFormatValidation: true }),
  });
  await evm.journal.commit();
  const { exceptionError, executionGasUsed, returnValue, logs = [], selfdestruct } = result;
  if (!post) return exceptionError ? "" : "the run should fail, and did not";
  if (exceptionError) return `the run fails: ${exceptionError.error}`;
  const left = number(exec.gas) - executionGasUsed;
  if (left !== number(test.gas)) return `${left} gas is left, not ${number(test.gas)}`;
  if (hex(returnValue) !== test.out) return `output ${hex(returnValue)}, not ${test.out}`;
  if (hex(logsHash(logs)) !== test.logs) return `logs' hash ${hex(logsHash(logs))}, not ${test.logs}`;
  for (const destroyed of selfdestruct?.keys() ?? []) await state.manager.deleteAccount(address(destroyed));
  const expected = createState(common);
  const [got, wanted] = [await state.manager.getStateRoot(), await putAccounts(expected, accounts(post))];
  return hex(got) === hex(wanted) ? "" : `accounts give root ${hex(got)}, not ${hex(wanted)}`;
}

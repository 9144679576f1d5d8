import { SLOT_STEPS } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { Chain } from "@elench/evm/chain/chain";
import type { Machine } from "@elench/evm/machine/state/machine";
import { step } from "@elench/evm/machine/step";
import { nativeCommon } from "@elench/evm/reference/vm";
import { PHASE } from "@elench/evm/structures/layout";
import { BatchTrace } from "@elench/prover/batch-trace";
import { createTx } from "@ethereumjs/tx";
import { createAddressFromPrivateKey } from "@ethereumjs/util";
import { type Random, seededRandom } from "../../evm/trie/fixtures/random.ts";
import { LOOPS } from "./loops.ts";
import { type Times, timed } from "./timed.ts";
import { BLOCK_GAS, block, type Workload } from "./workload.ts";

/** How long finding and proving one step of a block of 30M gas takes: to step through the block, every hash that ten levels of a game ask for, and the witness. */

const LEVELS = 10;
const SEGMENTS = 16n;

interface Found {
  /** Of the transaction that the step is in. */
  readonly steps: number;
  /** What every node spends on the block, whether or not anybody disputes it. */
  readonly native: Times;
  readonly finding: Times;
}

/** @param k the transaction, of so many. */
async function find(chain: Chain, bytes: Uint8Array, k: (count: number) => number, random: Random): Promise<Found> {
  const [{ input }, native] = await timed(() => chain.append(bytes));
  chain.truncate(0);
  const known = new BatchTrace(input, chain.options);
  const first = BigInt(k(known.transactions)) * SLOT_STEPS;
  const steps = stepsOf(known.at(first).copy());
  const [, finding] = await timed(() => play(new BatchTrace(input, chain.options), first + BigInt(random(steps))));
  return { steps, native, finding };
}

/** All that a game asks for on its way to a step. */
async function play(trace: BatchTrace, step: bigint): Promise<void> {
  let from = 0n;
  for (let level = LEVELS; level >= 1; level--) {
    const width = SEGMENTS ** BigInt(level - 1);
    await trace.stateHashes(Array.from({ length: 17 }, (_, i) => from + BigInt(i) * width));
    from += ((step - from) / width) * width;
  }
  await trace.witness(step);
}

/** Steps before the machine is idle. */
function stepsOf(m: Machine): number {
  const start = m.clock;
  while (m.phase !== PHASE.idle) step(m);
  return Number(m.clock - start);
}

const KEY = new Uint8Array(32).fill(0x77);

/** Steps of the workload's block. */
const OF_THE_BLOCK = 3;

export async function measureFinding(workload: Workload) {
  const random = seededRandom(5);
  const figures: Record<string, Found> = {};
  const note = (what: string, found: Found): void => {
    figures[what] = found;
    process.stderr.write(`${what}: ${JSON.stringify(found)}\n`);
  };
  for (let i = 1; i <= OF_THE_BLOCK; i++)
    note(`a block of many transactions, step ${i}`, await find(workload.chain, workload.bytes, random, random));
  for (const [what, code] of LOOPS)
    note(`one transaction: ${what}`, await find(await loopChain(code), singleTransaction(), () => 0, random));
  return figures;
}

const LOOP = `0x${"10".repeat(20)}` as const;
const CHAIN_ID = 901n;

function loopChain(code: Uint8Array): Promise<Chain> {
  const account = { nonce: 0n, balance: 10n ** 24n, code: new Uint8Array(), storage: new Map<bigint, bigint>() };
  return Chain.create({
    chainId: CHAIN_ID,
    accounts: new Map([
      [createAddressFromPrivateKey(KEY).toString(), account],
      [LOOP, { ...account, nonce: 1n, balance: 0n, code }],
    ]),
    models: new Map(),
  });
}

function singleTransaction(): Uint8Array {
  const fields = {
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0n,
    gasLimit: BLOCK_GAS,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 1n,
    to: LOOP,
  } as const;
  return encodeBatch([
    block(
      [
        createTx(fields, { common: nativeCommon(CHAIN_ID) })
          .sign(KEY)
          .serialize(),
      ],
      BLOCK_GAS,
    ),
  ]);
}

import { type BatchInput, batchInput } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { ordinary } from "@elench/evm/batch/record";
import type { Host } from "@elench/evm/machine/state/host";
import { type AccountState, accountOf, type NativeState, type PreState } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import type { TypedTxData } from "@ethereumjs/tx";
import {
  CHAIN_ID,
  KEYS,
  senderOf,
  testBlock,
  testWorld,
  transaction,
  wrongTransaction,
} from "../../evm/batch/fixtures/batches.ts";
import { createdAddress } from "../../evm/machine/phases/frames.ts";
import { type Random, seededRandom } from "../../evm/trie/fixtures/random.ts";
import { DIRECTORY, DIRECTORY_STORAGE, INFERENCE, models } from "./models.ts";
import { randomInitcode, randomProgram, type Surroundings } from "./program.ts";
import { once, pick, randomBytes, WORD } from "./values.ts";

/** A random world of a few contracts, and a batch of blocks of transactions among them. */
export interface Scenario {
  readonly accounts: PreState;
  /** Encoded. */
  readonly batch: Uint8Array;
  readonly batchGas: bigint;
}

/** A scenario about to be run. */
export interface Stage {
  readonly state: NativeState;
  readonly input: BatchInput;
  readonly host: Host;
}

const CONTRACTS = [0xc001n, 0xc002n, 0xc003n, 0xc004n, 0xc005n, DIRECTORY];
/** It has no code. */
const PLAIN = 0xe0an;
/** It is there, and empty. */
const EMPTY = 0xe3n;
const ABSENT = [0xdeadn, 0xdeaen];
const PRECOMPILES = [1n, 2n, 3n, 4n, 9n, INFERENCE];
const COINBASE = 0xc0ffeen;
const NOTHING = new Uint8Array(0);
/** All of the world's balances together stay below 2^256, as on any chain whose genesis does. */
const LARGE = 2n ** 252n;
/** Number of the block before the batch. */
const NUMBER = 300n;
const HISTORY = NO_HISTORY.map((_, i) => keccak256(Uint8Array.of(i)));

const SENDERS = KEYS.map((key) => BigInt(senderOf(key)));
const hexAddress = (address: bigint): `0x${string}` => `0x${address.toString(16).padStart(40, "0")}`;
/** What the contracts make first, and second. */
const MADE = CONTRACTS.flatMap((address) => [createdAddress(address, 1n), createdAddress(address, 2n)]);
const SURROUNDINGS: Surroundings = {
  targets: [
    ...CONTRACTS,
    ...CONTRACTS,
    ...CONTRACTS,
    ...MADE.slice(0, 6),
    PLAIN,
    EMPTY,
    ...ABSENT,
    ...PRECOMPILES,
    COINBASE,
    ...SENDERS.slice(0, 2),
  ],
};

export function randomScenario(seed: number): Scenario {
  // Seeds next to each other shall not begin alike.
  const random = seededRandom(Math.imul(seed, 2654435761) ^ 0x5bd1e995);
  return {
    accounts: randomWorld(random),
    batch: randomBatch(random),
    batchGas: once(random, 10) ? BigInt(random(2_000_000)) : 2n ** 27n,
  };
}

export async function stageOf({ accounts, batch, batchGas }: Scenario): Promise<Stage> {
  const { state, root: stateRoot, host } = await testWorld(accounts, models);
  return {
    state,
    host,
    input: batchInput(ordinary(CHAIN_ID, batchGas), { number: NUMBER, stateRoot, history: HISTORY }, batch),
  };
}

function randomWorld(random: Random): PreState {
  const rich = 10n ** 20n;
  const accounts: (readonly [bigint, AccountState])[] = SENDERS.map((address, i) => [
    address,
    accountOf({
      balance: i === 2 && once(random, 2) ? BigInt(random(10_000_000)) : rich,
      // Who has code sends nothing (EIP-3607).
      code: i === 2 && once(random, 10) ? Uint8Array.of(0) : NOTHING,
    }),
  ]);
  accounts.push([PLAIN, accountOf({ balance: BigInt(random(1000)) })]);
  if (once(random, 3)) accounts.push([EMPTY, accountOf({})]);
  // Something is where a contract wants to be.
  for (let i = random(3); i > 0; i--) accounts.push([pick(random, MADE), occupant(random)]);
  for (const address of CONTRACTS) accounts.push([address, contract(random, address === DIRECTORY)]);
  return new Map(accounts.map(([address, state]) => [hexAddress(address), state]));
}

const contract = (random: Random, isDirectory: boolean): AccountState =>
  accountOf({
    nonce: once(random, 25) ? 2n ** 64n - 1n : 1n,
    balance: once(random, 40) ? LARGE : BigInt(random(3) * random(1000)),
    code: once(random, 20) ? randomBytes(random, random(60)) : randomProgram(random, SURROUNDINGS),
    storage: new Map([
      ...Array.from({ length: random(5) }, (): [bigint, bigint] => [
        pick(random, [0n, 1n, 2n, 3n, WORD - 1n]),
        pick(random, [1n, 2n, 3n, WORD - 1n]),
      ]),
      ...(isDirectory ? DIRECTORY_STORAGE : []),
    ]),
  });

function occupant(random: Random): AccountState {
  const kind = random(4);
  if (kind === 0) return accountOf({ nonce: 1n });
  if (kind === 1) return accountOf({ balance: 5n, storage: new Map([[1n, 1n]]) });
  return kind === 2 ? accountOf({ balance: 7n }) : accountOf({ code: Uint8Array.of(0x5f, 0xff) });
}

function randomBatch(random: Random): Uint8Array {
  const nonces = KEYS.map(() => 0n);
  const blocks = Array.from({ length: 1 + random(3) }, () => {
    const baseFee = BigInt(pick(random, [0, 1, 7, 19]));
    const transactions = Array.from({ length: random(5) }, () => {
      const who = once(random, 6) ? 2 : random(2);
      const key = KEYS[who] as Uint8Array;
      const nonce = nonces[who] as bigint;
      if (once(random, 12)) return wrongTransaction(random, nonce, key);
      nonces[who] = nonce + 1n;
      return randomTransaction(random, nonce, key);
    });
    return testBlock(transactions, {
      baseFee,
      blobBaseFee: BigInt(random(5)),
      prevRandao: BigInt(random(1000)) << 200n,
      gasLimit: once(random, 12) ? BigInt(random(1_000_000)) : 30_000_000n,
      coinbase: pick(random, [COINBASE, COINBASE, COINBASE, SENDERS[0] as bigint, CONTRACTS[0] as bigint, 3n, EMPTY]),
    });
  });
  const bytes = encodeBatch(blocks);
  return once(random, 20) ? bytes.subarray(0, random(bytes.length)) : bytes;
}

function randomTransaction(random: Random, nonce: bigint, key: Uint8Array): Uint8Array {
  const type = random(3);
  const creates = once(random, 5);
  const data = creates
    ? randomInitcode(random, SURROUNDINGS)
    : randomBytes(random, pick(random, [0, 4, 33, random(300)]));
  const accessList = Array.from({ length: type === 0 ? 0 : random(3) }, () => ({
    address: hexAddress(pick(random, SURROUNDINGS.targets)),
    storageKeys: Array.from({ length: random(3) }, () => hexSlot(BigInt(random(4)))),
  }));
  const slots = accessList.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0);
  const intrinsic = 21_000 + (creates ? 35_000 : 0) + 18 * data.length + 2400 * accessList.length + 1900 * slots;
  const tip = BigInt(random(10));
  const fields = {
    type,
    nonce,
    ...(!creates && {
      to: hexAddress(once(random, 10) ? pick(random, SURROUNDINGS.targets) : pick(random, CONTRACTS)),
    }),
    value: once(random, 3) ? BigInt(random(1000)) : 0n,
    data,
    gasLimit: BigInt(
      intrinsic +
        (once(random, 8)
          ? random(3000)
          : pick(random, [random(200_000), 1_000_000, 2_000_000, once(random, 6) ? 10_000_000 : 3_000_000])),
    ),
    ...(type === 2 ? { maxFeePerGas: 20n + tip, maxPriorityFeePerGas: tip } : { gasPrice: 19n + tip }),
    ...(type !== 0 && { accessList }),
  };
  return transaction(fields as TypedTxData, { key, ...(type === 0 && once(random, 5) && { chainId: 0n }) });
}

const hexSlot = (slot: bigint): `0x${string}` => `0x${slot.toString(16).padStart(64, "0")}`;

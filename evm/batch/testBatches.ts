import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createTx, type TypedTxData } from "@ethereumjs/tx";
import { createAddressFromPrivateKey, hexToBytes } from "@ethereumjs/util";
import { concat } from "../../merkle/concat.ts";
import type { Outside } from "../machine/machine.ts";
import type { Models } from "../native/models.ts";
import { outsideOf } from "../native/outside.ts";
import {
  type AccountState,
  accountOf,
  createState,
  type NativeState,
  type PreState,
  putAccounts,
} from "../native/state.ts";
import { nativeCommon } from "../native/vm.ts";
import type { Random } from "../trie/random.ts";
import { type BatchInput, batchInput } from "./claim.ts";
import { type BatchBlock, encodeBatch } from "./encoding.ts";
import { NO_HISTORY } from "./history.ts";

/** Batches for tests: a small world, transactions of every type in it, and every way in which they may be wrong. */

export const CHAIN_ID = 4242n;
export const common = nativeCommon(CHAIN_ID);
export const KEYS = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
export const senderOf = (key: Uint8Array): string => createAddressFromPrivateKey(key).toString();

const CONTRACT = "0x00000000000000000000000000000000000000cc";
/** Stores blockhash(number − 1) + blobbasefee, and logs it. */
const LOGGING = hexToBytes("0x60014303404a01805f555f52600760205fa1");
/** Stores, and fails. */
const FAILING_ADDRESS = "0x00000000000000000000000000000000000000fa";
const FAILING = hexToBytes("0x6001600055fe");
/** Clears a slot, for which there is a refund. */
const CLEARING_ADDRESS = "0x00000000000000000000000000000000000000c1";
const CLEARING = hexToBytes("0x600060005500");
export const TARGETS = [
  CONTRACT,
  FAILING_ADDRESS,
  CLEARING_ADDRESS,
  "0x00000000000000000000000000000000000000aa",
  "0x0000000000000000000000000000000000000002",
];

const WORLD: PreState = new Map([
  ...KEYS.map((key): [string, AccountState] => [senderOf(key), accountOf({ balance: 10n ** 20n })]),
  [CONTRACT, accountOf({ nonce: 1n, code: LOGGING })],
  [FAILING_ADDRESS, accountOf({ nonce: 1n, code: FAILING })],
  [CLEARING_ADDRESS, accountOf({ nonce: 1n, code: CLEARING, storage: new Map([[0n, 7n]]) })],
]);

export interface World {
  readonly state: NativeState;
  readonly root: Uint8Array;
  readonly outside: Outside;
}

export async function testWorld(accounts = WORLD, models?: Models): Promise<World> {
  const state = createState(common);
  const root = await putAccounts(state, accounts);
  return { state, root, outside: outsideOf({ state, ...(models && { models }) }) };
}

const BATCH_GAS = 2n ** 27n;

/** A batch on the test's world. */
export const testInput = (root: Uint8Array, bytes: Uint8Array, batchGas = BATCH_GAS): BatchInput =>
  batchInput(CHAIN_ID, batchGas, { number: 300n, world: root, history: NO_HISTORY }, bytes);

export const testBlock = (transactions: readonly Uint8Array[], fields: Partial<BatchBlock> = {}): BatchBlock => ({
  timestamp: 1_700_000_000n,
  gasLimit: 30_000_000n,
  baseFee: 7n,
  blobBaseFee: 3n,
  coinbase: 0xc0ffeen,
  prevRandao: 99n,
  transactions,
  ...fields,
});

/** Signatures of these rules name no chain. */
const beforeChainIds = new Common({ chain: Mainnet, hardfork: Hardfork.Homestead });

interface Wish {
  readonly key?: Uint8Array;
  readonly chainId?: bigint;
}

/** A signed transaction; types 0 (with EIP-155, unless `chainId` is 0), 1 and 2. */
export function transaction(
  data: TypedTxData,
  { key = KEYS[0] as Uint8Array, chainId = CHAIN_ID }: Wish = {},
): Uint8Array {
  const fees = data.type === 2 ? { maxFeePerGas: 30n, maxPriorityFeePerGas: 2n } : { gasPrice: 20n };
  const rules = chainId === 0n ? beforeChainIds : nativeCommon(chainId);
  const unsigned = createTx(
    { gasLimit: 200_000n, ...fees, ...(data.type !== 0 && { chainId: rules.chainId() }), ...data } as TypedTxData,
    { common: rules, freeze: false },
  );
  return unsigned.sign(key).serialize();
}

/** Any valid transaction of this nonce. */
export function randomTransaction(random: Random, nonce: bigint, key: Uint8Array): Uint8Array {
  const type = random(3);
  const to = random(6) === 0 ? undefined : TARGETS[random(TARGETS.length)];
  const accessList = Array.from({ length: random(4) }, () => ({
    address: TARGETS[random(TARGETS.length)] as `0x${string}`,
    storageKeys: Array.from(
      { length: random(4) },
      () => `0x${random(3).toString(16).padStart(64, "0")}` as `0x${string}`,
    ),
  }));
  return transaction(
    {
      type,
      nonce,
      ...(to && { to }),
      value: BigInt(random(3)),
      data: random(3) === 0 ? new Uint8Array(0) : randomData(random),
      ...(type !== 0 && { accessList }),
    } as TypedTxData,
    { key },
  );
}

/** Data whose header is of every size, and that sometimes takes several steps. As initcode it stores and returns. */
function randomData(random: Random): Uint8Array {
  const length = [1, 2, 55, 56, 255, 256, 700, 4096, 4097, 9000][random(10)] as number;
  const data = Uint8Array.from({ length }, () => (random(2) === 0 ? 0 : random(256)));
  return length === 1 ? data : concat(Uint8Array.of(0x00), data.subarray(1));
}

/** What is no valid transaction, for one reason or another. @param nonce the sender's next one. */
export function wrongTransaction(random: Random, nonce: bigint, key: Uint8Array): Uint8Array {
  const to = TARGETS[3];
  const good = transaction({ type: random(3), nonce, to } as TypedTxData, { key });
  const wrongs: (() => Uint8Array)[] = [
    () => new Uint8Array(0),
    () => Uint8Array.from({ length: random(300) }, () => random(256)),
    () => good.subarray(0, random(good.length)),
    () => concat(good, Uint8Array.of(0)),
    () => damaged(random, good),
    () => transaction({ type: 2, nonce: nonce + 1n, to } as TypedTxData, { key }),
    () => transaction({ type: 2, nonce, to, value: 10n ** 30n } as TypedTxData, { key }),
    () => transaction({ type: 2, nonce, to, gasLimit: 20_999n } as TypedTxData, { key }),
    () => transaction({ type: 2, nonce, to, gasLimit: 30_000_001n } as TypedTxData, { key }),
    () => transaction({ type: 2, nonce, to, maxFeePerGas: 6n, maxPriorityFeePerGas: 0n } as TypedTxData, { key }),
    () => transaction({ type: random(3), nonce, to } as TypedTxData, { key, chainId: CHAIN_ID + 1n }),
    () => Uint8Array.from([3, ...good.subarray(1)]),
  ];
  return (wrongs[random(wrongs.length)] as () => Uint8Array)();
}

/** One byte changed, put in, or taken out. */
export function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  // Headers and short fields are at both ends.
  const near = random(2) === 0 ? random(Math.min(40, bytes.length)) : random(bytes.length);
  const place = random(3) === 0 ? bytes.length - 1 - Math.min(near, 70) : near;
  const kind = random(4);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (kind === 0) return concat(before, after.subarray(1));
  if (kind === 1) return concat(before, Uint8Array.of(random(256)), after);
  const byte = bytes[place] as number;
  const changed = kind === 2 ? (byte + 1 + 254 * random(2)) & 255 : byte ^ (1 << random(8));
  return concat(before, Uint8Array.of(changed), after.subarray(1));
}

/** Blocks of right and wrong transactions; some are empty, and the end may be cut off. */
export function randomBatch(random: Random): Uint8Array {
  const nonces = KEYS.map(() => 0n);
  const blocks = Array.from({ length: 1 + random(3) }, () =>
    testBlock(
      Array.from({ length: random(5) }, () => {
        const who = random(KEYS.length);
        const [key, nonce] = [KEYS[who] as Uint8Array, nonces[who] as bigint];
        if (random(3) === 0) return wrongTransaction(random, nonce, key);
        nonces[who] = nonce + 1n;
        return randomTransaction(random, nonce, key);
      }),
      { baseFee: BigInt(random(10)), coinbase: random(3) === 0 ? BigInt(senderOf(KEYS[0] as Uint8Array)) : 0xc0ffeen },
    ),
  );
  const bytes = encodeBatch(blocks);
  return random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

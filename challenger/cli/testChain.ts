import { encodeBatch } from "../../evm/batch/encoding.ts";
import { CHAIN_ID, KEYS, senderOf, testBlock, transaction } from "../../evm/batch/testBatches.ts";
import type { Genesis } from "../../evm/chain/genesis.ts";
import { apply, OP, push } from "../../evm/machine/testPrograms.ts";
import type { AccountState } from "../../evm/native/state.ts";
import { concat } from "../../merkle/concat.ts";
import type { LoadedModel } from "../../ml-vm/load.ts";
import { makeGenesis } from "../../rollup/genesis/make.ts";
import { toBytes } from "../strategy/bytes.ts";

/** A chain for tests of the command line: two batches, in the second of which a contract asks a model. */

/** Stores 1 in its slot 0, takes 2 from there, and asks the model about its calldata: whether that went well is in slot 1, the answer's first word in slot 2. */
export const ASKER = 0xa5e4n;
/** Stores something, calls itself away, and reverts. */
const REVERTER = 0x4e4en;

const CALLDATASIZE = 0x36;

export interface TestChain {
  readonly genesis: Genesis;
  /** Of one plain payment. */
  readonly first: Uint8Array;
  /** Three transactions: the asking one, one that is none, and one that reverts. */
  readonly second: Uint8Array;
}

export function testChain(model: LoadedModel, input: Uint8Array): TestChain {
  const accounts = new Map<string, AccountState>([
    ...KEYS.map((key): [string, AccountState] => [senderOf(key), account(new Uint8Array(0), 10n ** 20n)]),
    [hexAddress(ASKER), account(askingCode(model, input.length))],
    [
      hexAddress(REVERTER),
      account(concat(apply(OP.sstore, 7, 7), apply(OP.call, 50_000, ASKER, 0, 0, 0, 0, 0), apply(OP.revert, 0, 32))),
    ],
  ]);
  const to = (address: bigint) => hexAddress(address) as `0x${string}`;
  const [alice, bob] = KEYS as [Uint8Array, Uint8Array];
  const pay = transaction({ type: 2, nonce: 0n, to: to(0xaan), value: 5n }, { key: alice });
  const ask = transaction({ type: 2, nonce: 1n, to: to(ASKER), data: input, gasLimit: 20_000_000n }, { key: alice });
  const revert = transaction({ type: 0, nonce: 0n, to: to(REVERTER) }, { key: bob });
  return {
    genesis: makeGenesis({ chainId: CHAIN_ID, accounts, models: [model], directoryCode: Uint8Array.of(OP.stop) }),
    first: encodeBatch([testBlock([pay])]),
    second: encodeBatch([testBlock([ask, Uint8Array.of(1, 2, 3)]), testBlock([revert])]),
  };
}

function askingCode({ id }: LoadedModel, inputBytes: number): Uint8Array {
  return concat(
    apply(OP.sstore, 0, 1),
    apply(OP.sstore, 0, 2),
    concat(Uint8Array.of(0x7f), toBytes(id), push(0), Uint8Array.of(OP.mstore)),
    apply(OP.mstore, 32, inputBytes),
    concat(Uint8Array.of(CALLDATASIZE), push(0), push(64), Uint8Array.of(OP.callDataCopy)),
    apply(OP.call, 15_000_000, 0xa100, 0, 0, 64 + inputBytes, 0, 32),
    concat(push(1), Uint8Array.of(OP.sstore)),
    concat(apply(OP.mload, 0), push(2), Uint8Array.of(OP.sstore)),
    apply(OP.log1, 0, 32, 9),
  );
}

const account = (code: Uint8Array, balance = 0n): AccountState => ({
  nonce: code.length > 0 ? 1n : 0n,
  balance,
  code,
  storage: new Map(),
});

const hexAddress = (address: bigint): string => `0x${address.toString(16).padStart(40, "0")}`;

import { toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import type { NativeState } from "@elench/evm/reference/state";
import { type Account, createAddressFromBigInt, setLengthLeft } from "@ethereumjs/util";
import type { Sequencer } from "../../devnet/sequencer.ts";
import { blockAt } from "../blocks.ts";
import { quantityHex } from "../format.ts";
import { address, quantity } from "../params.ts";
import type { Methods } from "../server.ts";

/** Methods about accounts, at any block of the chain. */
export function stateMethods(sequencer: Sequencer): Methods {
  const { chain } = sequencer;
  const read = <T>(block: unknown, work: (state: NativeState) => Promise<T>) => chain.at(blockAt(chain, block), work);
  const account = (of: unknown, block: unknown): Promise<Account | undefined> => {
    const at = createAddressFromBigInt(address("the address", of));
    return read(block, ({ manager }) => manager.getAccount(at));
  };
  return {
    eth_getBalance: async ([of, block]) => quantityHex((await account(of, block))?.balance ?? 0n),
    eth_getTransactionCount: async ([of, block]) =>
      quantityHex(
        block === "pending"
          ? await sequencer.nonce(address("the address", of), true)
          : ((await account(of, block))?.nonce ?? 0n),
      ),
    eth_getCode: async ([of, block]) => {
      const at = createAddressFromBigInt(address("the address", of));
      return toHex(await read(block, ({ manager }) => manager.getCode(at)));
    },
    eth_getStorageAt: async ([of, slot, block]) => {
      const at = createAddressFromBigInt(address("the address", of));
      const key = wordBytes(quantity("the slot", slot));
      return toHex(setLengthLeft(await read(block, ({ manager }) => manager.getStorage(at, key)), 32));
    },
  };
}

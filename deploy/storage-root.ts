import { createMPT } from "@ethereumjs/mpt";
import { bytesToHex, type Hex, hexToBytes, numberToHex, toRlp } from "viem";

/**
 * The root of a contract's storage that holds these values and no others (Ethereum Yellow Paper, appendix D). A slot of zero is not stored.
 * @param slots values by slot, a word of 32 bytes.
 */
export async function storageRoot(slots: ReadonlyMap<Hex, bigint>): Promise<Hex> {
  const trie = await createMPT({ useKeyHashing: true });
  for (const [slot, value] of slots)
    if (value !== 0n) await trie.put(hexToBytes(slot), toRlp(numberToHex(value), "bytes"));
  return bytesToHex(trie.root());
}

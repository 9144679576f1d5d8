/** The trie library of the contracts, compiled and callable: `contracts/test/TrieHarness.sol`. */
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { build } from "./build.ts";
import { startSimulator } from "./simulator.ts";

/** An update as the contract takes it. */
export interface ProvenUpdate {
  readonly key: Uint8Array;
  /** No bytes delete. */
  readonly value: Uint8Array;
  /** Encoded. */
  readonly proof: Uint8Array;
}

/** Updates in one call: well under the gas that a call may use. */
const BATCH = 250;

export async function startTrieHarness() {
  const contract = build(["contracts/test/TrieHarness.sol"]).get("TrieHarness")!;
  const simulator = await startSimulator();
  const { call } = await simulator.deploy(contract);

  return {
    /** Bytes of runtime code. */
    size: contract.size,
    close: () => simulator.close(),

    /** @returns the value, the bytes of the proof that were used, and the gas of the look-up. */
    async get(root: Uint8Array, key: Uint8Array, proof: Uint8Array) {
      const result = await call("get", ...[root, key, proof].map((bytes) => bytesToHex(bytes)));
      const [value, used, gas] = result as [Hex, bigint, bigint];
      return { value: hexToBytes(value), used: Number(used), gas: Number(gas) };
    },

    /** @returns the new root, the bytes of the proof that were used, and the gas of the update. */
    async update(root: Uint8Array, { key, value, proof }: ProvenUpdate) {
      const result = await call("update", ...[root, key, value, proof].map((bytes) => bytesToHex(bytes)));
      const [newRoot, used, gas] = result as [Hex, bigint, bigint];
      return { root: hexToBytes(newRoot), used: Number(used), gas: Number(gas) };
    },

    /** @returns the root after each update, of all in a row. */
    async updateAll(root: Uint8Array, updates: readonly ProvenUpdate[]) {
      const roots: Uint8Array[] = [];
      for (let at = 0; at < updates.length; at += BATCH) {
        const some = updates.slice(at, at + BATCH);
        const packed = Buffer.concat(some.flatMap(({ key, value, proof }) => [key, lengthOf(value), value, proof]));
        const args = [bytesToHex(roots.at(-1) ?? root), bytesToHex(packed), BigInt(some.length)];
        roots.push(...((await call("updateAll", ...args)) as Hex[]).map((hash) => hexToBytes(hash)));
      }
      return roots;
    },
  };
}

export type TrieHarness = Awaited<ReturnType<typeof startTrieHarness>>;

const lengthOf = (value: Uint8Array): Uint8Array => Uint8Array.of(value.length >> 8, value.length);

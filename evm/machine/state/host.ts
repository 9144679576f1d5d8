import type { Hash } from "@elench/merkle/tree";
import type { Host } from "./machine.ts";

/**
 * What is given from outside, and before it whatever the machines that run on it have made: trie nodes and codes. All copies of a machine share it, since a hash names one thing.
 * @param below is asked for what was not made here.
 */
export function keeping(below: Omit<Host, "keep">): Host {
  const made = new Map<string, Uint8Array>();
  return {
    ...below,
    node: (hash) => made.get(latin1(hash)) ?? below.node(hash),
    code: (hash) => made.get(latin1(hash)) ?? below.code(hash),
    keep: (hash, bytes) => {
      made.set(latin1(hash), bytes);
    },
  };
}

/** A byte a character: the cheapest key of a map that equal hashes share. */
const latin1 = (hash: Hash): string => String.fromCharCode(...hash);

import { joinWords, type Word } from "@elench/bytes/words";
import { keccak256 } from "./keccak/keccak.ts";

/** H of docs/evm-machine.md: keccak256 of concatenated 32-byte words. */
export const hashWords = (words: readonly Word[]): Uint8Array => keccak256(joinWords(words));

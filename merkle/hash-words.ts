import { joinWords, type Word } from "@elench/bytes/words";
import { keccak256 } from "./keccak/keccak.ts";

/** H of docs/evm-machine.md: keccak256 of words of 32 bytes, one after the other. */
export const hashWords = (words: readonly Word[]): Uint8Array => keccak256(joinWords(words));

import { type Constants, valuesOf } from "./constants.ts";

/** The status of a frame, in the task of LEAVE. */
export const STATUSES = {
  success: [0, "the frame succeeded"],
  revert: [1, "the frame reverted: its remaining gas is returned"],
  failure: [2, "an exceptional halt: its gas is consumed"],
  deposited: [3, "a creation succeeded, and its code is in place"],
} as const satisfies Constants;

export const STATUS = valuesOf(STATUSES);
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** Bits of an account's flags, in the journal. */
export const FLAGS = {
  warm: [1, "accessed in this transaction (EIP-2929)"],
  touched: [2, "changed: FLUSH writes it into the trie"],
  created: [4, "created in this transaction (EIP-6780)"],
  destroyed: [8, "to be deleted at the transaction's end (EIP-6780)"],
} as const satisfies Constants;

export const FLAG = valuesOf(FLAGS);

/** Kinds of a Frame. */
export const FRAME_KINDS = {
  call: [0, "runs an account's code"],
  creation: [1, "runs initcode, and leaves the new account's code"],
} as const satisfies Constants;

export const FRAME_KIND = valuesOf(FRAME_KINDS);

import { LIMIT } from "./limits.ts";

/** The step of each phase. */
interface PhaseRow {
  readonly number: number;
  /** Words whose hash is the state's task. */
  readonly task: string;
  readonly step: string;
}

/** Numbers 16 to 19 are unused: phases from START on are those between a transaction's frames. */
export const PHASES = {
  execute: { number: 1, task: "0", step: "one opcode" },
  loadAccount: {
    number: 2,
    task: "phase, task, address",
    step: "trie proof against stateRoot; puts the record (flags 0, no slots) into the journal",
  },
  loadSlot: {
    number: 3,
    task: "phase, task, address, slot",
    step: "trie proof against the account's storage; puts (value, value, 0) into its slots",
  },
  loadCode: {
    number: 4,
    task: "phase, task, codeHash",
    step: "the code's bytes (length 4 bytes, then bytes), checked against the hash; puts (root, size) into the table",
  },
  copy: {
    number: 5,
    task: "kind (0 a Slice, 1 a code), source (4 words), from, to, length",
    step: `copies min(length, ${LIMIT.COPY_BYTES}) bytes of the source from \`from\` to memory at \`to\`: reads the source, then overwrites memory. See Bulk work`,
  },
  hash: {
    number: 6,
    task: "then, argument, prefix, prefixLength, view (4), suffix, suffixLength, position, sponge",
    step: "absorbs a piece; at the end: phase `then`, task H(argument, digest); but if `then` is EXECUTE, the digest is pushed and the task is 0. See Bulk work",
  },
  build: {
    number: 7,
    task: "slice (4), position, carry",
    step: `makes min(rest, ${LIMIT.BUILD_BYTES}) bytes of the view into chunks of the frame's code. \`carry\` is that of the chunk at \`position\`. The tape has the bytes, then the siblings of the chunks, which are 0 before`,
  },
  enter: {
    number: 8,
    task: "codeAddress, transfers, creates, hash of the initcode's Slice",
    step: "what happens between a call and its first instruction",
  },
  leave: { number: 9, task: "status: see Statuses", step: "back to the caller" },
  precompile: { number: 10, task: "address, position, midstate", step: "a precompile, or a piece of it" },
  input: {
    number: 11,
    task: "modelId, entry, view (4), position, root",
    step: `makes min(rest, ${LIMIT.BUILD_BYTES}) bytes of the view into leaves of the model's input, whose root so far is \`root\` (at first that of zeros). The tape has the bytes, then the siblings of the leaves, which are zeros before`,
  },
  ask: {
    number: 12,
    task: "modelId, entry, inputRoot",
    step: "asks the tensor machine (the only step that is delegated)",
  },
  deposit: { number: 13, task: "argument 0, codeHash", step: "gives a created account its code" },
  create: {
    number: 14,
    task: "argument (1 for CREATE2, else 0), hash of the initcode (0 for CREATE)",
    step: "the new address, the waiting creator",
  },
  log: {
    number: 15,
    task: "argument H(address, number of topics, topics…), hash of the data",
    step: "one more log",
  },
  start: {
    number: 20,
    task: "record hash, previous output (the context is their hash)",
    step: "opens the record (7 words), its config (9), and the previous output: number, stateRoot, history",
  },
  next: {
    number: 21,
    task: "0",
    step: "the next transaction, or the end of the block, or the next block, or the end",
  },
  decode: {
    number: 22,
    task: "start, end (of the transaction's bytes in the batch)",
    step: "reads the transaction's fields",
  },
  recover: { number: 23, task: "argument H(r, s, parity), signingHash", step: "the sender, by ecrecover" },
  count: {
    number: 24,
    task: "position",
    step: `counts zero and other bytes of min(rest, ${LIMIT.COUNT_BYTES}) bytes of data`,
  },
  access: {
    number: 25,
    task: "position, slotsEnd, address",
    step: "one item of the access list: an address with the headers around it (which then sets address and slotsEnd), or, if position < slotsEnd, a slot",
  },
  validate: { number: 26, task: "0", step: "checks the transaction, buys its gas" },
  settle: { number: 27, task: "status", step: "refunds and pays for gas" },
  flush: { number: 28, task: "status, used", step: "one record of the journal into the tries" },
  receipt: { number: 29, task: "status, used", step: "the receipt" },
  idle: { number: 30, task: "0", step: "waits until the clock is a multiple of 16^7" },
} as const satisfies Readonly<Record<string, PhaseRow>>;

type Numbers = { readonly [Name in keyof typeof PHASES]: (typeof PHASES)[Name]["number"] };
const numbers = Object.entries(PHASES).map(([name, { number }]) => [name, number] as const);

export const PHASE = Object.fromEntries(numbers) as Numbers;
export type Phase = Numbers[keyof Numbers];

/** A phase's name in the documentation, and in Solidity: LOAD_ACCOUNT for loadAccount. */
export const upperCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

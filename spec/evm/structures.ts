/** A word of a structure. */
export interface Field {
  readonly name: string;
  readonly type: "uint256" | "bytes32";
  readonly meaning: string;
  /** Its name in Solidity, if `name` is a keyword there. */
  readonly solidity?: string;
}

export interface Structure {
  readonly note: string;
  readonly fields: readonly Field[];
}

const number = <const Name extends string>(name: Name, meaning: string, solidity?: string) =>
  ({ name, type: "uint256", meaning, ...(solidity && { solidity }) }) as const;
const hash = <const Name extends string>(name: Name, meaning: string, solidity?: string) =>
  ({ name, type: "bytes32", meaning, ...(solidity && { solidity }) }) as const;

/** The machine's structures: each is hashed as its words, in this order. */
export const STRUCTURES = {
  State: {
    note: "the machine at one step; its hash is what claims are about",
    fields: [
      number("phase", "what the next step does: see Phases"),
      number("clock", "number of the step in the batch: 0 for the first. Every step adds 1"),
      number("pc", "byte offset in the code"),
      number("gas", "gas left in this frame"),
      hash("stack", "hash chain: 0 for the empty one, else H(top, chain below)"),
      number("height", "items on the stack"),
      hash("memory", "root of the data tree over the memory's bytes", "memoryRoot"),
      number("memorySize", "bytes of memory, a multiple of 32. The tree's depth follows from it"),
      hash("code", "root of the code tree"),
      number("codeSize", "bytes of code"),
      hash("returned", "hash of the Slice of the last return data"),
      hash("journal", "root of the journal"),
      hash("frame", "hash of the Frame"),
      hash("tx", "hash of the Tx"),
      hash("task", "hash of the phase's arguments; 0 if it has none"),
    ],
  },
  Slice: {
    note: "a window on a frozen data tree: `length` bytes from `offset`",
    fields: [
      hash("root", "root of the tree"),
      number("size", "bytes of the tree"),
      number("offset", "of the first byte in the tree"),
      number("length", "bytes"),
    ],
  },
  Frame: {
    note: "constant while a call runs",
    fields: [
      number("kind", "0 call, 1 creation"),
      number("address", "whose storage and balance the code works on", "self"),
      number("caller", ""),
      number("value", "wei"),
      number("isStatic", "0 or 1"),
      number("depth", "0 for the transaction's own"),
      hash("data", "hash of the Slice that is its calldata"),
      number("outOffset", "where in its memory the caller wants the return data"),
      number("outLength", "the most bytes of return data that the caller wants"),
      hash("parent", "hash of the State that waits for it to end"),
    ],
  },
  Tx: {
    note: "the transaction that is being executed",
    fields: [
      number("origin", ""),
      number("gasPrice", "effective"),
      number("refund", ""),
      hash("logs", "hash chain of the logs"),
      hash("codes", "root of the code table"),
      hash("envelope", "hash of the Envelope"),
      hash("block", "hash of the Block"),
    ],
  },
  Envelope: {
    note: "the fields of a transaction",
    fields: [
      number("type", "0, 1, 2", "kind"),
      number("nonce", ""),
      number("maxFee", "the gas price for types 0 and 1"),
      number("maxPriority", "the gas price for types 0 and 1"),
      number("gasLimit", ""),
      number("creates", "0 or 1"),
      number("to", "0 if it creates"),
      number("value", "wei"),
      hash("data", "hash of the Slice"),
      number("accessList", "position in the batch of the list's content"),
      number("accessEnd", "where the list ends"),
      number("intrinsic", "intrinsic gas, as far as it is counted"),
    ],
  },
  Block: {
    note: "the block that is being executed",
    fields: [
      number("number", ""),
      number("timestamp", ""),
      number("gasLimit", ""),
      number("baseFee", ""),
      number("blobBaseFee", ""),
      number("coinbase", ""),
      number("prevRandao", ""),
      number("gasUsed", ""),
      number("remaining", "transactions of the block that are left"),
      number("open", "1 while a block is being executed"),
      hash("receipts", "hash chain of the receipts"),
      hash("stateRoot", "root of the state trie"),
      hash("batch", "hash of the Batch"),
    ],
  },
  Batch: {
    note: "the batch that is being executed",
    fields: [
      hash("context", "hash of START's task"),
      number("chainId", ""),
      number("gasLeft", ""),
      hash("root", "root of the data tree over the batch's bytes"),
      number("size", "bytes"),
      number("position", "of the next byte to read"),
      hash("history", "root of the tree over the last block hashes"),
      number("transactions", "that the batch may still have"),
    ],
  },
  Account: {
    note: "a record of the journal",
    fields: [
      number("nonce", ""),
      number("balance", "wei"),
      hash("codeHash", ""),
      hash("storage", "root of its trie, as last flushed", "storageRoot"),
      hash("slots", "root of its slots"),
      hash("transient", "root of its transient slots", "transients"),
      number("flags", "see Flags"),
    ],
  },
  Slot: {
    note: "a record of an account's slots",
    fields: [
      number("original", "value before the transaction"),
      number("current", "value now"),
      number("warm", "0 or 1"),
    ],
  },
  Code: {
    note: "a record of the code table",
    fields: [hash("root", "root of the code tree"), number("size", "bytes of code")],
  },
} as const satisfies Readonly<Record<string, Structure>>;

export type StructureName = keyof typeof STRUCTURES;
export type FieldName<Name extends StructureName> = (typeof STRUCTURES)[Name]["fields"][number]["name"];

const names = Object.entries(STRUCTURES).map(
  ([name, { fields }]) => [name, fields.map((field) => field.name)] as const,
);
const NAMES = Object.fromEntries(names) as unknown as { readonly [Name in StructureName]: readonly FieldName<Name>[] };

/** The words of a structure in their order, as they are hashed. */
export const wordsInOrder = <Name extends StructureName, Word>(
  structure: Name,
  words: Readonly<Record<FieldName<Name>, Word>>,
): Word[] => NAMES[structure].map((name) => words[name]);

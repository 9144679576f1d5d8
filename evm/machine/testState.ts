import { type Hash, keccak256 } from "../../merkle/tree.ts";
import { EMPTY_TRIE_ROOT } from "../trie/node.ts";
import { NodeStore } from "../trie/store.ts";
import { encodeAccount, encodeSlot } from "./account.ts";
import { Bytes } from "./bytes.ts";
import { Code } from "./code.ts";
import { type Block, EMPTY, type Frame, PHASE, type Phase, type Tx, ZERO_HASH } from "./layout.ts";
import { addressKey, Machine, type Outside, slotKey, type Task } from "./machine.ts";
import { keeping } from "./outside.ts";
import { step } from "./step.ts";

/** Small worlds, and machines in the midst of a transaction in them: for tests. */

export interface TestAccount {
  readonly nonce?: bigint;
  readonly balance?: bigint;
  readonly code?: Uint8Array;
  /** Value by number. */
  readonly storage?: Readonly<Record<number, bigint>>;
}

/** Accounts by address. */
export type TestWorld = ReadonlyMap<bigint, TestAccount>;

export interface World {
  /** Of the state trie. */
  readonly root: Hash;
  /** Knows its nodes and codes, and no model. */
  readonly outside: Outside;
}

export function worldOf(accounts: TestWorld): World {
  const nodes = new NodeStore();
  const codes = new Map<string, Uint8Array>();
  let root: Hash = EMPTY_TRIE_ROOT;
  for (const [address, { nonce = 0n, balance = 0n, code = new Uint8Array(0), storage = {} }] of accounts) {
    let slots: Hash = EMPTY_TRIE_ROOT;
    for (const [number, value] of Object.entries(storage))
      slots = nodes.update(slots, slotKey(BigInt(number)), encodeSlot(value));
    const codeHash = keccak256(code);
    codes.set(`${codeHash}`, code);
    const account = { nonce, balance, codeHash, storage: slots, slots: null, transient: null, flags: 0 };
    root = nodes.update(root, addressKey(address), encodeAccount(account));
  }
  const outside = keeping({
    node: nodes.source,
    code: (hash) => {
      const code = codes.get(`${hash}`);
      if (!code) throw new Error("no account of the test's world has this code");
      return code;
    },
    infer: () => {
      throw new Error("a test's world has no models");
    },
    bounded: true,
  });
  return { root, outside };
}

export interface Situation {
  readonly world: World;
  readonly phase?: Phase;
  readonly task?: Task | null;
  readonly code?: Uint8Array;
  readonly gas?: bigint;
  /** The top last. */
  readonly stack?: readonly bigint[];
  readonly frame?: Partial<Frame>;
}

/** A machine in a frame of `SELF`, called by the transaction's sender. */
export function machineIn({
  world,
  phase = PHASE.execute,
  task = null,
  code,
  gas = 1_000_000n,
  ...rest
}: Situation): Machine {
  const m = new Machine(world.outside, phase, 7n, task);
  m.code = code ? new Code(code) : Code.NONE;
  m.gas = gas;
  for (const item of rest.stack ?? []) m.stack.push(item);
  m.frame = { ...FRAME, ...rest.frame };
  m.tx = { ...TX, block: { ...BLOCK, world: world.root } };
  return m;
}

/** Steps until the phase is another one than these. */
export function stepWhile(m: Machine, ...phases: readonly Phase[]): void {
  while (phases.includes(m.phase)) step(m);
}

export const SELF = 0x5e1fn;
export const SENDER = 0x5e4dn;

const FRAME: Frame = {
  kind: 0,
  address: SELF,
  caller: SENDER,
  value: 0n,
  isStatic: false,
  depth: 1,
  data: EMPTY,
  outOffset: 0n,
  outLength: 0n,
  parent: { hash: keccak256(Uint8Array.of(1)) },
};

const BLOCK: Block = {
  number: 9n,
  timestamp: 1_000n,
  gasLimit: 30_000_000n,
  baseFee: 7n,
  blobBaseFee: 1n,
  coinbase: 0xc01bn,
  prevRandao: 5n,
  gasUsed: 0n,
  remaining: 1,
  open: true,
  receipts: ZERO_HASH,
  world: EMPTY_TRIE_ROOT,
  batch: {
    context: keccak256(Uint8Array.of(2)),
    chainId: 1n,
    gasLeft: 1_000_000n,
    bytes: new Bytes(),
    position: 0,
    history: [],
    historyRoot: ZERO_HASH,
    transactions: 1,
  },
};

const TX: Tx = {
  origin: SENDER,
  gasPrice: 10n,
  refund: 0n,
  logs: ZERO_HASH,
  codes: null,
  envelope: null,
  block: BLOCK,
};

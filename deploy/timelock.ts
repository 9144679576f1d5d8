import {
  type Address,
  concat,
  type Hash,
  type Hex,
  keccak256,
  numberToHex,
  type PublicClient,
  pad,
  parseAbi,
  stringToHex,
  zeroHash,
} from "viem";
import { logsOf } from "./logs.ts";

/** What is read of OpenZeppelin's TimelockController 5.7.0. */
const timelockAbi = parseAbi([
  "event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)",
  "event CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data, bytes32 predecessor, uint256 delay)",
  "event CallSalt(bytes32 indexed id, bytes32 salt)",
  "function getMinDelay() view returns (uint256)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function getTimestamp(bytes32 id) view returns (uint256)",
]);
const [roleGranted, callScheduled, callSalt] = timelockAbi;

const roleOf = (name: string): Hash => keccak256(stringToHex(name));

/** The roles of a timelock by name. Whoever has DEFAULT_ADMIN_ROLE grants the others. */
export const ROLES = {
  DEFAULT_ADMIN_ROLE: zeroHash,
  PROPOSER_ROLE: roleOf("PROPOSER_ROLE"),
  EXECUTOR_ROLE: roleOf("EXECUTOR_ROLE"),
  CANCELLER_ROLE: roleOf("CANCELLER_ROLE"),
} as const;

export interface Holder {
  readonly role: Hash;
  readonly account: Address;
}

export interface Operation {
  readonly id: Hash;
  /** Empty for a batch of no calls. */
  readonly calls: readonly { readonly target: Address; readonly data: Hex }[];
  /** When it can be executed, in seconds since 1970; DONE, or 0 if it was cancelled. */
  readonly timestamp: bigint;
  /** The block of its latest announcement. */
  readonly announcedIn: bigint;
}

/** The timestamp of an operation that was executed. */
const DONE = 1n;

export const isPending = ({ timestamp }: Operation): boolean => timestamp > DONE;

/** All that a timelock keeps in its storage. */
export interface TimelockState {
  readonly minDelay: bigint;
  readonly holders: readonly Holder[];
  /** All that were ever announced. */
  readonly operations: readonly Operation[];
}

export interface TimelockView {
  readonly client: PublicClient;
  readonly address: Address;
  /** The first block whose logs are read. */
  readonly fromBlock: bigint;
  /** The block of the state. */
  readonly blockNumber: bigint;
}

/**
 * Reads a timelock's state. Its roles and operations cannot be enumerated: logs name them, and its getters tell what became of them.
 * @param suspects are asked for too, whether or not a log names them.
 * @throws viem's errors
 */
export async function readTimelock(view: TimelockView, suspects: readonly Holder[]): Promise<TimelockState> {
  const { client, address, fromBlock, blockNumber } = view;
  const at = { address, abi: timelockAbi, blockNumber } as const;
  const range = { address, fromBlock, toBlock: blockNumber };
  const logs = await logsOf(client, { ...range, events: [roleGranted, callScheduled, callSalt] });
  const granted = logs.flatMap((log) => (log.eventName === "RoleGranted" ? [log.args] : []));
  const candidates = new Map([...granted, ...suspects].map(({ role, account }) => [role + account, { role, account }]));
  const holders: Holder[] = [];
  for (const { role, account } of candidates.values())
    if (await client.readContract({ ...at, functionName: "hasRole", args: [role, account] }))
      holders.push({ role, account });

  const operations: Operation[] = [];
  for (const id of new Set(logs.flatMap((log) => (log.eventName === "RoleGranted" ? [] : [log.args.id])))) {
    const of = logs.filter((log) => log.eventName !== "RoleGranted" && log.args.id === id);
    const scheduled = of.flatMap((log) => (log.eventName === "CallScheduled" ? [log.args] : []));
    // An operation that was cancelled can be announced again: the same calls.
    const calls = [...new Map(scheduled.map((call) => [call.index, call])).values()];
    const timestamp = await client.readContract({ ...at, functionName: "getTimestamp", args: [id] });
    operations.push({ id, calls, timestamp, announcedIn: of.at(-1)?.blockNumber ?? fromBlock });
  }
  return { minDelay: await client.readContract({ ...at, functionName: "getMinDelay" }), holders, operations };
}

/** Slots of the contract's variables. */
const [ROLES_SLOT, TIMESTAMPS_SLOT, MIN_DELAY_SLOT] = [0, 1, 2].map((slot) => numberToHex(slot, { size: 32 })) as [
  Hex,
  Hex,
  Hex,
];

/** The slot of a key in a mapping (https://docs.soliditylang.org/en/latest/internals/layout_in_storage.html). */
const slotIn = (mapping: Hex, key: Hex): Hex => keccak256(concat([pad(key, { size: 32 }), mapping]));

/** The values of a timelock's storage, by slot. A role's data begin with the mapping of its holders. */
export const storageOf = ({ minDelay, holders, operations }: TimelockState): ReadonlyMap<Hex, bigint> =>
  new Map([
    [MIN_DELAY_SLOT, minDelay],
    ...holders.map(({ role, account }) => [slotIn(slotIn(ROLES_SLOT, role), account), 1n] as const),
    ...operations.map(({ id, timestamp }) => [slotIn(TIMESTAMPS_SLOT, id), timestamp] as const),
  ]);

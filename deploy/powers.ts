import { outputsAbi } from "@elench/contracts/abi/outputs";
import {
  type Address,
  BaseError,
  decodeFunctionData,
  type Hex,
  isAddressEqual,
  type PublicClient,
  parseAbi,
  size,
  slice,
  zeroAddress,
} from "viem";
import type { Finding } from "./finding.ts";
import { wordsOf } from "./refusals.ts";
import { storageRoot } from "./storage-root.ts";
import {
  type Holder,
  isPending,
  type Operation,
  ROLES,
  readTimelock,
  storageOf,
  type TimelockState,
} from "./timelock.ts";

/**
 * Powers that a deployment's contracts hold in storage, where a deployer could keep one: code and immutable variables do not show them.
 * Getters are believed, so the contracts' code must be checked before.
 */

const guardianAbi = parseAbi(["function holder() view returns (address)"]);

/** The calls by which a timelock changes machines, itself, or the guardian's holder. */
const changesAbi = parseAbi([
  "function addMachine(uint256 fromBatch, address machine)",
  "function replaceMachine(address machine)",
  "function grantRole(bytes32 role, address account)",
  "function revokeRole(bytes32 role, address account)",
  "function updateDelay(uint256 newDelay)",
  "function appoint(address holder)",
]);

/** The state that is read: the contracts' at a block. */
export interface At {
  readonly client: PublicClient;
  readonly blockNumber: bigint;
}

/** What a timelock must be. */
export interface ExpectedTimelock {
  readonly address: Address;
  /** The only account that announces operations, and cancels them. */
  readonly proposer: Address;
  /** Seconds. */
  readonly delay: number;
}

/** Who holds a timelock's roles, its delay and what is announced; and that its storage holds nothing else. */
export async function timelockFindings(at: At, expected: ExpectedTimelock, fromBlock: bigint): Promise<Finding[]> {
  const { address, delay } = expected;
  const of = { contract: "TimelockController", address } as const;
  const holders = holdersOf(expected);
  const roles = { ...of, kind: "role", what: "roles" } as const;
  return unlessRefused(`its logs from block ${fromBlock} on, or its state`, roles, async () => {
    const state = await readTimelock({ ...at, address, fromBlock }, holders);
    const findings = [delayFinding(of, state.minDelay, delay), ...roleFindings(of, state.holders, holders)];
    for (const operation of state.operations.filter(isPending)) {
      const { timestamp } = await at.client.getBlock({ blockNumber: operation.announcedIn });
      findings.push(operationFinding(of, operation, timestamp, delay));
    }
    return [...findings, ...(await storageFindings(at, of, state, fromBlock))];
  });
}

/** The timelock administers itself, and anyone executes what its delay has passed for. */
const holdersOf = ({ address, proposer }: ExpectedTimelock): Holder[] => [
  { role: ROLES.DEFAULT_ADMIN_ROLE, account: address },
  { role: ROLES.PROPOSER_ROLE, account: proposer },
  { role: ROLES.CANCELLER_ROLE, account: proposer },
  { role: ROLES.EXECUTOR_ROLE, account: zeroAddress },
];

type Subject = Pick<Finding, "contract" | "address">;

function delayFinding(of: Subject, found: bigint, expected: number): Finding {
  const ok = found === BigInt(expected);
  return {
    ...of,
    ok,
    kind: "parameter",
    what: "minDelay",
    says: ok ? `${found}` : `${found}, but should be ${expected}`,
  };
}

function roleFindings(of: Subject, found: readonly Holder[], expected: readonly Holder[]): Finding[] {
  const has = (holders: readonly Holder[], { role, account }: Holder): boolean =>
    holders.some((holder) => holder.role === role && isAddressEqual(holder.account, account));
  const finding = (holder: Holder, ok: boolean, problem: string): Finding => ({
    ...of,
    ok,
    kind: "role",
    what: Object.entries(ROLES).find(([, role]) => role === holder.role)?.[0] ?? `role ${holder.role}`,
    says: `${holder.account}${holder.account === zeroAddress ? ", which means anyone" : ""}${problem}`,
  });
  return [
    ...expected.map((holder) =>
      has(found, holder) ? finding(holder, true, "") : finding(holder, false, " does not have this role, but should"),
    ),
    ...found
      .filter((holder) => !has(expected, holder))
      .map((holder) => finding(holder, false, " has this role, but should not")),
  ];
}

/**
 * A pending operation is a warning; one that was announced for less than the delay has evaded it. How long it was announced for is told by
 * the chain's time, because other creation code can emit an announcement that says anything.
 */
function operationFinding(of: Subject, { id, calls, timestamp }: Operation, announced: bigint, least: number): Finding {
  const delay = timestamp - announced;
  const ok = delay >= BigInt(least);
  const does = calls.map(({ target, data }) => `${callOf(data)} of ${target}`).join(", ") || "nothing";
  const short = ok ? "" : `; it was announced for ${delay} s, but should be for ${least} s`;
  const says = `${id}: ${does}, from ${timeOf(timestamp)} on${short}`;
  return { ...of, ok, kind: "operation", what: "pending", says };
}

/** A call in words if it is one of these changes. */
function callOf(data: Hex): string {
  try {
    const { functionName, args } = decodeFunctionData({ abi: changesAbi, data });
    return `${functionName}(${args.join(", ")})`;
  } catch {
    return size(data) < 4 ? `a call of ${size(data)} bytes` : `the function ${slice(data, 0, 4)}`;
  }
}

/** The latest time that a Date can hold, in seconds: a delay can be longer. */
const LAST = 8_640_000_000_000n;

const timeOf = (timestamp: bigint): string =>
  timestamp > LAST ? `second ${timestamp}` : new Date(Number(timestamp) * 1000).toISOString();

/**
 * INVARIANT: the storage is what was read, and nothing else. Other creation code can deploy a genuine timelock with a role that no log
 * names; and endpoints leave out logs.
 */
async function storageFindings(
  { client, blockNumber }: At,
  of: Subject,
  state: TimelockState,
  fromBlock: bigint,
): Promise<Finding[]> {
  const finding = { ...of, kind: "storage", what: "storage" } as const;
  return unlessRefused("the root of its storage (eth_getProof)", finding, async () => {
    const { storageHash } = await client.getProof({ address: of.address, storageKeys: [], blockNumber });
    const ok = storageHash === (await storageRoot(storageOf(state)));
    const says = ok
      ? "these roles, operations and delay, and nothing else"
      : `holds more than the logs from block ${fromBlock} on name: a role or an operation that is not listed here; or the endpoint left out logs`;
    return [{ ...finding, ok, says }];
  });
}

/** The machines of all batches: the record's alone. */
export async function machineFindings(
  { client, blockNumber }: At,
  { outputs, spanVerifier }: { readonly outputs: Address; readonly spanVerifier: Address },
): Promise<Finding[]> {
  const finding = { kind: "machine", contract: "Outputs", address: outputs, what: "machineOf" } as const;
  return unlessRefused("its state", finding, async () => {
    const findings: Finding[] = [];
    const at = { address: outputs, abi: outputsAbi, blockNumber, functionName: "machineOf" } as const;
    for (let first = 0n; first < FOR_EVER; ) {
      const [machine, until] = await client.readContract({ ...at, args: [first] });
      const ok = isAddressEqual(machine, spanVerifier);
      const says = `${machine} from batch ${first} on${ok ? "" : `, but should be ${spanVerifier}`}`;
      findings.push({ ...finding, ok, says });
      first = until;
    }
    return findings;
  });
}

/** The end of the last machine's batches. */
const FOR_EVER = 2n ** 256n - 1n;

/** Who calls as the guardian. */
export async function holderFindings(
  { client, blockNumber }: At,
  address: Address,
  expected: Address,
): Promise<Finding[]> {
  const finding = { kind: "role", contract: "Guardian", address, what: "holder" } as const;
  return unlessRefused("its state", finding, async () => {
    const holder = await client.readContract({ address, abi: guardianAbi, blockNumber, functionName: "holder" });
    const ok = isAddressEqual(holder, expected);
    return [{ ...finding, ok, says: ok ? holder : `${holder}, but should be ${expected}` }];
  });
}

/**
 * What cannot be read is not known to be right: it fails the check.
 * @param what is read.
 */
export async function unlessRefused(
  what: string,
  finding: Omit<Finding, "ok" | "says">,
  read: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    return [
      { ...finding, ok: false, says: `not checked, because the endpoint did not give ${what}: ${wordsOf(error)}` },
    ];
  }
}

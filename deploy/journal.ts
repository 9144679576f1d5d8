import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@elench/files/files";
import { type Address, getAddress } from "viem";
import { deployFolder } from "./folder.ts";

/** A contract that a deployment has created. */
export interface Created {
  readonly address: Address;
  /** Number of the block of its creation. */
  readonly block: number;
}

/** One message of Ignition's journal of a deployment: a line of JSON. */
interface JournalMessage {
  readonly type: string;
  /** Id of a contract of a module, such as `Elench#DisputeGame`. */
  readonly futureId?: string;
  readonly nonce?: number;
  readonly receipt?: { readonly blockNumber: number; readonly contractAddress?: Address; readonly status: string };
}

/** The folder of a deployment with Ignition's journal. */
export const journalFolder = (deploymentId: string): string => join(deployFolder(), "deployments", deploymentId);

const journalFile = (deploymentId: string): string => join(journalFolder(deploymentId), "journal.jsonl");

/** The contracts that a deployment has created so far, by their id in its modules. */
export function createdBy(deploymentId: string): ReadonlyMap<string, Created> {
  const created = new Map<string, Created>();
  for (const { futureId, receipt } of read(deploymentId)) {
    if (futureId !== undefined && receipt?.contractAddress !== undefined && receipt.status === "SUCCESS")
      created.set(futureId, { address: getAddress(receipt.contractAddress), block: receipt.blockNumber });
  }
  return created;
}

/**
 * Removes entries of transactions that were prepared but never sent, so that they can be prepared again with other parameters, which Ignition refuses.
 * If nothing was sent, the deployment starts from the beginning.
 * @param nextNonce of the deployer's account, pending transactions included.
 */
export function forgetUnsent(deploymentId: string, nextNonce: number): void {
  const lines = linesOf(deploymentId);
  if (lines.length === 0) return;
  const sent = sentBy(deploymentId, nextNonce);
  if (sent.size === 0) {
    rmSync(journalFolder(deploymentId), { recursive: true });
    return;
  }
  const kept = lines.filter((text) => {
    const message = parse(text);
    return message && (message.futureId === undefined || sent.has(message.futureId));
  });
  if (kept.length < lines.length) writeWhole(journalFile(deploymentId), kept.map((text) => `\n${text}`).join(""));
}

/**
 * The ids of the contracts whose creation was sent. If Ignition was stopped between the preparation and the endpoint's answer, the account's nonce
 * shows whether it was sent. If the endpoint lags, the second transaction has the same nonce as the first, so only one is executed.
 */
export const sentBy = (deploymentId: string, nextNonce: number): ReadonlySet<string> =>
  new Set(
    read(deploymentId)
      .filter(
        ({ type, nonce = 0 }) =>
          type === "TRANSACTION_SEND" || (type === "TRANSACTION_PREPARE_SEND" && nonce < nextNonce),
      )
      .map(({ futureId }) => futureId as string),
  );

function linesOf(deploymentId: string): string[] {
  const file = journalFile(deploymentId);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

const read = (deploymentId: string): JournalMessage[] => linesOf(deploymentId).flatMap((text) => parse(text) ?? []);

/** @returns null for half a line, which a process leaves that is killed, or has no space left, while it writes. */
function parse(text: string): JournalMessage | null {
  try {
    return JSON.parse(text) as JournalMessage;
  } catch {
    return null;
  }
}

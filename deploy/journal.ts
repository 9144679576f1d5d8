import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@elench/files/files";
import { type Address, getAddress } from "viem";
import { deployFolder } from "./folder.ts";

/** A contract that a deployment has created. */
export interface Created {
  readonly address: Address;
  /** The block that the contract is in. */
  readonly block: number;
}

/** What Ignition has written down of one deployment: a line of JSON for each thing that it did. */
interface Entry {
  readonly type: string;
  /** Names a contract of a module, as `Elench#DisputeGame`. */
  readonly futureId?: string;
  readonly nonce?: number;
  readonly receipt?: { readonly blockNumber: number; readonly contractAddress?: Address; readonly status: string };
}

/** The folder of a deployment, in which Ignition keeps its journal. */
export const journalFolder = (deploymentId: string): string => join(deployFolder(), "deployments", deploymentId);

const journalFile = (deploymentId: string): string => join(journalFolder(deploymentId), "journal.jsonl");

/** The contracts that a deployment has created so far, by their name in its modules. */
export function createdBy(deploymentId: string): ReadonlyMap<string, Created> {
  const created = new Map<string, Created>();
  for (const { futureId, receipt } of read(deploymentId)) {
    if (futureId !== undefined && receipt?.contractAddress !== undefined && receipt.status === "SUCCESS")
      created.set(futureId, { address: getAddress(receipt.contractAddress), block: receipt.blockNumber });
  }
  return created;
}

/**
 * Drops what was begun and never sent: nothing was paid for it, so it may be begun again with other parameters. Ignition alone would hold on to the first ones.
 * Where nothing at all was sent, the deployment begins anew.
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
    const entry = parse(text);
    return entry && (entry.futureId === undefined || sent.has(entry.futureId));
  });
  if (kept.length < lines.length) writeWhole(journalFile(deploymentId), kept.map((text) => `\n${text}`).join(""));
}

/**
 * The names of the contracts whose creation was sent. Where Ignition was stopped between its intention to send and the endpoint's answer, the account's nonce
 * tells whether anything was sent: if the endpoint is behind, a second transaction with the same nonce takes the place of the first, and one alone is paid for.
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

const read = (deploymentId: string): Entry[] => linesOf(deploymentId).flatMap((text) => parse(text) ?? []);

/** @returns null for half a line, which a process leaves that is killed, or has no space left, while it writes. */
function parse(text: string): Entry | null {
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return null;
  }
}

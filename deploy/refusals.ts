import { causesOf } from "@elench/errors/causes";
import { ElenchError } from "@elench/errors/elench-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { BaseError } from "viem";
import { journalFolder } from "./journal.ts";
import type { Network } from "./network.ts";

/** Numbers of Hardhat's errors, such as HHE10120. */
const HHE = {
  cannotConnect: 703,
  timedOut: 704,
  deployment: 10120,
  dropped: 10400,
  pendingTransactions: 10402,
  pendingNonce: 10403,
  wrongNonce: 10404,
  feeAboveLimit: 10406,
  noFunds: 10408,
  gasEstimation: 10409,
  unknownTransaction: 10410,
  nonceTooHigh: 10411,
  nonceStillWrong: 10412,
} as const;

const INTERFERENCES = new Set<number>([
  HHE.dropped,
  HHE.pendingTransactions,
  HHE.pendingNonce,
  HHE.wrongNonce,
  HHE.nonceTooHigh,
  HHE.nonceStillWrong,
]);

/** Error codes of the operating system for an unreachable host. */
const NO_CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "UND_ERR_SOCKET"]);

/** Fields of Hardhat's errors; Hardhat does not export the classes of its network errors. */
interface Bearer {
  /** In Hardhat's own errors. */
  readonly number?: number;
  /** JSON-RPC or operating system error code. */
  readonly code?: number | string;
  /** HTTP status. */
  readonly statusCode?: number;
}

/**
 * Error messages to match, because they have no code: nodes report insufficient funds with the generic code -32000, and Ignition stores
 * only the text of a transaction's error in its journal.
 */
const WORDS = {
  noConnection: /ECONNREFUSED|ENOTFOUND|ECONNRESET|fetch failed/,
  noFunds: /insufficient funds|gas required exceeds allowance/i,
  reconciliation: /reconciliation errors/,
} as const;

const AGAIN = "run the same command again: it continues where this one stopped, and pays for no contract twice";

/**
 * Translates an error of Hardhat's deployment into an error that says what to do; returns any other error unchanged.
 * @param at undefined if the network could not be opened.
 */
export function explainRefusal(
  error: unknown,
  network: string,
  at?: Pick<Network, "deployer" | "deploymentId">,
): unknown {
  if (error instanceof ElenchError) return error;
  const causes = [...causesOf(error)];
  const bearers = causes as readonly Bearer[];
  const text = causes.map(({ message }) => message).join("\n");
  const refusal = (message: string, exitCode: number) => new UserError(message, exitCode, { cause: error });
  const number = bearers.map((bearer) => bearer.number).find((n) => n !== undefined);
  if (
    number === HHE.cannotConnect ||
    number === HHE.timedOut ||
    bearers.some(({ code }) => typeof code === "string" && NO_CONNECTION.has(code)) ||
    WORDS.noConnection.test(text)
  )
    return refusal(
      `the L1 endpoint of network ${network} does not answer; check its URL, and that the node is running`,
      EXIT.environment,
    );
  if (number === HHE.noFunds || WORDS.noFunds.test(text))
    return refusal(
      `insufficient balance: the deployer ${at?.deployer} cannot pay for the next contract; send ether to it, and ${AGAIN}`,
      EXIT.refused,
    );
  const said = messageOf(causes);
  if (number === HHE.deployment && WORDS.reconciliation.test(text))
    return refusal(
      `this deployment was begun with other parameters or other contracts (${listOf(said)}): to continue it, use the first ones. To deploy all contracts again, and pay for them again, remove ${at && journalFolder(at.deploymentId)}`,
      EXIT.input,
    );
  if (number === HHE.deployment) return refusal(`L1 refused the deployment: ${listOf(said)}`, EXIT.refused);
  if (number === HHE.unknownTransaction)
    return refusal(
      `${said}\n(<deploymentId> is ${at?.deploymentId}; run it in the project's folder, with --network ${network})`,
      EXIT.environment,
    );
  if (number !== undefined && INTERFERENCES.has(number)) return refusal(`${said} Then ${AGAIN}`, EXIT.environment);
  if (number === HHE.feeAboveLimit || number === HHE.gasEstimation)
    return refusal(`L1 refused the deployment: ${said}`, EXIT.refused);
  if (bearers.some(({ code, statusCode }) => typeof code === "number" || statusCode !== undefined))
    return refusal(`the L1 endpoint of network ${network} refused a request: ${said}; ${AGAIN}`, EXIT.environment);
  return error;
}

/** Translates an error of a read-only request into an error that says what to do, without the endpoint's URL, which may contain an API key. */
export function explainReading(error: unknown, network: string): unknown {
  const isSilent = causesOf(error).some(({ message }) => WORDS.noConnection.test(message));
  if (!(error instanceof BaseError) || isSilent) return explainRefusal(error, network);
  return new UserError(`the L1 endpoint of network ${network} refused a request: ${wordsOf(error)}`, EXIT.environment, {
    cause: error,
  });
}

/** What an endpoint says of a request that it refuses, in one line, without its URL. */
export const wordsOf = ({ shortMessage, details }: BaseError): string =>
  `${shortMessage} ${details}`
    .replaceAll(/https?:\/\/\S+/g, "…")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();

/** The message of the innermost error, without Hardhat's number. */
const messageOf = (causes: readonly Error[]): string =>
  (causes.at(-1)?.message ?? "").replace(/^HHE\d+: /, "").replace(/^Hardhat Ignition deployment error: /, "");

/** The points of Ignition's list, in one line. */
const listOf = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /^\s*\*/.test(line))
    .map((line) => line.replace(/^\s*\*\s*/, ""))
    .join("; ");

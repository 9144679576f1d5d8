import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Address } from "viem";
import type { Agent } from "./agent.ts";

/** What a claim takes, in wei. */
export interface Cost {
  /** Taken from the account's credit with the game first, if the consumer may. */
  readonly bond: bigint;
  readonly consumer: Address;
  readonly deposit?: bigint;
}

/**
 * For before the first transaction of a claim that takes several: an account that could make the first alone would pay for nothing.
 * @throws UserError if the account's balance does not suffice; gas is left out
 */
export async function requireFunds(
  { client, queue, payBond }: Agent,
  what: string,
  { bond, consumer, deposit = 0n }: Cost,
): Promise<void> {
  if (!queue) throw new InternalError("a claim takes a key");
  const { value } = await payBond({ key: `bond of ${what}`, to: consumer, data: "0x", value: bond });
  const balance = await client.getBalance({ address: queue.address });
  if (balance >= value + deposit) return;
  const parts = [`the bond of ${what} is ${value} wei`, ...(deposit > 0n ? [`the deposit ${deposit} wei`] : [])];
  throw new UserError(
    `insufficient balance: ${parts.join(" and ")}, but ${queue.address} has ${balance} wei`,
    EXIT.refused,
  );
}

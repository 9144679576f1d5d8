/** An account of `contracts/game/IBonds.sol`: amounts in wei, times in seconds since 1970. */
export interface Account {
  /** All of its money. */
  readonly credit: bigint;
  /** The part of it that can be withdrawn from `payableAt` on. */
  readonly waiting: bigint;
  readonly payableAt: number;
  /** Credit that cannot be staked now. */
  readonly heldAmount: bigint;
  /** When it can withdraw again; in the past if it is free. */
  readonly heldUntil: number;
}

/**
 * The next call that withdraws our money, if one is due. Waiting money is withdrawn before more is unlocked, because
 * `unlock` restarts the delay for all of it. Waiting money can still be staked, so unlocking takes nothing from the defence.
 */
export function dueWithdrawal(account: Account, now: number): "unlock" | "withdraw" | undefined {
  if (account.waiting > 0n) return now >= account.payableAt && now >= account.heldUntil ? "withdraw" : undefined;
  return account.credit > 0n ? "unlock" : undefined;
}

/** Credit that can be staked, which need not be sent with a move. */
export const stakeable = ({ credit, heldAmount }: Account): bigint => (credit > heldAmount ? credit - heldAmount : 0n);

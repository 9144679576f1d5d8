/** An account of `contracts/game/IBonds.sol`: amounts in wei, times in seconds since 1970. */
export type Account = { credit: bigint; unlocked: bigint; payableAt: number; held: boolean };

/**
 * The next call that withdraws our money, if one is due. Unlocked money is withdrawn before more is unlocked, because
 * `unlock` restarts the delay for all of it.
 */
export function dueWithdrawal(account: Account, now: number): "unlock" | "withdraw" | undefined {
  if (account.unlocked > 0n) return now >= account.payableAt && !account.held ? "withdraw" : undefined;
  return account.credit > 0n ? "unlock" : undefined;
}

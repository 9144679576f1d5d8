import type { Intent } from "../l1/transactions.ts";
import { type Account, stakeable } from "../strategy/withdrawals.ts";

/**
 * Pays bonds from the account's own credit with the game first, and the rest in ether. Credit that a pending transaction stakes is not
 * counted twice: the second of them would revert, and a move would be late.
 */
export class Purse {
  #free = 0n;
  /** By key of an intent, the credit that it stakes. */
  readonly #staked = new Map<string, bigint>();

  /** Nothing is known of the account: bonds are paid in ether. */
  close(): void {
    this.#free = 0n;
  }

  /**
   * @param account as it is in the newest block
   * @param isPending whether the intent with a key is sent and not in a block
   */
  open(account: Account, isPending: (key: string) => boolean): void {
    for (const key of this.#staked.keys()) if (!isPending(key)) this.#staked.delete(key);
    const staked = [...this.#staked.values()].reduce((sum, amount) => sum + amount, 0n);
    const free = stakeable(account) - staked;
    // A pending withdrawal takes the credit before a later transaction can stake it.
    this.#free = free > 0n && !isPending("withdraw") ? free : 0n;
  }

  /** The same action, with as much of its price as there is free credit taken from the value. Paid again, it stakes what it staked. */
  pay(intent: Intent): Intent {
    const staked = this.#staked.get(intent.key) ?? least(intent.value, this.#free);
    if (staked === 0n) return intent;
    if (!this.#staked.has(intent.key)) this.#free -= staked;
    this.#staked.set(intent.key, staked);
    return { ...intent, value: intent.value - staked };
  }

  /** The action was not sent after all. */
  keep({ key }: Intent): void {
    this.#free += this.#staked.get(key) ?? 0n;
    this.#staked.delete(key);
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

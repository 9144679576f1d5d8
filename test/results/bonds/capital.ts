import type { Dice } from "../model/dice.ts";

/**
 * How much honest money an attacker's money can lock. Every claim is answered once by the other side; a step is refuted for nothing.
 * Amounts are in bonds.
 */

/** Levels of a line: how many claims each machine's run takes. */
export type Line = { span: number; evm: number; tensor: number };

/** Prices along the longest line: the proposal, the counter, then moves and delegations. */
export function pricesAlong({ span, evm, tensor }: Line, delegation: number): number[] {
  const below = (levels: number) => (levels === 0 ? [] : [delegation, ...Array<number>(levels - 1).fill(1)]);
  return [4, 2, ...Array<number>(span - 1).fill(1), ...below(evm), ...below(tensor)];
}

/**
 * The most honest money that each sum locks, over all trees of claims that it pays for.
 * @returns by the attacker's sum, 0 … `most`
 */
export function lockedBy(prices: readonly number[], most: number): number[] {
  const known = new Map<string, number>();
  /** Against an honest claim at this depth, with so much money: false children, each answered, and more against the answers. */
  const against = (depth: number, money: number): number => {
    const price = prices[depth + 1];
    if (price === undefined || money < price) return 0;
    const key = `${depth} ${money}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const answer = prices[depth + 2] ?? 0;
    let best = 0;
    for (let deeper = 0; deeper <= money - price; deeper++)
      best = Math.max(best, answer + against(depth + 2, deeper) + against(depth, money - price - deeper));
    known.set(key, best);
    return best;
  };
  const [proposal, counter, move] = prices as [number, number, number];
  const locked: number[] = [];
  for (let money = 0; money <= most; money++) {
    let best = 0;
    // A false proposal, which an honest counter answers; a false counter to a true proposal, which an honest move answers.
    for (let deeper = 0; deeper <= money - proposal; deeper++)
      best = Math.max(best, counter + against(1, deeper) + locked[money - proposal - deeper]!);
    for (let deeper = 0; deeper <= money - counter; deeper++)
      best = Math.max(best, move + against(2, deeper) + locked[money - counter - deeper]!);
    locked[money] = best;
  }
  return locked;
}

/**
 * An attack by dice: false claims anywhere, each answered at once, until one side has no money left.
 * @returns whether the honest side was short of money
 */
export function exhausts(prices: readonly number[], attacker: number, honest: number, dice: Dice): boolean {
  /** Depths of the honest claims that can be attacked; a true proposal stands. */
  const claims = [0];
  let [left, reserve] = [attacker, honest];
  for (;;) {
    const [proposal] = prices as [number];
    const targets = claims.filter((depth) => prices[depth + 1] !== undefined && prices[depth + 1]! <= left);
    if (left >= proposal) targets.push(-1);
    if (targets.length === 0) return false;
    const target = targets[dice.below(targets.length)]!;
    left -= prices[target + 1]!;
    const answer = prices[target + 2];
    if (answer === undefined) continue;
    if (answer > reserve) return true;
    reserve -= answer;
    claims.push(target + 2);
  }
}

import { type Account, BOND_RULES, type BondRule, type BondRules, START, steps } from "./account.ts";

export const withoutBondRule = (taken?: BondRule): BondRules =>
  Object.fromEntries(Object.keys(BOND_RULES).map((rule) => [rule, rule !== taken])) as BondRules;

/** @returns how many states there are, and the shortest way to each thing that must never be */
export function search(rules: BondRules): { states: number; wrongs: Map<string, string[]> } {
  const wrongs = new Map<string, string[]>();
  const cameFrom = new Map<string, { before: string; call: string } | undefined>();
  const wayTo = (key: string): string[] => {
    const link = cameFrom.get(key);
    return link === undefined ? [] : [...wayTo(link.before), link.call];
  };
  const first = keyOf(START);
  cameFrom.set(first, undefined);
  for (let layer: [string, Account][] = [[first, START]]; layer.length > 0; ) {
    const following: [string, Account][] = [];
    for (const [key, account] of layer) {
      for (const { call, next, wrong } of steps(rules, account)) {
        if (wrong !== undefined && !wrongs.has(wrong)) wrongs.set(wrong, [...wayTo(key), call]);
        if (next === undefined || wrong !== undefined) continue;
        const nextKey = keyOf(next);
        if (cameFrom.has(nextKey)) continue;
        cameFrom.set(nextKey, { before: key, call });
        following.push([nextKey, next]);
      }
    }
    layer = following;
  }
  return { states: cameFrom.size, wrongs };
}

const keyOf = (account: Account): string => Object.values(account).join(" ");

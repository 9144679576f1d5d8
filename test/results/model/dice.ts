/** Random numbers made from a seed alone (xorshift32). */
export type Dice = {
  /** In [0, 1). */
  share(): number;
  /** 0 … bound − 1. */
  below(bound: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
};

export function diceFrom(seed: number): Dice {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  const share = () => {
    state = (state ^ (state << 13)) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
  return {
    share,
    below: (bound) => Math.floor(share() * bound),
    chance: (probability) => share() < probability,
  };
}

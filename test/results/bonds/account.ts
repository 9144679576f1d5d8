/**
 * The rules of credit, waiting money and holds (contracts/game/Bonds.sol) for one account, small enough to be searched through: sums
 * are a few bonds, times a few ticks. Times are counted from now, so that only finitely many states differ.
 */

/** What can be taken out of the rules, and what it then allows. */
export const BOND_RULES = {
  authorisation: "a foreign consumer stakes another account's credit",
  consumerNamesCaller: "a consumer that an account authorised stakes its credit for somebody else",
  waitingFallsWithCredit: "what was staked still counts as having waited, and new money leaves at once in its place",
  unlockStartsAnew: "money leaves without having waited",
  holdStopsWithdrawals: "what arrived after the hold was placed is withdrawn during it",
  holdOnAllStopsWithdrawals: "money leaves while all is held",
  holdKeepsFromStaking: "held money is staked in a game against oneself, and comes back as another account's",
  freeAfterOwnHold: "an account is held without a break",
  freeAfterHoldOnAll: "an account is held without a break, by a hold of its own after one on all",
  holdOnAllPassesOver: "an account is held without a break, by a hold on all after one of its own",
  holdOnAllIsFreeAfter: "all are held without a break",
  freshMoneyCanBeStaked: "an account under a hold cannot defend itself with money that comes in",
} as const;
export type BondRule = keyof typeof BOND_RULES;
export type BondRules = Readonly<Record<BondRule, boolean>>;

export const BOND = 1;
export const DELAY = 2;
export const HOLD = 3;
const MOST = 3;
/** So long ago that it makes no difference. */
const LONG_AGO = -3 * HOLD;

export type Account = {
  credit: number;
  waiting: number;
  /** From now. */
  payableIn: number;
  heldCredit: number;
  /** From now; negative in the past, `LONG_AGO` for never. */
  heldFor: number;
  allHeldFor: number;
  isAuthorised: boolean;
  /** When staked bonds come back, from now, in order. */
  games: readonly number[];

  // What the checks remember.
  /** Ticks since the last unlocking, up to `DELAY`; −1 for none. */
  unlockedSince: number;
  /** Least credit since then. */
  lowest: number;
  /** Ticks for which withdrawals were held without a break, and ticks without a hold since the last one. */
  heldRun: number;
  freeRun: number;
};

export const START: Account = {
  credit: 2,
  waiting: 0,
  payableIn: 0,
  heldCredit: 0,
  heldFor: LONG_AGO,
  allHeldFor: LONG_AGO,
  isAuthorised: false,
  games: [],
  unlockedSince: -1,
  lowest: 0,
  heldRun: 0,
  freeRun: HOLD,
};

export type Step = {
  call: string;
  /** Undefined if the call is refused. */
  next: Account | undefined;
  /** What the call has done that must never be. */
  wrong?: string;
};

export const heldFor = (rules: BondRules, { heldFor: own, allHeldFor: all }: Account): number => {
  const onAll = rules.holdOnAllStopsWithdrawals ? all : LONG_AGO;
  const isPassedOver = rules.holdOnAllPassesOver && own !== LONG_AGO && onAll < own + 2 * HOLD;
  return isPassedOver ? own : Math.max(own, onAll);
};

const unstakeable = (rules: BondRules, account: Account): number => {
  if (account.heldFor <= 0) return 0;
  if (!rules.freshMoneyCanBeStaked) return account.credit;
  return rules.holdKeepsFromStaking ? account.heldCredit : 0;
};

const afterStake = (rules: BondRules, account: Account): Account => {
  const credit = account.credit - BOND;
  const waiting = rules.waitingFallsWithCredit ? Math.min(account.waiting, credit) : account.waiting;
  return { ...account, credit, waiting, lowest: Math.min(account.lowest, credit), games: [...account.games, 2] };
};

/** Every call that anybody can make, and a tick of the clock. */
export function* steps(rules: BondRules, account: Account): Generator<Step> {
  const available = account.credit - unstakeable(rules, account);
  const total = account.credit + account.games.length;

  // Strangers, through a consumer of their own, or through one that the owner trusts.
  const stolen = "credit staked without its owner";
  if (available >= BOND && !rules.authorisation)
    yield { call: "E.propose in its name", next: undefined, wrong: stolen };
  if (available >= BOND && account.isAuthorised && !rules.consumerNamesCaller)
    yield { call: "C.propose in its name", next: undefined, wrong: stolen };

  // The owner.
  if (!account.isAuthorised) yield { call: "authorise C", next: { ...account, isAuthorised: true } };
  if (account.games.length < 2) {
    if (available >= BOND) {
      const next = afterStake(rules, account);
      const wrong = account.heldFor > 0 && next.credit < account.heldCredit ? "held credit staked" : undefined;
      yield { call: "stake credit", next, ...(wrong === undefined ? {} : { wrong }) };
    } else if (account.heldFor > 0 && account.credit > account.heldCredit) {
      yield { call: "stake credit", next: undefined, wrong: "fresh money cannot be staked" };
    }
    if (total < MOST) yield { call: "stake ether", next: { ...account, games: [...account.games, 2] } };
  }
  if (account.credit > 0) {
    const payableIn = rules.unlockStartsAnew || account.waiting === 0 ? DELAY : account.payableIn;
    const { credit } = account;
    yield { call: "unlock", next: { ...account, waiting: credit, payableIn, unlockedSince: 0, lowest: credit } };
  }
  if (account.waiting > 0 && account.payableIn === 0) yield* withdrawal(rules, account);

  // The guardian.
  const isFree = (time: number) => time === LONG_AGO || -time >= HOLD;
  const allIsFree = isFree(account.allHeldFor);
  if ((isFree(account.heldFor) || !rules.freeAfterOwnHold) && (allIsFree || !rules.freeAfterHoldOnAll))
    yield { call: "hold it", next: { ...account, heldFor: HOLD, heldCredit: account.credit } };
  if (allIsFree || !rules.holdOnAllIsFreeAfter) yield { call: "hold all", next: { ...account, allHeldFor: HOLD } };

  yield tick(rules, account);
}

function* withdrawal(rules: BondRules, account: Account): Generator<Step> {
  const isHeld = heldFor(rules, account) > 0;
  if (isHeld && rules.holdStopsWithdrawals) return;
  const kept = account.heldFor > 0 ? account.heldCredit : 0;
  const amount = Math.min(account.waiting, account.credit - kept);
  if (amount <= 0) return;
  const wrong =
    account.heldFor > 0
      ? "withdrawn during a hold"
      : account.allHeldFor > 0 && account.heldFor === LONG_AGO
        ? "withdrawn while all is held"
        : account.unlockedSince < DELAY || amount > account.lowest
          ? "withdrawn without having waited"
          : undefined;
  const next = { ...account, credit: account.credit - amount, waiting: account.waiting - amount, lowest: 0 };
  yield { call: "withdraw", next, ...(wrong === undefined ? {} : { wrong }) };
}

function tick(rules: BondRules, account: Account): Step {
  const back = account.games.filter((left) => left === 1).length;
  const isHeld = heldFor(rules, account) > 0;
  const heldRun = isHeld ? Math.min(HOLD + 1, account.heldRun + 1) : 0;
  const startsTooSoon = isHeld && account.heldRun === 0 && account.freeRun < HOLD;
  const wrong = heldRun > HOLD || startsTooSoon ? "held without a break" : undefined;
  return {
    call: "tick",
    ...(wrong === undefined ? {} : { wrong }),
    next: {
      ...account,
      credit: account.credit + back * BOND,
      payableIn: Math.max(0, account.payableIn - 1),
      heldFor: Math.max(LONG_AGO, account.heldFor - 1),
      allHeldFor: Math.max(LONG_AGO, account.allHeldFor - 1),
      heldCredit: account.heldFor > 1 ? account.heldCredit : 0,
      games: account.games.filter((left) => left > 1).map((left) => left - 1),
      unlockedSince: account.unlockedSince < 0 ? -1 : Math.min(DELAY, account.unlockedSince + 1),
      heldRun,
      freeRun: isHeld ? 0 : Math.min(HOLD, account.freeRun + 1),
    },
  };
}

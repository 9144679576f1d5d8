/**
 * The rules of an account: credit, stakes, delays, holds. Times are in ticks, money in halves of a proposal's price. One account is
 * enough, because accounts share nothing but the hold on all.
 */

/** Ticks of the withdrawal delay, and of a hold. */
export const DELAY = 2;
export const HOLD = 3;
/** Of a proposal: two halves. */
export const PRICE = 2;
/** Long enough ago to be forgotten: no rule looks further back. */
const NEVER = -2 * HOLD;

/** Times are relative to now, so that the same state is met again whenever it is. */
export interface State {
  readonly credit: number;
  readonly waiting: number;
  /** Ticks until the waiting money can be withdrawn. */
  readonly payableIn: number;
  /** Ticks until the account's own hold ends; negative if it has ended; `NEVER` for none that matters. */
  readonly ownHold: number;
  /** Credit that the own hold found. */
  readonly held: number;
  readonly allHold: number;
  /** Whether the account has authorised the consumer. */
  readonly isAuthorised: boolean;
  /** Halves of a price at stake in games that end at the next tick, and come back. */
  readonly staked: number;
}

export const START: State = {
  credit: 0,
  waiting: 0,
  payableIn: 0,
  ownHold: NEVER,
  held: 0,
  allHold: NEVER,
  isAuthorised: false,
  staked: 0,
};

/** The rules that can be taken out, to see that the search finds what they are there for. */
export interface Rules {
  /** A consumer stakes credit only of accounts that have authorised it. */
  readonly authorisation: boolean;
  /** Staking lowers the waiting sum to what is left. */
  readonly waitingFalls: boolean;
  /** `unlock` starts the delay anew. */
  readonly delayAnew: boolean;
  /** A hold stops withdrawals outright, of what came after it too. */
  readonly holdStopsAll: boolean;
  /** A hold keeps the credit that it found from being staked. */
  readonly holdKeeps: boolean;
  /** After a hold the account is left free, by its own hold and by the one on all. */
  readonly freeTime: boolean;
  /** The hold on all passes over an account that its own hold has left free. */
  readonly passesOver: boolean;
}

export const RULES: Rules = {
  authorisation: true,
  waitingFalls: true,
  delayAnew: true,
  holdStopsAll: true,
  holdKeeps: true,
  freeTime: true,
  passesOver: true,
};

/** Whoever does them: the account, a consumer that it may authorise, a foreign consumer, somebody generous, the guardian, time. */
export const ACTIONS = [
  "authorise",
  "revoke",
  "stake",
  "stake half",
  "stake by the consumer",
  "stake by a foreign consumer",
  "unlock",
  "withdraw",
  "receive",
  "hold",
  "hold all",
  "tick",
] as const;
export type Action = (typeof ACTIONS)[number];

/** The state after an action, or the error that the contract refuses it with. */
export type Outcome = { readonly state: State; readonly paid: number } | { readonly refused: string };

/** Ticks for which withdrawals are stopped. */
export function heldFor(state: State, rules: Rules = RULES): number {
  const { ownHold, allHold } = state;
  const passedOver = rules.passesOver && ownHold > NEVER && allHold < ownHold + 2 * HOLD;
  return Math.max(0, passedOver ? ownHold : Math.max(ownHold, allHold));
}

export function act(state: State, action: Action, rules: Rules = RULES): Outcome {
  const done = (changes: Partial<State>, paid = 0): Outcome => ({ state: { ...state, ...changes }, paid });
  const { credit, waiting, ownHold, allHold } = state;
  const stake = (amount: number, isAllowed: boolean): Outcome => {
    if (!isAllowed) return { refused: "NotAuthorised" };
    const kept = rules.holdKeeps && ownHold > 0 ? state.held : 0;
    if (amount > credit - kept) return { refused: "NotEnoughCredit" };
    const left = credit - amount;
    return done({
      credit: left,
      waiting: rules.waitingFalls ? Math.min(waiting, left) : waiting,
      staked: state.staked + PRICE,
    });
  };
  const isFree = (hold: number): boolean => !rules.freeTime || hold <= -HOLD;
  switch (action) {
    case "authorise":
      return done({ isAuthorised: true });
    case "revoke":
      return done({ isAuthorised: false });
    case "stake":
      return stake(PRICE, true);
    case "stake half":
      return stake(PRICE / 2, true);
    case "stake by the consumer":
      return stake(PRICE, state.isAuthorised || !rules.authorisation);
    case "stake by a foreign consumer":
      return stake(PRICE, !rules.authorisation);
    case "unlock": {
      if (credit === 0) return { refused: "NothingToUnlock" };
      return done({ waiting: credit, payableIn: rules.delayAnew || waiting === 0 ? DELAY : state.payableIn });
    }
    case "withdraw": {
      if (waiting === 0) return { refused: "NothingToWithdraw" };
      if (state.payableIn > 0) return { refused: "Locked" };
      const isHeld = rules.holdStopsAll ? heldFor(state, rules) > 0 : allHold > 0;
      if (isHeld) return { refused: "OnHold" };
      const amount = ownHold > 0 ? Math.min(waiting, credit - state.held) : waiting;
      return done({ credit: credit - amount, waiting: waiting - amount }, amount);
    }
    case "receive":
      return done({ staked: state.staked + PRICE });
    case "hold":
      if (!isFree(allHold) || !isFree(ownHold)) return { refused: "MustBeFree" };
      return done({ ownHold: HOLD, held: credit });
    case "hold all":
      if (!isFree(allHold)) return { refused: "MustBeFree" };
      return done({ allHold: HOLD });
    case "tick":
      return done({
        credit: credit + state.staked,
        staked: 0,
        payableIn: Math.max(0, state.payableIn - 1),
        ownHold: Math.max(NEVER, ownHold - 1),
        held: ownHold > 1 ? state.held : 0,
        allHold: Math.max(NEVER, allHold - 1),
      });
  }
}

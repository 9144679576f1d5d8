import {
  ACTIONS,
  type Action,
  act,
  DELAY,
  HOLD,
  heldFor,
  PRICE,
  RULES,
  type Rules,
  START,
  type State,
} from "./model.ts";

/** Every order of calls about one account, until no new state is met. */

/** Money that the account may have, so that there is an end. */
const MOST = 4;

/** What a property looks back at, which the contract does not keep. */
interface Memory {
  /** The least credit within each of the last DELAY ticks and this one, the latest first. */
  readonly lows: readonly number[];
  /** Ticks that the present hold has lasted, or that the account has been free since the last. */
  readonly heldTicks: number;
  readonly freeTicks: number;
  /** Credit that the account's own hold found. Zero without a hold. */
  readonly found: number;
}

const NO_MEMORY: Memory = { lows: Array(DELAY + 1).fill(0), heldTicks: 0, freeTicks: HOLD, found: 0 };

export interface Search {
  readonly states: number;
  /** The first property that is broken, by the shortest play against it. */
  readonly finding: { readonly property: string; readonly actions: readonly Action[] } | undefined;
  /** Each action with each of its outcomes. */
  readonly met: ReadonlySet<string>;
}

interface Visit {
  readonly state: State;
  readonly memory: Memory;
  readonly before: Visit | undefined;
  readonly action: Action | undefined;
}

/** Stops at the first property that is broken. */
export function search(rules: Rules = RULES): Search {
  const met = new Set<string>();
  const start: Visit = { state: START, memory: NO_MEMORY, before: undefined, action: undefined };
  const seen = new Set([keyOf(start)]);
  const queue = [start];
  // Grows while it is read: the breadth first.
  for (const visit of queue) {
    for (const action of ACTIONS) {
      const { state, memory } = visit;
      if (INCOME.has(action) && state.credit + state.staked + PRICE > MOST) continue;
      const outcome = act(state, action, rules);
      met.add(outcomeOf(action, "refused" in outcome ? outcome.refused : "done"));
      if ("refused" in outcome) continue;
      const next = { state: outcome.state, memory: remember(memory, state, outcome.state, action, rules) };
      const property = violation(memory, state, action, outcome.state, outcome.paid, next.memory);
      if (property !== undefined)
        return { states: seen.size, finding: { property, actions: [...pathOf(visit), action] }, met };
      const reached: Visit = { ...next, before: visit, action };
      const key = keyOf(reached);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(reached);
    }
  }
  return { states: seen.size, finding: undefined, met };
}

/** Actions that bring ether into the account's name. */
const INCOME: ReadonlySet<Action> = new Set(["receive", "stake half"]);

export const outcomeOf = (action: Action, outcome: string): string => `${action}: ${outcome}`;

const keyOf = ({ state, memory }: Visit): string =>
  [...Object.values(state), ...memory.lows, memory.heldTicks, memory.freeTicks, memory.found].join();

function pathOf(visit: Visit): Action[] {
  const path: Action[] = [];
  for (let v: Visit | undefined = visit; v?.action !== undefined; v = v.before) path.unshift(v.action);
  return path;
}

function remember(memory: Memory, before: State, after: State, action: Action, rules: Rules): Memory {
  if (action === "tick") {
    const wasHeld = heldFor(before, rules) > 0;
    return {
      lows: [after.credit, ...memory.lows.slice(0, DELAY)],
      heldTicks: wasHeld ? Math.min(memory.heldTicks + 1, HOLD + 1) : 0,
      freeTicks: wasHeld ? 0 : Math.min(memory.freeTicks + 1, HOLD),
      found: after.ownHold > 0 ? memory.found : 0,
    };
  }
  const [now, ...past] = memory.lows as [number, ...number[]];
  return {
    ...memory,
    lows: [Math.min(now, after.credit), ...past],
    found: action === "hold" ? after.credit : memory.found,
  };
}

/** What must never happen. */
function violation(
  memory: Memory,
  before: State,
  action: Action,
  after: State,
  paid: number,
  next: Memory,
): string | undefined {
  if (after.waiting > after.credit) return "more waits for its withdrawal than the account has";
  if (after.credit < 0) return "an account pays more than it has";
  const isForeign =
    action === "stake by a foreign consumer" || (action === "stake by the consumer" && !before.isAuthorised);
  if (isForeign) return "somebody else stakes the account's credit";
  // Of the money that leaves, all was there at each moment of the whole delay.
  if (paid > Math.min(...memory.lows)) return "money leaves before it has waited for the delay";
  if (paid > 0 && before.ownHold > 0) return "money leaves while the account is held";
  if (after.ownHold > 0 && after.credit < next.found) return "what a hold found does not stay";
  if (next.heldTicks > HOLD) return "an account is held for longer than a hold lasts";
  if (memory.freeTicks < HOLD && memory.heldTicks === 0 && next.heldTicks > 0)
    return "an account is held again before it was free for as long as a hold lasts";
  return undefined;
}

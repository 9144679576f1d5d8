import {
  type Commitment,
  LONGEST,
  MAX_CLOCK,
  type OracleRules,
  type Output,
  type Party,
  Question,
  REVEAL,
} from "./question.ts";

/** All that a thief does in one story; every combination is played. */
export const TRICKS = {
  /** A false answer of its own, opened before or after the provider's: its game is the first to conclude. */
  falseAnswer: ["none", "before", "after"],
  /** It counters its own false answer with the truth, when the truth can be read. */
  countersItself: [false, true],
  /** It keeps the provider's game open with false counters. */
  slowPlay: [false, true],
  /** What it does when it reads the provider's opening in the pool. */
  copy: [
    "none",
    "opens it as its own",
    "commits to it and opens",
    "opens an empty commitment",
    "opens a commitment kept for long",
  ],
  /** Hours for which it keeps the provider's opening out of blocks. */
  heldBack: [0, 1, 5],
  /** The requester is its own, and wants the answer for nothing: cancels when the answer is in the pool, or the game goes on. */
  cancels: ["never", "when the answer is in the pool", "before the commitment"],
  /** The guardian asks again while the result waits. */
  asked: [false, true],
} as const;

export type Story = { [T in keyof typeof TRICKS]: (typeof TRICKS)[T][number] };

export function* stories(): Generator<Story> {
  const names = Object.keys(TRICKS) as (keyof Story)[];
  function* extend(chosen: Partial<Story>, rest: readonly (keyof Story)[]): Generator<Story> {
    const [name, ...others] = rest;
    if (name === undefined) yield chosen as Story;
    else for (const choice of TRICKS[name]) yield* extend({ ...chosen, [name]: choice }, others);
  }
  yield* extend({}, names);
}

type Action = { at: number; act: (now: number) => void };

/** The provider computes, commits, and opens an hour later. The thief can compute nothing, and read everything. */
const COMMITS = 40;
const SENDS = COMMITS + 1;

/** @returns what went wrong: somebody else has the provider's fee */
export function play(rules: OracleRules, story: Story): string | undefined {
  const question = new Question(rules, 0);
  const actions: Action[] = [];
  const at = (time: number, act: (now: number) => void) => actions.push({ at: time, act });
  const conclude = (made: number, concludedAt: number, result: Output, maker: Party) =>
    at(concludedAt, (now) => question.settle({ made, result, maker }, now));
  let reclaimed = false;

  const opens = SENDS + story.heldBack;
  const concludes = story.slowPlay ? opens + LONGEST : opens + MAX_CLOCK;
  at(COMMITS, (now) => {
    const commitment = question.commit("provider", "true", now);
    at(opens, (then) => question.open("provider", commitment, "true", then));
  });
  conclude(opens, concludes, "true", "provider");

  if (story.falseAnswer !== "none") {
    const made = story.falseAnswer === "before" ? SENDS - 20 : opens + 1;
    at(made - 1, (now) => {
      const commitment = question.commit("thief", "false", now);
      at(made, (then) => question.open("thief", commitment, "false", then));
    });
    // The truth against it is public once the provider's answer is in the pool; the watcher computes it in an hour.
    const counter = story.countersItself ? Math.max(made, SENDS) : made + 1;
    conclude(made, Math.max(made, counter) + MAX_CLOCK, "true", story.countersItself ? "thief" : "watcher");
  }
  copyAnswer(question, story, at, opens);

  if (story.cancels === "when the answer is in the pool") at(SENDS, (now) => question.cancel(now));
  // The provider sees this in time: its opening comes before the cancellation takes effect.
  if (story.cancels === "before the commitment") at(COMMITS - 1, (now) => question.cancel(now));
  let askedAt: number | undefined;
  if (story.asked) {
    askedAt = concludes + 10;
    at(askedAt, (now) => {
      question.askAgain(now);
      // The thief is quick, and has read the answer.
      const commitment = question.commit("thief", "true", now);
      at(now + 1, (then) => question.open("thief", commitment, "true", then));
      conclude(now + 1, now + 1 + MAX_CLOCK, "true", "thief");
    });
  }

  const over = concludes + 2 * LONGEST;
  for (let now = 0; now <= over; now++) {
    // What is planned for this hour may plan more; the thief's own come first, since it orders the block.
    for (const action of actions.filter((a) => a.at === now)) action.act(now);
    if (story.cancels !== "never" && question.reclaim(now)) reclaimed = true;
  }
  if (reclaimed) return "the requester has the answer and its fee";
  const paid = question.deliver(over);
  if (!question.isTrue) return "the result is false";
  if (paid !== "provider") return `the ${paid} has the fee`;
  const later = question.deliver(over, over - 1);
  return later === "requester" ? undefined : "the fee of a later request is not returned";
}

function copyAnswer(
  question: Question,
  story: Story,
  at: (time: number, act: (now: number) => void) => void,
  opens: number,
): void {
  const openAs = (commitment: Commitment, time: number) =>
    at(time, (now) => question.open("thief", commitment, "true", now));
  switch (story.copy) {
    case "none":
      return;
    case "opens it as its own":
      // The provider's commitment, by the thief, before the provider's opening is included.
      openAs({ by: "provider", output: "true", made: COMMITS, order: 0 }, Math.max(SENDS, opens - 1));
      return;
    case "commits to it and opens":
      at(SENDS, (now) => openAs(question.commit("thief", "true", now), now + 1));
      return;
    case "opens an empty commitment":
      at(1, (now) => {
        const empty = question.commit("thief", undefined, now);
        for (let time = 1 + REVEAL - 1; time <= opens; time += REVEAL) openAs(empty, time);
        openAs(empty, SENDS);
      });
      at(COMMITS - 1, (now) => openAs(question.commit("thief", undefined, now), SENDS));
      return;
    case "opens a commitment kept for long":
      at(1, (now) => openAs(question.commit("thief", "true", now), opens + MAX_CLOCK - 1));
  }
}

import type { Hex } from "@elench/bytes/hex";
import { type Outputs, outputsOf, type Sides, sidesOf } from "@elench/challenger/strategy/sides";
import type { Run, TraceProvider } from "@elench/challenger/strategy/trace-provider";
import { type Game, runOf } from "@elench/challenger/strategy/tree";
import { columns, print } from "../report/output.ts";

/** The two sides of a dispute, side by side: `elench replay --dispute GAME --claims`. */

/** The trace providers. */
export interface Judge extends TraceProvider {
  /** Why a run cannot be judged; null if it can. */
  unknown(run: Run): Promise<string | null>;
}

export async function showClaims(game: Game, truth: Judge, json: boolean | undefined): Promise<void> {
  const truthOf = async (run: Run): Promise<TraceProvider | null> =>
    (await truth.unknown(run)) === null ? truth : null;
  const outputs = await outputsOf(game, await truthOf(runOf(game)));
  const sides = await sidesOf(game, truthOf);
  print(json, { game: game.id, status: game.status, outputs, sides }, () =>
    [drawOutputs(game, outputs), ...sides.map(drawSides)].join("\n\n"),
  );
}

const short = (hash: Hex): string => `${hash.slice(0, 12)}…`;
const mark = (claimed: Hex, executed: Hex | null): string =>
  executed === null || claimed === executed ? "" : " false";

function drawOutputs({ id, status }: Game, { proposed, countered, executed }: Outputs): string {
  const rows = [
    ["proposal", proposed.by, `${short(proposed.output)}${mark(proposed.output, executed)}`],
    ...countered.map(({ by, output }) => ["counter", by, `${short(output)}${mark(output, executed)}`]),
    ["executed", "", executed ? short(executed) : "cannot be computed here"],
  ];
  return `game ${id}: ${status}\n${columns([["", "by", "output"], ...rows])}`;
}

function drawSides({ claim, by, level, answer, states }: Sides): string {
  const answered = answer
    ? `, answered at segment ${answer.segment} by ${answer.by}${answer.isRefutation ? ": L1 has executed the step" : ` (claim ${answer.claim})`}`
    : ", not answered";
  const rows = states.map(({ step, claimed, answered: theirs, executed }, i) => [
    i === 0 ? "start" : `segment ${i - 1}`,
    `${step}`,
    `${short(claimed)}${mark(claimed, executed)}`,
    theirs === null ? "" : theirs === claimed ? "the same" : `${short(theirs)}${mark(theirs, executed)}`,
    executed === null ? "" : executed === claimed ? "the same" : short(executed),
    answer && i === answer.segment + 1 ? "← the first difference" : "",
  ]);
  return `claim ${claim} of level ${level} by ${by}${answered}\n${columns([["", "step", "claim", "answer", "executed", ""], ...rows])}`;
}

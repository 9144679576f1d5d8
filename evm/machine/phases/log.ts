import { hashWords } from "@elench/merkle/hash-words";
import { isFirstLog, PHASE } from "../../structures/layout.ts";
import type { Machine } from "../state/machine.ts";
import { openTask, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { digestArgument, EXECUTE, type TaskOf } from "../state/task.ts";

/** LOG: appends the log, whose data is now hashed, to the transaction's logs. */
function log(m: Machine, task: TaskOf<typeof PHASE.log>): void {
  openTask(m);
  const tx = openTx(m);
  m.tx = {
    ...tx,
    logs: hashWords([tx.logs, hashWords([digestArgument(task), task.digest])]),
    emitted: { log: task.log, before: isFirstLog(tx) ? undefined : tx.emitted },
  };
  m.goTo(EXECUTE);
}

export const LOGS: Steps = { [PHASE.log]: log };

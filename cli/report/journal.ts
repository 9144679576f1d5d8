import type { Intent, Receipt } from "@elench/challenger/l1/transactions";
import type { WatchEvent } from "@elench/challenger/watch/watchtower";
import { UserError } from "@elench/errors/user-error";
import pino from "pino";
import { explain } from "./failure.ts";
import { jsonValue } from "./output.ts";
import { goOnWithoutStdout } from "./streams.ts";

/** What a long-running command tells: to people and log collectors on stderr, and with --json to programs on stdout. */
export interface Journal {
  readonly report: (event: WatchEvent | StartEvent) => void;
  readonly confirmed: (intent: Intent, receipt: Receipt) => void;
}

export interface StartEvent {
  readonly kind: "started";
  readonly chainId: number;
  readonly account: string | null;
  readonly engine: string;
}

const LEVELS = [...Object.keys(pino.levels.values), "silent"];

export function journal(json: boolean | undefined): Journal {
  goOnWithoutStdout();
  const level = process.env.ELENCH_LOG_LEVEL ?? "info";
  if (!LEVELS.includes(level)) throw new UserError(`ELENCH_LOG_LEVEL=${level}: it can be ${LEVELS.join(", ")}`);
  const log = pino(
    { level, base: null },
    // Not pino's own, which fails for good where a disk is full.
    { write: (line: string) => void process.stderr.write(line) },
  );
  const emit = (event: Record<string, unknown>): void => {
    if (json) process.stdout.write(`${JSON.stringify(event, jsonValue)}\n`);
  };
  return {
    report: (event) => {
      const told = event.kind === "trouble" ? { ...event, error: explain(event.error).message } : event;
      emit(told as unknown as Record<string, unknown>);
      const line = JSON.parse(JSON.stringify(told, jsonValue)) as object;
      if (event.kind === "trouble") log.warn(line, "trouble");
      else if (event.kind === "game" && event.verdict === "false") log.warn(line, "a false claim");
      else log.info(line, event.kind);
    },
    confirmed: (intent, receipt) => {
      emit({ kind: "confirmed", key: intent.key, ...receipt });
      log.info(
        { key: intent.key, hash: receipt.hash, gas: Number(receipt.gasUsed), succeeded: receipt.succeeded },
        "confirmed",
      );
    },
  };
}

import type { Intent, Receipt } from "@elench/challenger/l1/transactions";
import type { WatchEvent } from "@elench/challenger/watch/watchtower";
import { UserError } from "@elench/errors/user-error";
import pino from "pino";
import { explain } from "./failure.ts";
import { jsonValue } from "./output.ts";
import { goOnWithoutStdout } from "./streams.ts";

/** Events of a long-running command: log lines on stderr, and with --json also JSON on stdout. */
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
  if (!LEVELS.includes(level))
    throw new UserError(`ELENCH_LOG_LEVEL=${level} is not a log level: use ${LEVELS.join(", ")}`);
  const log = pino(
    { level, base: null },
    // pino's own destination stops working permanently once a disk is full.
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

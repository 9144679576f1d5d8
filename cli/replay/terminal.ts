import { createInterface } from "node:readline/promises";

/** An interactive terminal. */
export interface Terminal {
  say(text: string): void;
  /** The next line; null at the end of the input. */
  ask(): Promise<string | null>;
}

/** Runs a session on this process's terminal. */
export async function withTerminal(session: (terminal: Terminal) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    await session({
      say: (text) => void process.stdout.write(`${text}\n`),
      ask: () => lines.question("> ").catch(() => null),
    });
  } finally {
    lines.close();
  }
}

export const isAtTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stdout.isTTY);

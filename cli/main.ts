#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { EXIT } from "@elench/errors/user-error";
import { Command, CommanderError } from "commander";
import { guardStreams } from "./report/streams.ts";

const manifest = new URL("package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

const program = new Command("elench")
  .description(
    "Optimistic fraud proofs for AI inference: check models, run them, replay disputes, and watch over them on L1.",
  )
  .version(version)
  .showHelpAfterError("Run the command with --help for its arguments and options.")
  .addHelpText(
    "after",
    `
Every flag can be given as an environment variable: --max-fee as ELENCH_MAX_FEE.
Exit codes: 0 done; 1 done, and the answer is no; 2 wrong input; 3 something needed is not there, or stdout cannot be written; 4 refused by L1; 70 a defect of Elench.`,
  );

// Loading takes longer than most commands run: use Node's compile cache, and load only the given command.
enableCompileCache();
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  model: async () => (await import("./commands/model.ts")).modelCommand(),
  infer: async () => (await import("./commands/infer.ts")).inferCommand(),
  replay: async () => (await import("./commands/replay.ts")).replayCommand(),
  "verify-step": async () => (await import("./commands/verify-step.ts")).verifyStepCommand(),
  watch: async () => (await import("./commands/watch.ts")).watchCommand(),
  dispute: async () => (await import("./commands/dispute.ts")).disputeCommand(),
  answer: async () => (await import("./commands/answer.ts")).answerCommand(),
  batch: async () => (await import("./commands/batch.ts")).batchCommand(),
  propose: async () => (await import("./commands/propose.ts")).proposeCommand(),
  settle: async () => (await import("./commands/settle.ts")).settleCommand(),
  deploy: async () => (await import("./commands/deploy.ts")).deployCommand(),
  genesis: async () => (await import("./commands/genesis.ts")).genesisCommand(),
  chain: async () => (await import("./commands/chain.ts")).chainCommand(),
  completion: async () => (await import("./commands/completion.ts")).completionCommand(),
};
const named = process.argv[2] ?? "";
// Completion needs all commands.
const needed = Object.hasOwn(COMMANDS, named) && named !== "completion" ? [named] : Object.keys(COMMANDS);
for (const name of needed) program.addCommand(await (COMMANDS[name] as () => Promise<Command>)());

const throwItsErrors = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) throwItsErrors(child);
};
throwItsErrors(program);

guardStreams();
// Errors outside of the command's promise: Node would exit with 1, which means a negative answer here.
process.on("uncaughtException", end);

try {
  await program.parseAsync();
} catch (error) {
  await end(error);
}

async function end(error: unknown): Promise<void> {
  if (error instanceof CommanderError) {
    // Commander has printed its message. Its exit code for wrong arguments is 1; here 1 means a negative answer.
    process.exitCode ??= error.exitCode === 0 ? 0 : EXIT.input;
    return;
  }
  const { fail } = await import("./report/failure.ts");
  fail(error);
}

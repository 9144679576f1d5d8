import { enableCompileCache } from "node:module";
import { Command } from "commander";

const program = new Command("elench")
  .description(
    "Optimistic fraud proofs for AI inference: check models, run them, replay disputes, and watch over them on L1.",
  )
  .version("0.1.0")
  .showHelpAfterError("Run the command with --help to see what it takes.")
  .addHelpText(
    "after",
    `
Every flag can be given as an environment variable: --max-fee as ELENCH_MAX_FEE.
Exit codes: 0 done; 1 done, and the answer is no; 2 wrong input; 3 something needed is not there; 4 refused by L1.`,
  );

// Loading takes longer than most commands: what was compiled is kept, and only the command that is named is loaded.
enableCompileCache();
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  model: async () => (await import("./commands/model.ts")).modelCommand(),
  infer: async () => (await import("./commands/infer.ts")).inferCommand(),
  replay: async () => (await import("./commands/replay.ts")).replayCommand(),
  watch: async () => (await import("./commands/watch.ts")).watchCommand(),
  dispute: async () => (await import("./commands/dispute.ts")).disputeCommand(),
  answer: async () => (await import("./commands/answer.ts")).answerCommand(),
  batch: async () => (await import("./commands/batch.ts")).batchCommand(),
  propose: async () => (await import("./commands/propose.ts")).proposeCommand(),
  settle: async () => (await import("./commands/settle.ts")).settleCommand(),
  deploy: async () => (await import("./commands/deploy.ts")).deployCommand(),
  genesis: async () => (await import("./commands/genesis.ts")).genesisCommand(),
  chain: async () => (await import("./commands/chain.ts")).chainCommand(),
};
const named = process.argv[2] ?? "";
const needed = Object.hasOwn(COMMANDS, named) ? [named] : Object.keys(COMMANDS);
for (const name of needed) program.addCommand(await (COMMANDS[name] as () => Promise<Command>)());

// Commander's own exit code for bad arguments is 1; here 1 means that the work was done and the answer is no.
const inputErrorsExit2 = (command: Command): void => {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  for (const child of command.commands) inputErrorsExit2(child);
};
inputErrorsExit2(program);

// Whoever reads may have enough in the midst of it, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  const { fail } = await import("./failure.ts");
  fail(error);
}

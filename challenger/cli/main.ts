import { Command } from "commander";
import { answerCommand } from "./commands/answer.ts";
import { batchCommand } from "./commands/batch.ts";
import { chainCommand } from "./commands/chain.ts";
import { deployCommand } from "./commands/deploy.ts";
import { disputeCommand } from "./commands/dispute.ts";
import { genesisCommand } from "./commands/genesis.ts";
import { inferCommand } from "./commands/infer.ts";
import { modelCommand } from "./commands/model.ts";
import { proposeCommand } from "./commands/propose.ts";
import { replayCommand } from "./commands/replay.ts";
import { watchCommand } from "./commands/watch.ts";
import { fail } from "./failure.ts";

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

for (const command of [
  modelCommand(),
  inferCommand(),
  replayCommand(),
  watchCommand(),
  disputeCommand(),
  answerCommand(),
  batchCommand(),
  proposeCommand(),
  deployCommand(),
  genesisCommand(),
  chainCommand(),
]) {
  program.addCommand(command);
}

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
  fail(error);
}

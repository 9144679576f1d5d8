import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { checkStepFile, parseStepFile, type StepFile, StepFileError, type StepVerdict } from "@elench/prover/step-file";
import { Command } from "commander";
import { jsonOption } from "../input/options.ts";
import { openVerifier } from "../replay/verifier.ts";
import { print } from "../report/output.ts";

export function verifyStepCommand(): Command {
  return new Command("verify-step")
    .description(
      "check a file of elench replay --export: the Solidity verifier executes the step in this process, without a chain (exit code 1: the file is wrong)",
    )
    .argument("<file>", "file of elench replay --export")
    .addOption(jsonOption())
    .action(async (path: string, { json }: { json?: boolean }) => {
      const file = readStepFile(path);
      const verdict = await checkStepFile(file, await openVerifier(file.verifier.contract));
      const { verifier, context, pre, post, answer, unchecked } = file;
      const told = {
        file: path,
        contract: verifier.contract,
        context,
        pre,
        claimed: post,
        answer,
        unchecked,
        ...verdict,
      };
      print(json, told, () => drawVerdict(file, verdict));
      if (!verdict.right) process.exitCode = EXIT.negative;
    });
}

/** @throws UserError for a file without a step. */
function readStepFile(path: string): StepFile {
  try {
    return parseStepFile(new TextDecoder().decode(readWhole(path)));
  } catch (error) {
    if (error instanceof StepFileError) throw new UserError(error.message, EXIT.input, { where: path, cause: error });
    throw error;
  }
}

const drawVerdict = ({ verifier, context, pre, post, answer, unchecked }: StepFile, verdict: StepVerdict): string =>
  [
    `${verifier.contract}, ${verdict.sameBuild ? "the build that made the file" : "a different build from the one that made the file"}`,
    `  context          ${context}`,
    `  state before     ${pre}`,
    `  state after      ${post}`,
    ...(answer === null ? [] : [`  assuming the answer ${answer}, which another machine's game decides`]),
    verdict.right
      ? `right: the step leads from the state before to the state after (${verdict.gas} gas)`
      : `WRONG: ${verdict.faults.join("; ")}`,
    `the file's author describes it as step ${unchecked.step}: ${unchecked.text} (not checked)`,
  ].join("\n");

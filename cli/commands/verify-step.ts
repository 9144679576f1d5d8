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
      "check a step that elench replay --export wrote: the Solidity verifier executes it in this process, without a chain (exit code 1: the file is wrong)",
    )
    .argument("<file>", "what --export wrote")
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

/** @throws UserError for a file that holds no step. */
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
    `${verifier.contract}, ${verdict.sameBuild ? "the build that made the file" : "another build than the one that made the file"}`,
    `  context          ${context}`,
    `  state before     ${pre}`,
    `  state after      ${post}`,
    ...(answer === null ? [] : [`  given the answer ${answer}, which a game of its own decides`]),
    verdict.right
      ? `right: the step leads from the one state to the other (${verdict.gas} gas)`
      : `WRONG: ${verdict.faults.join("; ")}`,
    `whoever made the file calls it step ${unchecked.step}: ${unchecked.text} (not checked)`,
  ].join("\n");

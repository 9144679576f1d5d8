import { BaseError, ContractFunctionRevertedError } from "viem";
import { EXIT, UserError } from "../errors.ts";
import { isSilence, l1ErrorText, originOf } from "../l1/error-text.ts";

/** Names of errors that tell of wrong input, wherever they are thrown. */
const INPUT_ERRORS = new Set([
  "ModelError",
  "ProgramError",
  "TensorFileError",
  "InputError",
  "RangeError",
  "GenesisError",
]);

/** Says what went wrong on stderr, and ends with the documented exit code. */
export function fail(error: unknown): never {
  const { message, exitCode } = explain(error);
  process.stderr.write(`elench: ${message}\n`);
  if (process.env.ELENCH_DEBUG) console.error(error);
  process.exit(exitCode);
}

export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof UserError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof BaseError) return explainChainError(error);
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT")
      return { message: `no such file: ${(error as NodeJS.ErrnoException).path}`, exitCode: EXIT.input };
    if (error.name === "EndpointsDisagree") return { message: error.message, exitCode: EXIT.environment };
    if (INPUT_ERRORS.has(error.name)) return { message: error.message, exitCode: EXIT.input };
    return {
      message: `${error.name}: ${error.message} (this is a defect; ELENCH_DEBUG=1 shows where)`,
      exitCode: EXIT.environment,
    };
  }
  return { message: String(error), exitCode: EXIT.environment };
}

function explainChainError(error: BaseError): { message: string; exitCode: number } {
  if (isSilence(error))
    return { message: `${l1ErrorText(error)}; check --rpc, and that the node runs`, exitCode: EXIT.environment };
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError) as ContractFunctionRevertedError | null;
  if (revert?.data) {
    return {
      message: `L1 refused: ${revert.data.errorName}(${(revert.data.args ?? []).join(", ")})`,
      exitCode: EXIT.refused,
    };
  }
  // What a node refuses to read is something that is not there; what it refuses to do is L1's answer.
  const isRead = /^eth_get|^eth_block|^eth_chainId/.test(originOf(error).method ?? "");
  return { message: l1ErrorText(error), exitCode: isRead ? EXIT.environment : EXIT.refused };
}

import { BaseError, ContractFunctionRevertedError, HttpRequestError, TimeoutError } from "viem";
import { EXIT, UserError } from "../errors.ts";

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
  const unreachable = error.walk(
    (e) => e instanceof HttpRequestError || e instanceof TimeoutError,
  ) as HttpRequestError | null;
  if (unreachable) {
    return {
      message: `the L1 endpoint ${unreachable.url ?? ""} does not answer (${unreachable.shortMessage}); check --rpc, and that the node runs`,
      exitCode: EXIT.environment,
    };
  }
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError) as ContractFunctionRevertedError | null;
  if (revert?.data) {
    return {
      message: `L1 refused: ${revert.data.errorName}(${(revert.data.args ?? []).join(", ")})`,
      exitCode: EXIT.refused,
    };
  }
  return { message: `L1: ${error.shortMessage}`, exitCode: EXIT.refused };
}

import { isSilence, l1ErrorText, originOf } from "@elench/challenger/l1/error-text";
import { EXIT, UserError } from "@elench/errors/user-error";
import { reasonOf } from "@elench/files/files";
import { BaseError, ContractFunctionRevertedError } from "viem";

/** Names of errors that say what is wrong with the user's input, wherever they are thrown. */
const INPUT_ERRORS = new Set([
  "ModelError",
  "ProgramError",
  "RegistrationError",
  "TensorFileError",
  "GenesisError",
  "FaultError",
]);

/** Names of errors that say what is not there. */
const ENVIRONMENT_ERRORS = new Set(["EndpointsDisagree", "EngineError"]);

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
    if (ENVIRONMENT_ERRORS.has(error.name)) return { message: error.message, exitCode: EXIT.environment };
    if (INPUT_ERRORS.has(error.name)) return { message: error.message, exitCode: EXIT.input };
    if (isSystemError(error)) return explainSystemError(error);
  }
  // An engine's error among them, as RangeError: what is wrong with an input is said in words of its own.
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    message: `${what} (this is a defect of Elench: please report it, with what ELENCH_DEBUG=1 shows)`,
    exitCode: EXIT.defect,
  };
}

/** What the operating system refused. */
const isSystemError = (error: NodeJS.ErrnoException): boolean =>
  error.syscall !== undefined && /^E[A-Z]/.test(error.code ?? "");

/** Codes of a path that the user should look at. */
const PATH_ERRORS = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG"]);

function explainSystemError(error: NodeJS.ErrnoException): { message: string; exitCode: number } {
  const { path, syscall, code = "" } = error;
  return {
    message: `cannot ${syscall} ${path ?? ""}: ${reasonOf(error)}`,
    exitCode: PATH_ERRORS.has(code) ? EXIT.input : EXIT.environment,
  };
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

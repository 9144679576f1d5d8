import { l1Failure } from "@elench/challenger/l1/failure";
import type { ElenchError } from "@elench/errors/elench-error";
import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { reasonOf } from "@elench/files/files";
import { BaseError } from "viem";

/** Says what went wrong on stderr, and ends with the documented exit code. */
export function fail(error: unknown): never {
  const explained = explain(error);
  const page = explained.docs === undefined ? "" : ` (see ${explained.docs})`;
  process.stderr.write(`elench: ${explained.message}${page}\n`);
  if (process.env.ELENCH_DEBUG) console.error(error);
  process.exit(EXIT[explained.kind]);
}

/** Any error as one of ours: what is neither ours, nor L1's, nor the system's, is a defect. */
export const explain = (error: unknown): ElenchError =>
  l1Failure(error) ?? systemError(error) ?? chainError(error) ?? defect(error);

/** Codes of a path that the user should look at. */
const PATH_ERRORS = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG"]);

/** What the operating system refused. */
function systemError(error: unknown): UserError | undefined {
  const { path, syscall, code = "" } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (syscall === undefined || !/^E[A-Z]/.test(code)) return undefined;
  const exitCode = PATH_ERRORS.has(code) ? EXIT.input : EXIT.environment;
  return new UserError(`cannot ${syscall} ${path ?? ""}: ${reasonOf(error)}`, exitCode, { cause: error });
}

/** What viem refuses to send, or cannot read in an answer. */
const chainError = (error: unknown): UserError | undefined =>
  error instanceof BaseError ? new UserError(error.shortMessage, EXIT.refused, { cause: error }) : undefined;

/** An engine's error among them, as RangeError: what is wrong with an input is said by errors of our own. */
const defect = (error: unknown): InternalError =>
  new InternalError(error instanceof Error ? `${error.name}: ${error.message}` : String(error), { cause: error });

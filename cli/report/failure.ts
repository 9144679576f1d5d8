import { l1Failure } from "@elench/challenger/l1/failure";
import type { ElenchError } from "@elench/errors/elench-error";
import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { reasonOf } from "@elench/files/files";
import { BaseError } from "viem";

/** Prints an error on stderr, and exits with the documented code. */
export function fail(error: unknown): never {
  const explained = explain(error);
  const page = explained.docs === undefined ? "" : ` (see ${explained.docs})`;
  process.stderr.write(`elench: ${explained.message}${page}\n`);
  if (process.env.ELENCH_DEBUG) console.error(error);
  process.exit(EXIT[explained.kind]);
}

/** Any error as an `ElenchError`. An error that is not Elench's, L1's or the operating system's is a defect. */
export const explain = (error: unknown): ElenchError =>
  l1Failure(error) ?? systemError(error) ?? chainError(error) ?? defect(error);

/** Error codes that point to a wrong path. */
const PATH_ERRORS = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG"]);

/** An error of the operating system. */
function systemError(error: unknown): UserError | undefined {
  const { path, syscall, code = "" } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (syscall === undefined || !/^E[A-Z]/.test(code)) return undefined;
  const exitCode = PATH_ERRORS.has(code) ? EXIT.input : EXIT.environment;
  return new UserError(`cannot ${syscall} ${path ?? ""}: ${reasonOf(error)}`, exitCode, { cause: error });
}

/** An error of viem: an invalid request, or an answer that it cannot decode. */
const chainError = (error: unknown): UserError | undefined =>
  error instanceof BaseError ? new UserError(error.shortMessage, EXIT.refused, { cause: error }) : undefined;

/** A defect. A RangeError of an engine is one too: invalid inputs have their own errors. */
const defect = (error: unknown): InternalError =>
  new InternalError(error instanceof Error ? `${error.name}: ${error.message}` : String(error), { cause: error });

import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { EXIT, UserError } from "@elench/errors/user-error";

/** Reads a file that the user named. @throws UserError with the reason if it cannot be read */
export function readWhole(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw cannot("read", file, error);
  }
}

/**
 * Writes a file atomically: to a temporary file, which is then renamed.
 * A device or a pipe is written directly.
 * @throws UserError with the reason if it cannot be written
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  let unfinished: string | undefined;
  try {
    const target = existingTarget(file);
    if (target === null) {
      writeFileSync(file, content);
      return;
    }
    unfinished = join(dirname(target), `.${basename(target)}.${process.pid}`);
    writeFileSync(unfinished, content, { flush: true });
    renameSync(unfinished, target);
  } catch (error) {
    if (unfinished !== undefined) rmSync(unfinished, { force: true });
    throw cannot("write", file, error);
  }
}

/** Makes a folder and its missing parents. @throws UserError */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannot("make the folder", folder, error);
  }
}

/** Checks before expensive work that its result can be written. @throws UserError */
export function requireWritable(file: string): void {
  try {
    const target = existingTarget(file);
    const isFolder = target === null && statSync(file).isDirectory();
    if (isFolder) throw cannot("write", file, { code: "EISDIR" });
    // A regular file is replaced, so its folder must be writable; a device is written directly.
    if (target === null) accessSync(file, constants.W_OK);
    else accessSync(dirname(target), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw cannot("write", file, error);
  }
}

/** The target of a path, with links resolved; null if it exists and is not a regular file. */
function existingTarget(file: string): string | null {
  if (!lstatSync(file, { throwIfNoEntry: false })) return file;
  const target = realpathSync(file);
  return lstatSync(target).isFile() ? target : null;
}

/** Translates an error of the operating system; returns any other error unchanged, because it is a defect. */
function cannot(what: string, path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const exitCode = FULL.has(code) ? EXIT.environment : EXIT.input;
  return new UserError(`cannot ${what} ${path}: ${reasonOf(error)}`, exitCode, { cause: error });
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE"]);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder, and a file is expected",
  ENOTDIR: "part of the path is a file, not a folder",
  EEXIST: "a file is there, where a folder is expected",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is exceeded",
  EFBIG: "the file is larger than the system allows",
  EPIPE: "broken pipe: the reader has closed it",
  EMFILE: "too many open files",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
  ERR_INVALID_ARG_VALUE: "the path contains a null byte",
};

/** The operating system's reason for refusing an operation on a file. */
export function reasonOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

import { EXIT } from "@elench/errors/user-error";
import { reasonOf } from "@elench/files/files";

let goesOn = false;

/** For commands whose work matters more than what they print: without stdout they go on, and end with a failure. */
export function goOnWithoutStdout(): void {
  goesOn = true;
}

/**
 * Whoever reads stdout may have enough in the midst of it, as `head` does, and the disk below it may be full. No output is lost with the exit code 0; a reader
 * that is gone is not told why. Where stderr fails, there is nowhere to say so.
 */
export function guardStreams(): void {
  let isLost = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exitCode = EXIT.environment;
    if (!isLost && (goesOn || error.code !== "EPIPE"))
      process.stderr.write(
        `elench: cannot write to stdout: ${reasonOf(error)}${goesOn ? "; going on without it" : ""}\n`,
      );
    if (!goesOn) process.exit();
    isLost = true;
  });
}

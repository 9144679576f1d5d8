import { EXIT } from "@elench/errors/user-error";
import { reasonOf } from "@elench/files/files";

let goesOn = false;

/** For commands that must continue without stdout, such as the watchtower: they exit with a failure at the end. */
export function goOnWithoutStdout(): void {
  goesOn = true;
}

/**
 * The reader of stdout can close it early, as `head` does, and the disk below it can be full. If output is lost, the exit code is not 0; a closed
 * pipe is not reported. A failure of stderr cannot be reported.
 */
export function guardStreams(): void {
  let isLost = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exitCode = EXIT.environment;
    if (!isLost && (goesOn || error.code !== "EPIPE"))
      process.stderr.write(
        `elench: cannot write to stdout: ${reasonOf(error)}${goesOn ? "; continuing without it" : ""}\n`,
      );
    if (!goesOn) process.exit();
    isLost = true;
  });
}

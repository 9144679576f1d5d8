/** Programs that npm does not install. */
import { spawnSync } from "node:child_process";

export interface Tool {
  /** Names that it may have on the PATH. */
  readonly commands: readonly string[];
  /** What `--version` must say: another version gives other results. */
  readonly version: RegExp;
  /** What a developer is told to do. */
  readonly install: string;
}

const debian = (name: string): string => `apt-get install ${name}`;

export const CLANG_FORMAT: Tool = {
  commands: ["clang-format-14", "clang-format"],
  version: /version 14\./,
  install: debian("clang-format-14"),
};
export const CPPCHECK: Tool = { commands: ["cppcheck"], version: /Cppcheck 2\./, install: debian("cppcheck") };
export const GCC: Tool = { commands: ["gcc"], version: /Free Software Foundation/, install: debian("gcc g++ make") };
export const EMSCRIPTEN: Tool = {
  commands: ["emcc"],
  version: / 3\.1\.6 /,
  install: `${debian("emscripten")} (3.1.6: another release gives other bytes)`,
};

/** The name under which the tool is installed here, if it is. */
export const commandOf = ({ commands, version }: Tool): string | undefined =>
  commands.find((command) => version.test(spawnSync(command, ["--version"], { encoding: "utf8" }).stdout ?? ""));

import { Argument, Command } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { commandTree } from "../completion/tree.ts";
import { zshScript } from "../completion/zsh.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof SCRIPTS;

/** @param program must have all other commands, because the script completes them. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("print a shell script that completes elench's commands and flags")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(Object.keys(SCRIPTS)))
    .addHelpText(
      "after",
      `
bash: source <(elench completion bash)
zsh:  elench completion zsh > "\${fpath[1]}/_elench"
fish: elench completion fish > ~/.config/fish/completions/elench.fish`,
    )
    .action((shell: Shell, _options: unknown, { parent }: Command) => {
      process.stdout.write(SCRIPTS[shell](commandTree(parent as Command)));
    });
}

import type { Command, Option } from "commander";

/** A command for completion. */
export interface CommandNode {
  /** Names of the command and its parents, without the program: "model add"; empty for the program. */
  readonly path: string;
  readonly description: string;
  readonly children: readonly CommandNode[];
  readonly flags: readonly Flag[];
  readonly argument: Value;
}

export interface Flag {
  /** Flag with both hyphens. */
  readonly name: string;
  readonly description: string;
  readonly value: Value;
}

/** The value of a flag or argument: one of several words, a path, free text, or none. */
export type Value =
  | { readonly kind: "nothing" | "path" | "text" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** The tree of a program's commands, read from commander, so that completion offers exactly what the program accepts. */
export function commandTree(command: Command, path = ""): CommandNode {
  const help = command.createHelp();
  return {
    path,
    description: firstSentence(command.description()),
    children: command.commands.map((child) =>
      commandTree(child, path === "" ? child.name() : `${path} ${child.name()}`),
    ),
    flags: help.visibleOptions(command).flatMap(flagOf),
    argument: argumentOf(command),
  };
}

/** The commands of the tree, parents first. */
export const allNodes = (node: CommandNode): CommandNode[] => [node, ...node.children.flatMap(allNodes)];

function flagOf(option: Option): Flag[] {
  if (!option.long) return [];
  return [{ name: option.long, description: firstSentence(option.description), value: valueOfFlag(option) }];
}

/** Placeholders that stand for a path. */
const PATHS = /<(name=)?(file|folder|record)>/;

function valueOfFlag({ flags, required, optional, argChoices }: Option): Value {
  if (argChoices) return { kind: "choice", choices: argChoices };
  if (PATHS.test(flags)) return { kind: "path" };
  return { kind: required || optional ? "text" : "nothing" };
}

function argumentOf({ registeredArguments: [first] }: Command): Value {
  if (!first) return { kind: "nothing" };
  if (first.argChoices) return { kind: "choice", choices: first.argChoices };
  return { kind: first.name() === "file" ? "path" : "text" };
}

/** A description, shortened to fit beside a word. */
const firstSentence = (text: string): string => text.split(/[:;(]/, 1)[0]?.trim() ?? "";

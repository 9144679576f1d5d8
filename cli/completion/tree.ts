import type { Command, Option } from "commander";

/** A command as completion knows it. */
export interface CommandNode {
  /** Names from the program's own on, without it: "model add"; empty for the program. */
  readonly path: string;
  readonly description: string;
  readonly children: readonly CommandNode[];
  readonly flags: readonly Flag[];
  readonly argument: Value;
}

export interface Flag {
  /** With both hyphens. */
  readonly name: string;
  readonly description: string;
  readonly value: Value;
}

/** What stands after a flag, or as a command's argument: one of several words, a path, something that only the user knows, or nothing. */
export type Value =
  | { readonly kind: "nothing" | "path" | "text" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** The tree of a program's commands, as commander has it: so completion offers exactly what the program takes. */
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

/** The tree as a list, parents first. */
export const allNodes = (node: CommandNode): CommandNode[] => [node, ...node.children.flatMap(allNodes)];

function flagOf(option: Option): Flag[] {
  if (!option.long) return [];
  return [{ name: option.long, description: firstSentence(option.description), value: valueOfFlag(option) }];
}

/** Words in angle brackets that stand for a path. */
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

/** Of a description, what fits beside a word. */
const firstSentence = (text: string): string => text.split(/[:;(]/, 1)[0]?.trim() ?? "";

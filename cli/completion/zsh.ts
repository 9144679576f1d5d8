import { allNodes, type CommandNode, type Flag, type Value } from "./tree.ts";

/** Completion for zsh. */
export function zshScript(tree: CommandNode): string {
  const nodes = allNodes(tree);
  return `#compdef elench
# Completion of elench for zsh: elench completion zsh > "\${fpath[1]}/_elench"
_elench() {
  local at="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    word="\${at:+$at }$word"
    case "$word" in
      (${nodes
        .filter(({ path }) => path !== "")
        .map(({ path }) => quoted(path))
        .join("|")}) at="$word" ;;
    esac
  done
  case "$at" in
${nodes.map(nodeCase).join("\n")}
  esac
}
if [[ \${funcstack[1]} = _elench ]]; then _elench; else compdef _elench elench; fi
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const nodeCase = ({ path, children, flags, argument }: CommandNode): string =>
  [
    `    (${quoted(path)})`,
    "      _arguments -S \\",
    ...flags.map((flag) => `        ${quoted(flagSpec(flag))} \\`),
    `        ${quoted(children.length > 0 ? `*: :((${children.map(childSpec).join(" ")}))` : `*: :${action(argument)}`)} ;;`,
  ].join("\n");

/** Every flag is offered again after its use, because the tree does not record which flags can be repeated. */
const flagSpec = ({ name, description, value }: Flag): string =>
  `*${name}[${escaped(description)}]${value.kind === "nothing" ? "" : `: :${action(value)}`}`;

const childSpec = ({ path, description }: CommandNode): string =>
  `${path.split(" ").at(-1)}\\:${`"${escaped(description).replaceAll('"', "")}"`}`;

function action(value: Value): string {
  switch (value.kind) {
    case "choice":
      return `(${value.choices.join(" ")})`;
    case "path":
      return "_files";
    default:
      return " ";
  }
}

/** Escapes brackets and colons, which are special in _arguments. */
const escaped = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&");

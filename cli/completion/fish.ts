import { allNodes, type CommandNode, type Value } from "./tree.ts";

/** Completion for fish. */
export function fishScript(tree: CommandNode): string {
  const nodes = allNodes(tree);
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `# Completion of elench for fish: elench completion fish > ~/.config/fish/completions/elench.fish
function __elench_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    set word (string trim -- "$at $word")
    switch "$word"
      case ${paths.map(quoted).join(" ")}
        set at "$word"
    end
  end
  test "$at" = "$argv[1]"
end

complete -c elench -f
${nodes.flatMap(linesOf).join("\n")}
`;
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;

function linesOf({ path, children, flags, argument }: CommandNode): string[] {
  const line = (rest: string) => `complete -c elench -n ${quoted(`__elench_at ${quoted(path)}`)} ${rest}`;
  return [
    ...children.map((child) =>
      line(`-a ${quoted(child.path.split(" ").at(-1) as string)} -d ${quoted(child.description)}`),
    ),
    ...flags.map(({ name, description, value }) =>
      line(`-l ${name.slice(2)} -d ${quoted(description)}${valueFlags(value)}`),
    ),
    ...(argument.kind === "path" ? [line("-F")] : []),
    ...(argument.kind === "choice" ? [line(`-a ${quoted(argument.choices.join(" "))}`)] : []),
  ];
}

function valueFlags(value: Value): string {
  switch (value.kind) {
    case "nothing":
      return "";
    case "choice":
      return ` -x -a ${quoted(value.choices.join(" "))}`;
    case "path":
      return " -r -F";
    case "text":
      return " -x";
  }
}

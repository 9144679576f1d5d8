import { allNodes, type CommandNode, type Flag } from "./tree.ts";

/** Completion for bash: one static script, which starts no process at a key press. */
export function bashScript(tree: CommandNode): string {
  const nodes = allNodes(tree);
  const cases = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join("\n");
  return `# Completion of elench for bash. In ~/.bashrc: source <(elench completion bash)
_elench() {
  local word path="" i cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${path:+$path }\${COMP_WORDS[i]}"
    case "$word" in
      ${nodes
        .filter(({ path }) => path !== "")
        .map(({ path }) => quoted(path))
        .join(" | ")}) path="$word" ;;
    esac
  done
  COMPREPLY=()
  # Where nothing is offered, bash offers files; where something else is expected, it must not.
  case "$path $prev" in
${cases(nodes.flatMap(({ path, flags }) => flags.flatMap((flag) => valueCase(path, flag))))}
  esac
  if [[ $cur != -* ]]; then
    case "$path" in
${cases(nodes.flatMap(argumentCase))}
    esac
  fi
  case "$path" in
${cases(nodes.map(({ path, children, flags }) => offer(quoted(path), [...children.map(lastName), ...flags.map(({ name }) => name)])))}
  esac
}
complete -o default -F _elench elench
`;
}

const quoted = (text: string): string => `"${text}"`;
const lastName = ({ path }: CommandNode): string => path.split(" ").at(-1) as string;

const offer = (pattern: string, words: readonly string[]): string =>
  `${pattern}) mapfile -t COMPREPLY < <(compgen -W "${words.join(" ")}" -- "$cur"); return ;;`;

function valueCase(path: string, { name, value }: Flag): string[] {
  const pattern = quoted(`${path} ${name}`);
  switch (value.kind) {
    case "nothing":
      return [];
    case "choice":
      return [offer(pattern, value.choices)];
    case "path":
      return [`${pattern}) return ;;`];
    case "text":
      return [`${pattern}) compopt +o default; return ;;`];
  }
}

function argumentCase({ path, argument }: CommandNode): string[] {
  if (argument.kind === "path") return [`${quoted(path)}) return ;;`];
  return argument.kind === "choice" ? [offer(quoted(path), argument.choices)] : [];
}

/** Completion, as the shells themselves do it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runNode } from "../fixtures/run.ts";

const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const SHELLS = ["bash", "zsh", "fish"] as const;

const folder = mkdtempSync(join(tmpdir(), "elench-completion-"));
const script = (shell: string): string => join(folder, shell);
before(async () => {
  for (const shell of SHELLS) {
    const { code, out, complaint } = await runNode([CLI, "completion", shell]);
    assert.equal(code, 0, complaint);
    writeFileSync(script(shell), out);
  }
  writeFileSync(join(folder, "model.onnx"), "");
});
after(() => rmSync(folder, { recursive: true, force: true }));

const missing = (shell: string): string | false =>
  spawnSync(shell, ["-c", "true"]).status === 0 ? false : `${shell} is not installed`;

function say(shell: string, program: string): string[] {
  const { status, stdout, stderr } = spawnSync(shell, ["-c", program], { encoding: "utf8", cwd: folder });
  assert.equal(status, 0, stderr);
  return stdout.split("\n").filter(Boolean);
}

/** What a shell offers for the last word of a line. */
const OFFERS: Readonly<Record<string, (line: string) => string[]>> = {
  bash: (line) =>
    say(
      "bash",
      // compopt works in a completion alone.
      `set -eu; compopt() { :; }; source ${script("bash")}
       COMP_WORDS=(${line.replace(/ $/, ' ""')}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
       _elench; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ),
  fish: (line) =>
    say("fish", `source ${script("fish")}; complete -C '${line}'`).map((offer) => offer.split("\t")[0] as string),
};

const CASES: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ["elench dep", ["deploy"]],
  ["elench model ", ["add", "check", "id"]],
  ["elench completion ", ["bash", "fish", "zsh"]],
  ["elench infer --engine ", ["auto", "interpreter", "native", "stepper", "wasm"]],
  ["elench infer x.onnx --engine n", ["native"]],
  ["elench deploy --dr", ["--dry-run"]],
  ["elench batch append --key", ["--key-file"]],
  ["elench deploy --fee ", []],
];

for (const [shell, offers] of Object.entries(OFFERS))
  test(`${shell} offers commands, flags and what flags take`, { skip: missing(shell) }, () => {
    for (const [line, expected] of CASES) {
      const offered = offers(line).filter((word) => !/^-/.test(word) || line.includes(" -"));
      if (line === "elench model ")
        for (const word of expected) assert.ok(offered.includes(word), `${line}: ${offered}`);
      else assert.deepEqual(offered.sort(), expected, line);
    }
  });

test("fish offers files where a path is expected", { skip: missing("fish") }, () => {
  assert.deepEqual(OFFERS.fish?.("elench infer mod"), ["model.onnx"]);
  assert.deepEqual(OFFERS.fish?.("elench deploy --check mod"), ["model.onnx"]);
});

test("bash leaves paths to its own completion of files", { skip: missing("bash") }, () => {
  assert.deepEqual(OFFERS.bash?.("elench infer mod"), []);
  assert.match(say("bash", `source ${script("bash")}; complete -p elench`).join(), /-o default -F _elench/);
});

test("zsh completes a flag at a key press", { skip: missing("zsh"), timeout: 60_000 }, () => {
  const program = `
    zmodload zsh/zpty; zpty shell 'zsh -f -i'
    zpty -w shell 'autoload -U compinit; compinit -u -d ${folder}/dump; source ${script("zsh")}; echo READY'
    zpty -r shell out '*READY*READY*'
    zpty -w -n shell $'elench deploy --dr\\t'
    zpty -r shell out '*--dry-run*' && print completed
    zpty -d shell`;
  assert.deepEqual(say("zsh", program), ["completed"]);
  assert.equal(spawnSync("zsh", ["-n", script("zsh")]).status, 0);
});

test("an unknown shell is refused", async () => {
  const { code, complaint } = await runNode([CLI, "completion", "powershell"]);
  assert.equal(code, 2);
  assert.match(complaint, /bash, zsh, fish/);
});

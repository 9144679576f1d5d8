/**
 * `npm run attacks [-- NAME…] [--json] [--without DEFENCE] [--list]`: plays the known attacks on local chains, with real processes, and prints who won.
 * Exit code 1 if a lie won that no later part closes; with --without, if the truth won.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { columns } from "../../cli/report/output.ts";
import type { Attack, Result } from "./attack.ts";
import { BOOK } from "./book.ts";
import { DEFENCES, type Defence } from "./defences.ts";
import { openBook } from "./play.ts";
import { copyWithout } from "./without.ts";

const USAGE = "usage: npm run attacks -- [NAME…] [--without DEFENCE] [--list] [--json]";

function refuse(message: string): never {
  process.stderr.write(`attacks: ${message}\n${USAGE}\n`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      options: {
        json: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        without: { type: "string" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const { values, positionals } = parse();
const log = (text: string) => process.stderr.write(`${text}\n`);

const ether = (wei: bigint): string => (Number(wei) / 1e18).toFixed(4);

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

function table(results: readonly Result[]): string {
  const rows = results.map(({ name, winner, closedBy, attacker, honest, ms }) => [
    name,
    closedBy ? `${winner} (closed by ${closedBy})` : winner,
    ether(attacker.paid),
    ether(attacker.lost),
    ether(honest.paid),
    ether(honest.locked),
    ether(honest.won),
    `${(ms / 1_000).toFixed(0)} s`,
  ]);
  const header = ["attack", "winner", "attacker paid", "lost", "honest paid", "locked", "won", "time"];
  return `${columns([header, ...rows])}\nAmounts in ether; paid: gas.`;
}

function chosen(names: readonly string[]): readonly Attack[] {
  for (const name of names)
    if (!BOOK.some((attack) => attack.name === name)) refuse(`there is no attack ${name}: --list shows them`);
  return names.length === 0 ? BOOK : BOOK.filter(({ name }) => names.includes(name));
}

function defenceOf(name: string): Defence {
  const defence = DEFENCES.find((one) => one.name === name);
  return defence ?? refuse(`there is no defence ${name}: --list shows them`);
}

/** Plays the defence's attack in a copy of the project without it. */
async function withoutDefence(defence: Defence): Promise<Result[]> {
  const copy = await copyWithout(defence);
  try {
    const script = join(copy.folder, "test/attacks/run.ts");
    const child = spawn(process.execPath, [script, defence.attack, "--json"], {
      cwd: copy.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
    });
    await new Promise((resolve) => child.once("close", resolve));
    const last = out.trimEnd().split("\n").at(-1) || '{"attacks":[]}';
    const { attacks } = JSON.parse(last, revived) as { attacks: Result[] };
    if (attacks.length === 0) throw new Error(`${defence.attack} could not be played without ${defence.name}`);
    return attacks;
  } finally {
    copy.remove();
  }
}

const revived = (key: string, value: unknown) =>
  ["paid", "lost", "locked", "won"].includes(key) ? BigInt(value as string) : value;

/** An attack whose play fails was won by nobody: it is told, and left out. */
async function playAll(attacks: readonly Attack[]): Promise<Result[]> {
  const book = await openBook();
  const results: Result[] = [];
  try {
    for (const attack of attacks) {
      log(`${attack.name}: ${attack.about}`);
      try {
        const result = await book.play(attack);
        log(`  ${result.winner}, after ${Math.round(result.ms / 1_000)} s`);
        results.push(result);
      } catch (error) {
        log(`${attack.name} could not be played: ${error instanceof Error ? error.stack : error}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await book.close();
  }
  return results;
}

if (values.list) {
  const defences = (attack: string) => DEFENCES.filter((one) => one.attack === attack).map(({ name }) => name);
  process.stdout.write(
    values.json
      ? `${JSON.stringify(BOOK.map(({ name, about, closedBy }) => ({ name, about, closedBy, defences: defences(name) })))}\n`
      : `${BOOK.map(({ name, about }) => `${name}: ${about}\n  defences: ${defences(name).join(", ") || "none that one line holds"}`).join("\n")}\n`,
  );
} else {
  const defence = values.without === undefined ? undefined : defenceOf(values.without);
  if (defence && positionals.some((name) => name !== defence.attack))
    refuse(`--without ${defence.name} plays ${defence.attack} alone`);
  const results = defence ? await withoutDefence(defence) : await playAll(chosen(positionals));
  process.stdout.write(`${values.json ? JSON.stringify({ attacks: results }, plain) : table(results)}\n`);
  const wanted = defence ? "lie" : "truth";
  if (results.some(({ winner, closedBy }) => winner !== wanted && (defence || !closedBy))) process.exitCode = 1;
}

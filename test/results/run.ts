/** `npm run model -- results [--seeds A..B] [--settings "NAME;NAME"] [--without RULE,RULE] [--json]`: plays the model of results. */
import { parseArgs } from "node:util";
import { RULES, type Rule, without } from "./model/rules.ts";
import { SETTINGS } from "./model/setting.ts";
import { playSeeds, type Sums } from "./model/sums.ts";

function refuse(...whys: readonly string[]): never {
  const usage = [
    ...whys,
    'Usage: npm run model -- [results] [--seeds A..B] [--settings "NAME;NAME"] [--without RULE,RULE] [--json]',
    `Settings: ${Object.keys(SETTINGS).join("; ")}`,
    `Rules: ${Object.keys(RULES).join(", ")}`,
  ];
  console.error(usage.join("\n"));
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        seeds: { type: "string", default: "1..20" },
        settings: { type: "string" },
        without: { type: "string", default: "" },
        json: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const { values, positionals } = readArguments();
const [from, to] = (/^(\d+)\.\.(\d+)$/.exec(values.seeds)?.slice(1) ?? []).map(Number);
const wanted = values.settings?.split(";") ?? Object.keys(SETTINGS);
const taken = values.without.split(",").filter((name) => name !== "");
const unknown = [
  ...positionals.filter((name) => name !== "results").map((name) => `There is no model "${name}".`),
  ...wanted.filter((name) => !Object.hasOwn(SETTINGS, name)).map((name) => `There is no setting "${name}".`),
  ...taken.filter((name) => !Object.hasOwn(RULES, name)).map((name) => `There is no rule "${name}".`),
];
if (unknown.length > 0) refuse(...unknown);
if (from === undefined || to === undefined || from > to)
  refuse(`--seeds ${values.seeds} is no range: give the first and the last, such as 1..20.`);

const all: Record<string, Sums> = {};
for (const name of wanted) {
  const sums = playSeeds(from, to, SETTINGS[name]!, without(...(taken as Rule[])));
  all[name] = sums;
  if (values.json) continue;
  const { faults, examples, ...numbers } = sums;
  const told = Object.entries(numbers).map(([key, value]) => `${key} ${value}`);
  console.log(`${name}\n  ${told.join(", ")}`);
  for (const [fault, times] of Object.entries(faults)) console.log(`  ${fault}: ${times}, first ${examples[fault]}`);
}
const faults = Object.values(all)
  .flatMap((sums) => Object.values(sums.faults))
  .reduce((sum, times) => sum + times, 0);
if (values.json) console.log(JSON.stringify({ seeds: { from, to }, without: taken, settings: all, faults }));
else console.log(`${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

import { conformanceOnnx } from "./onnx.ts";
import type { Report } from "./report.ts";
import { conformanceSoftfloat } from "./softfloat.ts";
import { conformanceTrie } from "./trie.ts";

/** `npm run conformance -- softfloat|onnx|trie DIR [--json]`: runs official vectors, and says which pass. */

const SUITES: Readonly<Record<string, (folder: string) => Promise<Report>>> = {
  softfloat: conformanceSoftfloat,
  onnx: conformanceOnnx,
  trie: conformanceTrie,
};

const USAGE = `usage: npm run conformance -- SUITE FOLDER [--json]
  softfloat FOLDER   TestFloat vectors (.txt.gz), in FOLDER or its testfloat/
  onnx FOLDER        the official node tests: a folder for each case, with model.onnx and test_data_set_N/
  trie FOLDER        Ethereum's TrieTests: files of named cases
Exit codes: 0 all that is supported passes; 1 something fails; 2 wrong arguments, or no vectors found.`;

const args = process.argv.slice(2);
const json = args.includes("--json");
const [suite, folder, ...rest] = args.filter((arg) => arg !== "--json");
const run = SUITES[suite ?? ""];

if (!run || folder === undefined || rest.length > 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(args.includes("--help") ? 0 : 2);
}

try {
  const report = await run(folder);
  for (const { name, status, why } of report.cases) {
    if (status !== "passed" || !json) process.stderr.write(`${status.padEnd(11)} ${name}${why ? `: ${why}` : ""}\n`);
  }
  const { passed, failed, unsupported } = report;
  process.stdout.write(
    json ? `${JSON.stringify(report)}\n` : `${passed} passed, ${failed} failed, ${unsupported} unsupported\n`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`conformance: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

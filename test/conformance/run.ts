import { parseArgs } from "node:util";
import { conformanceEvm } from "./evm.ts";
import { conformanceEvmVm } from "./evm-vm.ts";
import { conformanceOnnx } from "./onnx.ts";
import type { Report, SuiteOptions } from "./report.ts";
import { conformanceSoftfloat } from "./softfloat.ts";
import { conformanceTrie } from "./trie.ts";

/** `npm run conformance -- SUITE DIR [--json]`: runs official vectors, and says which pass. */

interface Suite {
  readonly run: (folder: string, options: SuiteOptions) => Promise<Report>;
  /** Whether its cases can be selected. */
  readonly selective: boolean;
}

const SUITES: Readonly<Record<string, Suite>> = {
  softfloat: { run: conformanceSoftfloat, selective: false },
  onnx: { run: conformanceOnnx, selective: false },
  trie: { run: conformanceTrie, selective: false },
  evm: { run: conformanceEvm, selective: true },
  "evm-vm": { run: conformanceEvmVm, selective: true },
};

const USAGE = `usage: npm run conformance -- SUITE FOLDER [--json] [OPTIONS]
  softfloat FOLDER   TestFloat vectors (.txt.gz), in FOLDER or its testfloat/
  onnx FOLDER        the official node tests: a folder for each case, with model.onnx and test_data_set_N/
  trie FOLDER        Ethereum's TrieTests: files of named cases
  evm FOLDER         the official GeneralStateTests, Cancun variants, in any layout of folders
  evm-vm FOLDER      the classic VM tests
Options of the last two:
  --verify           have the Solidity verifier execute steps too
  --executor NAME    judge this executor alone: native, wasm, reference, stepper or verifier
  --filter TEXT      only cases whose name contains TEXT
  --sample K         only every K-th of these
  --limit N          only the first N of these
  --jobs N           processes (default: the processors there are)
Exit codes: 0 all that is supported passes; 1 something fails; 2 wrong arguments, or no vectors found.`;

function usage(code: number): never {
  process.stderr.write(`${USAGE}\n`);
  process.exit(code);
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        help: { type: "boolean" },
        verify: { type: "boolean" },
        executor: { type: "string" },
        filter: { type: "string" },
        sample: { type: "string" },
        limit: { type: "string" },
        jobs: { type: "string" },
      },
    });
    const { json = false, help = false, verify = false, executor, filter, ...counts } = values;
    if (help) usage(0);
    const [name = "", folder, ...rest] = positionals;
    const suite = SUITES[name];
    const options: SuiteOptions = {
      verify,
      ...(executor !== undefined && { executor }),
      ...(filter !== undefined && { filter }),
      ...Object.fromEntries(Object.entries(counts).map(([option, text]) => [option, positive(option, text)])),
    };
    if (!suite || folder === undefined || rest.length > 0) usage(2);
    if (!suite.selective && (verify || Object.keys(options).length > 1)) usage(2);
    return { suite, folder, json, options };
  } catch (error) {
    process.stderr.write(`conformance: ${(error as Error).message}\n`);
    usage(2);
  }
}

function positive(option: string, text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new Error(`--${option} wants a positive whole number, not ${text}`);
  return Number(text);
}

const { suite, folder, json, options } = parse(process.argv.slice(2));

try {
  const report = await suite.run(folder, options);
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

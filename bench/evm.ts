/**
 * `node bench/evm.ts [--json] [PART …]`: what the EVM machine's steps cost on L1, what a whole dispute about a batch costs there, and what validators and challengers compute.
 * Parts: steps, dispute, overhead, finding; all of them by default. Gas is exact. Times are of this machine: `cpu` tells less of what else runs on it than `wall` does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelStore } from "@elench/challenger/watch/store";
import { openBackend } from "@elench/tensor/engine/backend";
import { measureDispute } from "./evm/dispute.ts";
import { measureFinding } from "./evm/finding.ts";
import { type L1, openL1 } from "./evm/l1.ts";
import { measureOverhead } from "./evm/overhead.ts";
import { measureSteps } from "./evm/steps.ts";
import { makeWorkload } from "./evm/workload.ts";

const PARTS = ["steps", "dispute", "overhead", "finding"];

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== "--json");
const unknown = named.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  process.stderr.write(`bench/evm.ts: there is no part ${unknown}; the parts are ${PARTS.join(", ")}\n`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "elench-bench-"));
const backend = openBackend({ engine: "native", threads: 1 });
const store = new ModelStore(join(folder, "models"), backend);
const workload = await makeWorkload(store, backend);

let opened: Promise<L1> | undefined;
/** One for all parts: a process deploys to one chain alone. */
function onL1(): Promise<L1> {
  opened ??= openL1(workload.genesis, folder);
  return opened;
}

const measures: Readonly<Record<string, () => Promise<unknown>>> = {
  steps: async () => measureSteps(await onL1(), workload),
  dispute: async () => measureDispute(await onL1(), workload, store, backend),
  overhead: () => measureOverhead(workload),
  finding: () => measureFinding(workload),
};

try {
  const { transactions, gas, bytes } = workload;
  const figures: Record<string, unknown> = { block: { transactions, gas: Number(gas), bytes: bytes.length } };
  for (const part of named.length > 0 ? named : PARTS) {
    process.stderr.write(`measuring: evm, ${part}\n`);
    figures[part] = await (measures[part] as () => Promise<unknown>)();
  }
  console.log(JSON.stringify(figures, null, args.includes("--json") ? undefined : 2));
} finally {
  const l1 = await opened?.catch(() => undefined);
  await l1?.chain.stop();
  rmSync(folder, { recursive: true, force: true });
}

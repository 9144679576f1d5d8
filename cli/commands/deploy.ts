import type { CheckReport } from "@elench/deploy/check";
import type { Plan, PlannedTransaction } from "@elench/deploy/dry-run";
import { type Finding, isWarning } from "@elench/deploy/finding";
import type { InputFiles } from "@elench/deploy/inputs";
import { EXIT, UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import { formatEther, formatGwei, parseGwei } from "viem";
import { amountOfGwei, jsonOption, option } from "../input/options.ts";
import { columns, note, print } from "../report/output.ts";

interface DeployOptions {
  readonly network?: string;
  readonly parameters?: string;
  readonly out?: string;
  readonly genesis?: string;
  readonly dryRun?: boolean;
  readonly fee?: number;
  readonly check?: string;
  readonly sources?: string;
  readonly json?: boolean;
}

export function deployCommand(): Command {
  return new Command("deploy")
    .description(
      "deploy the contracts with Hardhat Ignition and write their addresses to a record; or estimate or check a deployment",
    )
    .addOption(option("--network <name>", "network of hardhat.config.ts: localhost, l1"))
    .addOption(
      option("--parameters <file>", "clocks, bonds and roles, as JSON (default: deploy/parameters/<network>.json)"),
    )
    .addOption(
      option(
        "--genesis <file>",
        "also deploy an L2 chain with this genesis file (default: only the contracts for inference on L1)",
      ),
    )
    .addOption(option("--out <file>", "file for the record (default: deploy/<chain id>.json)"))
    .addOption(option("--dry-run", "list the transactions, their gas and their cost, and send nothing; needs no key"))
    .addOption(option("--fee <gwei>", "with --dry-run: also show the cost at this gas price").argParser(amountOfGwei))
    .addOption(
      option(
        "--check <record>",
        "compare a recorded deployment with this build and the parameters (exit code 1: they differ); needs no key",
      ),
    )
    .addOption(
      option(
        "--sources <folder>",
        "write the compiler's standard JSON input of each contract to this folder, for source verification",
      ),
    )
    .addOption(jsonOption())
    .action(run);
}

// Hardhat takes 1 s to load, so it is loaded only if it is needed.
async function run(options: DeployOptions): Promise<void> {
  refuseMixtures(options);
  const { network, check, sources, dryRun, json } = options;
  if (sources !== undefined) return exportSources(sources, json);
  if (network === undefined)
    throw new UserError(
      "--network is missing: give --network localhost, or --network l1 with its URL in ELENCH_L1_URL",
    );
  const files: InputFiles = { network, parameters: options.parameters, genesis: options.genesis };
  if (check !== undefined) return checkRecord(files, check, json);
  return dryRun ? planDeployment(files, options) : deployContracts(files, options);
}

async function deployContracts(files: InputFiles, { out, json }: DeployOptions): Promise<void> {
  const { deploy } = await import("@elench/deploy/deploy");
  const { deployment, file } = await deploy({ ...files, out, progress: note });
  const { rollup, ...inference } = deployment;
  const rows = Object.entries({ ...inference, ...rollup }).map(([name, value]) => [name, String(value)]);
  print(json, { ...deployment, file }, () => `${columns(rows)}\nrecorded in ${file}`);
}

async function planDeployment(files: InputFiles, { fee, json }: DeployOptions): Promise<void> {
  const { dryRun, isTooPoor } = await import("@elench/deploy/dry-run");
  const planned = await dryRun({ ...files, fee: fee === undefined ? undefined : parseGwei(String(fee)) });
  const isPoor = isTooPoor(planned);
  print(json, planned, () => describePlan(planned, isPoor));
  if (isPoor) process.exitCode = EXIT.negative;
}

async function checkRecord(files: InputFiles, record: string, json: boolean | undefined): Promise<void> {
  const { check } = await import("@elench/deploy/check");
  const report = await check({ ...files, record });
  print(json, report, () => describeCheck(report));
  if (!report.ok) process.exitCode = EXIT.negative;
}

/** @throws UserError for flags that contradict each other */
function refuseMixtures({ dryRun, check, sources, fee, out }: DeployOptions): void {
  const modes = [dryRun && "--dry-run", check !== undefined && "--check", sources !== undefined && "--sources"].filter(
    Boolean,
  );
  if (modes.length > 1) throw new UserError(`${modes.join(" and ")} exclude each other: give only one`);
  if (modes.length > 0 && out !== undefined)
    throw new UserError(`--out has no effect with ${modes[0]}, which writes no record: leave it out`);
  if (fee !== undefined && !dryRun) throw new UserError("--fee needs --dry-run");
}

async function exportSources(folder: string, json: boolean | undefined): Promise<void> {
  const { writeSources } = await import("@elench/deploy/sources");
  const written = await writeSources(folder);
  print(json, { sources: written }, () =>
    columns([
      ["contract", "compiler", "identifier", "file"],
      ...written.map(({ contract, compiler, identifier, file }) => [contract, compiler, identifier, file]),
    ]),
  );
}

const ether = (wei: bigint): string => `${formatEther(wei)} ETH`;

function describePlan(plan: Plan, isTooPoor: boolean): string {
  const { chainId, deployer, balance, transactions, gas, costs, unknown } = plan;
  const due = transactions.filter(({ isSent }) => !isSent).length;
  const payer = deployer === null ? "" : `, paid by ${deployer} with a balance of ${ether(balance ?? 0n)}`;
  return [
    columns([["contract", "code", "data", "gas", "arguments"], ...transactions.map(describeTransaction)]),
    "",
    ...(chainId === null ? [] : [`chain ${chainId}${payer}${isTooPoor ? ": insufficient balance" : ""}`]),
    `${due} transactions to send, ${gas} gas`,
    ...costs.map(({ at, gasPrice, cost }) => `${ether(cost)} at the ${at} price of ${formatGwei(gasPrice)} gwei`),
    ...unknown.map((what) => `not known: ${what}`),
    "nothing was sent",
  ].join("\n");
}

const describeTransaction = (transaction: PlannedTransaction): string[] => [
  transaction.contract,
  `${transaction.codeBytes} B`,
  `${transaction.dataBytes} B`,
  String(transaction.gas),
  transaction.isSent
    ? `sent before: ${transaction.address ?? "not in a block yet"}`
    : describeArguments(transaction.arguments),
];

const describeArguments = (given: Readonly<Record<string, unknown>>): string =>
  Object.entries(given)
    .map(([name, value]) =>
      typeof value === "object" && value !== null
        ? describeArguments(value as Readonly<Record<string, unknown>>)
        : `${name} ${String(value)}`,
    )
    .join(", ");

const describeCheck = ({ findings, ok }: CheckReport): string => {
  const failed = findings.filter((finding) => !finding.ok).length;
  const warnings = findings.filter(isWarning).length;
  return [
    columns(findings.map(describeFinding)),
    ok ? `all ${findings.length} findings are ok` : `${failed} of ${findings.length} findings are WRONG`,
    ...(warnings > 0 ? [`operations that are announced and will change the deployment: ${warnings}`] : []),
  ].join("\n");
};

const describeFinding = (finding: Finding): string[] => {
  const { ok, contract, address, what, says } = finding;
  return [isWarning(finding) ? "WARNING" : ok ? "ok" : "WRONG", contract, address, what, says];
};

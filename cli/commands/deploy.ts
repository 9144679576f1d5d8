import { Command } from "commander";
import { jsonOption, option } from "../input/options.ts";
import { columns, note, print } from "../report/output.ts";

interface DeployOptions {
  readonly network: string;
  readonly parameters?: string;
  readonly out?: string;
  readonly genesis?: string;
  readonly json?: boolean;
}

export function deployCommand(): Command {
  return new Command("deploy")
    .description("deploy the contracts with Hardhat Ignition, and record where they are")
    .addOption(option("--network <name>", "network of hardhat.config.ts: localhost, l1").makeOptionMandatory())
    .addOption(
      option("--parameters <file>", "clocks, bonds and guardian, as JSON (default: deploy/parameters/<network>.json)"),
    )
    .addOption(
      option("--genesis <file>", "deploy an L2 chain as well, which begins with this (default: inference alone)"),
    )
    .addOption(option("--out <file>", "where to write the record (default: deploy/<chain id>.json)"))
    .addOption(jsonOption())
    .action(async (options: DeployOptions) => {
      // Hardhat takes a second to load: only this command needs it.
      const { deploy } = await import("@elench/deploy/deploy");
      const { deployment, file } = await deploy({ ...options, progress: note });
      const { rollup, ...inference } = deployment;
      const rows = Object.entries({ ...inference, ...rollup }).map(([name, value]) => [name, String(value)]);
      print(options.json, { ...deployment, file }, () => `${columns(rows)}\nrecorded in ${file}`);
    });
}

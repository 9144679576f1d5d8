import { MAX_PRIORITY_FEE_PER_GAS } from "@elench/challenger/l1/transactions";
import type { Command } from "commander";
import { formatGwei } from "viem";
import { amountOfGwei, keyFile, option, positiveInteger } from "./options.ts";

/** The flags of every command that talks to L1. */
export const withL1 = (command: Command): Command =>
  command
    .addOption(
      option("--rpc <url>", "L1 endpoint; several, joined by commas, must agree")
        .argParser((text: string) => text.split(",").map((url) => url.trim()))
        .default(["http://127.0.0.1:8545"]),
    )
    .addOption(
      option("--rpc-timeout <ms>", "time that an endpoint has for one request")
        .argParser(positiveInteger)
        .default(10_000),
    )
    .addOption(
      option("--deployment <file>", "record of where the contracts are (default: the project's own for the chain)"),
    );

/** The flag of every command that can send transactions; the key itself never stands on a command line. */
export const withKey = (command: Command): Command =>
  command
    .addOption(
      option("--key-file <file>", "file with the private key to act with (or ELENCH_KEY: the key itself)").argParser(
        keyFile,
      ),
    )
    .addOption(option("--max-fee <gwei>", "never bid more for gas").argParser(amountOfGwei).default(200))
    .addOption(
      option("--max-tip <gwei>", "never begin with a higher tip, whatever endpoints suggest")
        .argParser(amountOfGwei)
        .default(Number(formatGwei(MAX_PRIORITY_FEE_PER_GAS))),
    );

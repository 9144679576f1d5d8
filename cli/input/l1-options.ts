import { MAX_PRIORITY_FEE_PER_GAS } from "@elench/challenger/l1/transactions";
import type { Command } from "commander";
import { formatGwei } from "viem";
import { amountOfGwei, keyFile, option, positiveInteger } from "./options.ts";

/** The flags of every command that talks to L1. */
export const withL1 = (command: Command): Command =>
  command
    .addOption(
      option("--rpc <url>", "L1 endpoints, separated by commas; they must agree")
        .argParser((text: string) => text.split(",").map((url) => url.trim()))
        .default(["http://127.0.0.1:8545"]),
    )
    .addOption(
      option("--rpc-timeout <ms>", "timeout of one request to an endpoint").argParser(positiveInteger).default(10_000),
    )
    .addOption(
      option(
        "--deployment <file>",
        "deployment record with the contracts' addresses (default: deploy/<chain id>.json)",
      ),
    );

/** The flags of every command that can send transactions. The key itself is never a command-line argument. */
export const withKey = (command: Command): Command =>
  command
    .addOption(
      option(
        "--key-file <file>",
        "file with the private key of the account (or set ELENCH_KEY to the key itself)",
      ).argParser(keyFile),
    )
    .addOption(option("--max-fee <gwei>", "fee ceiling: maximum fee per gas").argParser(amountOfGwei).default(200))
    .addOption(
      option("--max-tip <gwei>", "maximum priority fee of a first bid, whatever the endpoints suggest")
        .argParser(amountOfGwei)
        .default(Number(formatGwei(MAX_PRIORITY_FEE_PER_GAS))),
    );

import { InvalidArgumentError, Option } from "commander";
import { type Address, isAddress } from "viem";

/** An option whose default comes from the environment: `--max-fee` from ELENCH_MAX_FEE. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`ELENCH_${made.name().toUpperCase().replaceAll("-", "_")}`);
}

export const jsonOption = (): Option => option("--json", "print one JSON object to stdout");

/** How a command computes. */
export type EngineName = "auto" | "native" | "wasm" | "interpreter";

/** @param more engines that this command alone has. */
export const engineOption = (...more: readonly string[]): Option =>
  option("--engine <name>", "how to compute; all give the same bits. auto: native where it is built, else wasm")
    .choices(["auto", "native", "wasm", "interpreter", ...more])
    .default("auto");

export const threadsOption = (): Option =>
  option("--threads <n>", "processor threads to use").argParser(positiveInteger).default(0, "all");

/** Collects a repeatable option. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a positive integer.");
  return value;
}

export function naturalNumber(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a non-negative integer.");
  return BigInt(text);
}

/** Addresses joined by commas; the option may be repeated. */
export function addresses(text: string, previous: readonly Address[] = []): Address[] {
  const given = text.split(",").map((address) => address.trim());
  for (const address of given) {
    if (!isAddress(address, { strict: false }))
      throw new InvalidArgumentError(`${address} is not an address: 0x and 40 hexadecimal digits are expected.`);
  }
  return [...previous, ...(given as Address[])];
}

/** Wei are the smallest amount: nine digits after the point. */
export function amountOfGwei(text: string): number {
  if (!/^\d+(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError("It must be an amount in gwei, as 1.5.");
  return Number(text);
}

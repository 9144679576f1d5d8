import { readFileSync } from "node:fs";
import { MAX_CHAIN_ID } from "@elench/evm/chain/chain-id";
import { EVMS } from "@elench/evm/chain/executor";
import { reasonOf } from "@elench/files/files";
import { InvalidArgumentError, Option } from "commander";
import { type Address, isAddress } from "viem";

const OFF = /^(|0|false|no|off)$/i;

/** An option with a default from the environment: `--max-fee` from ELENCH_MAX_FEE. A flag without a value is on for any text there, except for 0, false and the like. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  const variable = `ELENCH_${made.name().toUpperCase().replaceAll("-", "_")}`;
  const value = process.env[variable];
  const isOff = !made.required && !made.optional && value !== undefined && OFF.test(value);
  return made.env(isOff ? `${variable} (off)` : variable);
}

export const jsonOption = (): Option => option("--json", "print one JSON object to stdout");

/** Options that select the engine. */
export type EngineName = "auto" | "native" | "wasm" | "interpreter";

/** @param more further engines of this command. */
export const engineOption = (...more: readonly string[]): Option =>
  option("--engine <name>", "execution engine; all give the same bits. auto: native if it is built, otherwise wasm")
    .choices(["auto", "native", "wasm", "interpreter", ...more])
    .default("auto");

export const evmOption = (): Option =>
  option("--evm <name>", "who executes batches; both give the same outputs (default: native)").choices(EVMS);

export const threadsOption = (): Option =>
  option("--threads <n>", "number of threads").argParser(positiveInteger).default(0, "all");

/** Collects a repeatable option. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** Maximum delay of a timer, in milliseconds: Node fires longer ones at once. */
const MAX_INTEGER = 2 ** 31 - 1;

export function positiveInteger(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > MAX_INTEGER)
    throw new InvalidArgumentError(`It must be a positive integer, at most ${MAX_INTEGER}.`);
  return Number(text);
}

export function naturalNumber(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a non-negative integer.");
  return BigInt(text);
}

/** Addresses separated by commas; the option can be repeated. */
export function addresses(text: string, previous: readonly Address[] = []): Address[] {
  const given = text.split(",").map((address) => address.trim());
  for (const address of given) {
    if (!isAddress(address, { strict: false }))
      throw new InvalidArgumentError(`${address} is not an address: give 0x and 40 hexadecimal digits.`);
  }
  return [...previous, ...(given as Address[])];
}

/** @param what the unit. */
export const integerWithin =
  (min: number, max: number, what = "") =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number${what && ` of ${what}`}, ${min} to ${max}.`);
    return value;
  };

export const seconds = integerWithin(1, Math.floor(MAX_INTEGER / 1000), "seconds");
export const chainId = integerWithin(1, Number(MAX_CHAIN_ID));

/** Milliseconds: two blocks of L1. */
const COURTESY = 24_000;

export const courtesyOption = (): Option =>
  option("--courtesy <ms>", "time that other honest parties are given to make a move that defends no own bond")
    .argParser(integerWithin(0, 3_600_000, "milliseconds"))
    .default(COURTESY);

/** Up to six digits before the decimal point and after it: JavaScript prints such numbers without an exponent. */
export function amountOfGwei(text: string): number {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text))
    throw new InvalidArgumentError(
      "It must be an amount in gwei below 1000000, with up to six digits after the decimal point, such as 1.5.",
    );
  return Number(text);
}

/** A file with a private key. `account.ts` parses its content. */
export function keyFile(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${reasonOf(error)}.`);
  }
  if (text.trim() === "") throw new InvalidArgumentError("It is empty; it must contain a private key.");
  return file;
}

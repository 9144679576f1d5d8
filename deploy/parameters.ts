import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { type Address, isAddress, zeroAddress } from "viem";
import { economicProblem } from "./economics.ts";

/** Parameters of a deployment. Times in seconds, amounts in wei. */
export interface DeployParameters {
  readonly maxClock: number;
  readonly extension: number;
  readonly longExtension: number;
  readonly bond: string;
  readonly prepayment: string;
  readonly withdrawalDelay: number;
  readonly deliveryDelay: number;
  /** Of the oracle: a commitment to an answer is opened within this time. */
  readonly reveal: number;
  /** Paid with a commitment, and returned when it is opened; the highest fee of a request. */
  readonly deposit: string;
  /** Steps of the tensor machine that requests may take in a second without a rise of their price. */
  readonly speed: string;
  /** Price of a step while there is no backlog. */
  readonly minPrice: string;
  /** A backlog of so many steps multiplies the price by e. */
  readonly scale: string;
  /** Of all contracts; the first holder of a `Guardian` if there is an appointer. */
  readonly guardian: Address;
  /** Announces who holds the guardian's place; after `upgradeDelay` anyone carries it out. Default: the guardian is the account itself, for good. */
  readonly appointer?: Address;
  /** From an output's settlement to its finality. Default: the delivery delay. */
  readonly finalityDelay?: number;
  /** The only account that may append batches. Default: anyone may. */
  readonly sequencer?: Address;
  /** From the announcement of an upgrade of the L2's machines to its execution. */
  readonly upgradeDelay: number;
  /** Announces upgrades. Default: the guardian. */
  readonly upgrader?: Address;
  /** Gas price on L1, in wei, up to which every honest answer and settlement earns more than it costs. No contract knows it. */
  readonly ceilingGasPrice?: string;
  /** The most that one watchtower stakes at a time, in wei, and the cores that it computes with. No contract knows them. */
  readonly watchtowerCapital?: string;
  readonly watchtowerCores?: number;
  /** Whether the bounds of docs/economics.md do not apply. A public chain does not take such parameters. */
  readonly testsOnly?: boolean;
}

/** Checks a value, given the others. @returns the problem, or undefined */
type Rule = (value: unknown, others: Readonly<Record<string, unknown>>) => string | undefined;

const YEAR = 365 * 24 * 3600;

const seconds =
  (min: number, max: number): Rule =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number of seconds, ${min} to ${max}`;

const isWei = (value: unknown): value is string => typeof value === "string" && /^\d+$/.test(value);

const wei =
  (min: bigint, max: bigint): Rule =>
  (value) => {
    if (!isWei(value)) return 'must be an amount in wei, as a string of digits ("60000000000000000")';
    return BigInt(value) >= min && BigInt(value) <= max ? undefined : `must be ${min} to ${max} wei`;
  };

const whole =
  (min: bigint, max: bigint): Rule =>
  (value) =>
    isWei(value) && BigInt(value) >= min && BigInt(value) <= max
      ? undefined
      : `must be a whole number, ${min} to ${max}, as a string of digits`;

/** Text in angle brackets: the deployer must choose a value. */
const isPlaceholder = (value: unknown): boolean => typeof value === "string" && /^<.*>$/.test(value);

const account: Rule = (value) => {
  if (isPlaceholder(value)) return "is a placeholder: replace it with your address";
  if (!isAddress(String(value), { strict: false })) return "must be an address: 0x and 40 hexadecimal digits";
  if (!isAddress(String(value))) return "has a wrong checksum: a letter is mistyped, or has the wrong case";
  return value === zeroAddress ? "must not be the zero address" : undefined;
};

const isSame = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase();

const optional =
  (rule: Rule): Rule =>
  (value, others) =>
    value === undefined ? undefined : rule(value, others);

/** Needed unless the parameters are for tests alone. */
const unlessTestsOnly =
  (rule: Rule): Rule =>
  (value, others) =>
    value === undefined && others.testsOnly === true ? undefined : rule(value, others);

/**
 * The rules of the contracts' constructors, checked before the first transaction. Two rules are stricter: the oracle accepts any delivery delay, and the inbox
 * any sequencer (`deploy/parameters.test.ts` compares them with the contracts).
 */
const RULES: Readonly<Record<keyof DeployParameters, Rule>> = {
  testsOnly: (value) => (value === undefined || typeof value === "boolean" ? undefined : "must be true or false"),
  maxClock: seconds(1, 2 ** 24 - 1),
  extension: (value, { longExtension }) =>
    seconds(1, 2 ** 24 - 1)(value, {}) ??
    ((value as number) > (longExtension as number) ? `must be at most longExtension, ${longExtension}` : undefined),
  longExtension: (value, { maxClock }) =>
    seconds(1, 2 ** 24 - 1)(value, {}) ??
    ((value as number) > (maxClock as number) ? `must be at most maxClock, ${maxClock}` : undefined),
  bond: wei(3n, 2n ** 80n - 1n),
  prepayment: (value, { bond }) => {
    const most = isWei(bond) ? (2n * BigInt(bond)) / 3n : 0n;
    const problem = wei(0n, 2n ** 80n - 1n)(value, {});
    return (
      problem ?? (BigInt(value as string) > most ? `must be at most two thirds of the bond, ${most} wei` : undefined)
    );
  },
  withdrawalDelay: seconds(0, YEAR),
  deliveryDelay: seconds(0, YEAR),
  reveal: (value, { maxClock, extension }) =>
    seconds(1, 2 ** 24 - 1)(value, {}) ??
    ((value as number) >= (maxClock as number) - (extension as number)
      ? `must be less than maxClock - extension, ${(maxClock as number) - (extension as number)}`
      : undefined),
  deposit: wei(0n, 2n ** 96n - 1n),
  speed: whole(1n, 2n ** 64n - 1n),
  minPrice: wei(1n, 2n ** 40n - 1n),
  scale: whole(1n, 2n ** 60n),
  guardian: account,
  appointer: optional(
    (value, { guardian }) =>
      account(value, {}) ??
      (isSame(value, guardian) ? "must not be the guardian, who could cancel its own replacement" : undefined),
  ),
  finalityDelay: optional(seconds(0, YEAR)),
  sequencer: optional(account),
  upgradeDelay: seconds(0, YEAR),
  upgrader: optional(account),
  ceilingGasPrice: unlessTestsOnly(wei(1n, 2n ** 64n - 1n)),
  watchtowerCapital: unlessTestsOnly(wei(1n, 2n ** 88n - 1n)),
  watchtowerCores: unlessTestsOnly((value) =>
    Number.isInteger(value) && (value as number) >= 1 ? undefined : "must be a whole number, at least 1",
  ),
};

const NAMES = Object.keys(RULES) as (keyof DeployParameters)[];

/** Reads the parameters in a JSON file. @throws UserError with the file, the parameter and its bounds */
export function readParameters(file: string): DeployParameters {
  const text = new TextDecoder().decode(readWhole(file));
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}`);
  }
  return checkParameters(given, file);
}

/** @param where names the source in errors. @throws UserError */
export function checkParameters(given: unknown, where: string): DeployParameters {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new UserError(
      `${where} must hold one JSON object with the parameters (deploy/parameters/localhost.json is an example)`,
    );
  const values = given as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(RULES, name));
  if (unknown !== undefined)
    throw new UserError(`${where}: there is no parameter ${unknown}; did you mean ${nearest(unknown, NAMES)}?`);
  const refuse = (name: keyof DeployParameters, problem: string): never => {
    const value = values[name];
    throw new UserError(
      `${where}: ${name} ${problem}; ${value === undefined ? "it is missing" : `it is ${JSON.stringify(value)}`}`,
    );
  };
  for (const name of NAMES) {
    const problem = RULES[name](values[name], values);
    if (problem !== undefined) refuse(name, problem);
  }
  const parameters = given as DeployParameters;
  if (!parameters.testsOnly) {
    const broken = economicProblem(parameters as Required<DeployParameters>);
    if (broken) refuse(...broken);
  }
  return parameters;
}

/** The name with the fewest letters to change, add or drop. */
const nearest = <Name extends string>(text: string, names: readonly Name[]): Name =>
  [...names].sort((a, b) => distance(text, a) - distance(text, b))[0] as Name;

/** Levenshtein's distance, without regard to case. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}

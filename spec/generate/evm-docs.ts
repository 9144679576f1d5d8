import { BLOCK_HASH, BLOCK_HEADER, BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "../evm/batch.ts";
import type { Constants } from "../evm/constants.ts";
import { FLAGS, STATUSES } from "../evm/enumerations.ts";
import { GAS_COSTS } from "../evm/gas-costs.ts";
import { LIMITS } from "../evm/limits.ts";
import { MODEL_ENTRY } from "../evm/model-entry.ts";
import { OPCODES } from "../evm/opcodes.ts";
import { PHASES, upperCase } from "../evm/phases.ts";
import { PRECOMPILES } from "../evm/precompiles.ts";
import { type Field, STRUCTURES } from "../evm/structures.ts";
import type { Output } from "./output.ts";

const row = (...cells: readonly (string | number | bigint)[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), `|${head.map(() => "---|").join("")}`, ...rows].join("\n");

const grouped = (value: bigint | number): string => value.toLocaleString("en-US");

/** Writes large powers of two as powers. */
function shown(value: bigint | number): string {
  const bits = BigInt(value).toString(2);
  if (bits.length > 16 && /^10+$/.test(bits)) return `2^${bits.length - 1}`;
  if (bits.length > 16 && /^1+$/.test(bits)) return `2^${bits.length} − 1`;
  return grouped(value);
}

const state = table(
  ["word", "meaning"],
  STRUCTURES.State.fields.map(({ name, meaning }) => row(name, meaning)),
);

const { State: _, ...others } = STRUCTURES;

const fieldText = ({ name, meaning }: Field): string => (meaning ? `${name} (${meaning})` : name);
const structures = Object.entries<{ readonly note: string; readonly fields: readonly Field[] }>(others)
  .map(([name, { note, fields }]) => `**${name}** (${note}): ${fields.map(fieldText).join(", ")}.`)
  .join("\n\n");

const phases = table(
  ["#", "phase", "task", "a step"],
  Object.entries(PHASES).map(([name, { number, task, step }]) => row(number, upperCase(name), task, step)),
);

const numbered = (head: string, constants: Constants): string =>
  table(
    ["#", head, "meaning"],
    Object.entries(constants).map(([name, [value, meaning]]) => row(value, upperCase(name), meaning)),
  );

const opcodes = table(
  ["opcode", "name", "takes", "gives", "gas", "source"],
  OPCODES.map(({ code, name, takes, gives, gas, source }) =>
    row(`0x${code.toString(16).padStart(2, "0")}`, name, takes, gives, grouped(gas), source),
  ),
);

const constants = (constants: Constants): string =>
  table(
    ["name", "value", "source or meaning"],
    Object.entries(constants).map(([name, [value, source]]) => row(`\`${name}\``, shown(value), source)),
  );

const precompiles = table(
  ["address", "name", "source"],
  Object.entries(PRECOMPILES).map(([name, [address, source]]) =>
    row(`0x${address.toString(16).padStart(2, "0")}`, name, source),
  ),
);

const blocks =
  `A block: ${BLOCK_HEADER.map(({ name, bytes }) => `${name} (${bytes})`).join(" ‖ ")}, ${BLOCK_HEADER_BYTES} bytes; ` +
  `then count transactions, each length (${TRANSACTION_LENGTH_BYTES}) ‖ EIP-2718 bytes.\n\n` +
  `Block hash = H(${BLOCK_HASH.join(", ")}).`;

const entry = table(
  ["field", "bits", "meaning"],
  MODEL_ENTRY.map(({ name, bits, meaning }) => row(name, bits, meaning)),
);

const region = (name: string, content: string): Output => ({
  path: "docs/evm-machine.md",
  region: name,
  content: `${content}\n`,
});

export const EVM_DOCS: readonly Output[] = [
  region("STATE", state),
  region("STRUCTURES", structures),
  region("FLAGS", numbered("flag", FLAGS)),
  region("PHASES", phases),
  region("STATUSES", numbered("status", STATUSES)),
  region("LIMITS", constants(LIMITS)),
  region("OPCODES", opcodes),
  region("GAS COSTS", constants(GAS_COSTS)),
  region("PRECOMPILES", precompiles),
  region("MODEL ENTRY", entry),
  region("BLOCKS", blocks),
];

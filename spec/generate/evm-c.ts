/** The EVM machine's tables in C, for the native engine, in clang-format's layout. */

import { BLOCK_HEADER, BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "../evm/batch.ts";
import type { Constants } from "../evm/constants.ts";
import { GAS_COSTS } from "../evm/gas-costs.ts";
import { LIMITS } from "../evm/limits.ts";
import { MODEL_ENTRY, MODEL_ENTRY_LIMITS, shiftOf } from "../evm/model-entry.ts";
import { OPCODES } from "../evm/opcodes.ts";
import { MODEL_DIRECTORY, PRECOMPILE_INPUTS, PRECOMPILES } from "../evm/precompiles.ts";
import { hexadecimal } from "./evm-constants.ts";
import type { Output } from "./output.ts";

type Row = readonly [name: string, value: bigint | number | string, note?: string];

/** Larger values do not fit an enumeration of C. */
const FITS = 2n ** 31n;

const enumeration = (comment: string, rows: readonly Row[]): string =>
  `/** ${comment} */\nenum {\n${rows
    .map(([name, value, note]) => `${note === undefined ? "" : `  /** ${note}. */\n`}  ${name} = ${value},\n`)
    .join("")}};\n`;

const rowsOf = (prefix: string, constants: Constants): Row[] =>
  Object.entries(constants)
    .filter(([, [value]]) => BigInt(value) < FITS)
    .map(([name, [value]]) => [`${prefix}_${name}`, value]);

const title = (name: string): string => `OP_${name}`;

const opcodes = OPCODES.map(({ code, name }): Row => [title(name), hexadecimal(code)]);

/** One line of the list: the handler's opcode, what it takes and gives, and its gas. */
const effects = OPCODES.map(({ name, takes, gives, gas }) => `  X(${name}, ${takes}, ${gives}, ${gas})`);

const COLUMNS = 120;
const continued = (lines: readonly string[]): string =>
  lines.map((line, i) => (i < lines.length - 1 ? `${line.padEnd(COLUMNS - 1)}\\` : line)).join("\n");

const entryRows = MODEL_ENTRY.flatMap(({ name, bits }, i): Row[] => {
  const field = name.replace(/(?=[A-Z])/g, "_").toUpperCase();
  return [
    [`ENTRY_${field}_SHIFT`, shiftOf(i)],
    [`ENTRY_${field}_BITS`, bits],
  ];
});

const headerRows = BLOCK_HEADER.map(
  ({ name, bytes }): Row => [`HEADER_${name.replace(/(?=[A-Z])/g, "_").toUpperCase()}_BYTES`, bytes],
);

const rules = `/** Numbers of the EVM machine. Generated from spec/evm by \`npm run generate\`: edit that, not this file. */
#ifndef ELENCH_EVM_RULES_H
#define ELENCH_EVM_RULES_H

${enumeration("Gas.", rowsOf("GAS", GAS_COSTS))}
${enumeration("Limits.", rowsOf("LIMIT", LIMITS))}
${enumeration("Addresses of precompiles, and of the account that lists the models.", [
  ...rowsOf("PRECOMPILE", PRECOMPILES),
  ["MODEL_DIRECTORY", MODEL_DIRECTORY],
])}
${enumeration("Bytes of precompile inputs.", rowsOf("INPUT", PRECOMPILE_INPUTS))}
${enumeration("The directory's entry of a model: a word's fields.", [...entryRows, ...rowsOf("ENTRY", MODEL_ENTRY_LIMITS)])}
${enumeration("The header of a block in a batch: bytes of its fields, in their order.", [
  ...headerRows,
  ["BLOCK_HEADER_BYTES", BLOCK_HEADER_BYTES],
  ["TRANSACTION_LENGTH_BYTES", TRANSACTION_LENGTH_BYTES],
])}
${enumeration("Opcodes.", opcodes)}
/** Of each opcode: its name, the items that it takes from the stack and gives, and its static gas. */
${continued(["#define OPCODES(X)", ...effects])}

#endif
`;

export const EVM_C: readonly Output[] = [{ path: "evm/native/rules.h", content: rules }];

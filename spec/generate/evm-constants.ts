import type { Constants } from "../evm/constants.ts";

/** A whole file of Solidity. @param body libraries and constants. */
export const solidityFile = (body: string): string =>
  `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.37;\n\n// Generated from spec/ by npm run generate.\n\n${body}\n`;

/** A library of constants. @param number formats values. */
export const constantsLibrary = (
  name: string,
  title: string,
  constants: Constants,
  number: (value: bigint | number) => string = decimal,
): string =>
  [
    `/// @title ${title}`,
    `library ${name} {`,
    ...constantLines(constants, number).map((line) => `  ${line}`),
    "}",
  ].join("\n");

const constantLines = (constants: Constants, number: (value: bigint | number) => string): string[] =>
  Object.entries(constants).flatMap(([name, [value, source]]) => [
    ...comment(source),
    `uint256 internal constant ${name} = ${number(value)};`,
  ]);

const COLUMNS = 118;

/** A sentence as lines of NatSpec, without Markdown's code marks. @param tag prefix, if any. */
export function comment(text: string, tag?: string): string[] {
  const lines: string[] = [];
  let line = tag ? `/// ${tag}` : "///";
  for (const word of `${text[0]?.toUpperCase()}${text.slice(1)}.`.replaceAll("`", "").split(" ")) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = "///";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A readable number: powers of two, and these minus 1, as powers; other numbers with thousands separators. */
export function decimal(value: bigint | number): string {
  const bits = BigInt(value).toString(2);
  if (bits.length > 16 && /^10+$/.test(bits)) return `2 ** ${bits.length - 1}`;
  if (bits.length > 16 && /^1+$/.test(bits)) return `2 ** ${bits.length} - 1`;
  if (bits.length > 64) return `0x${BigInt(value).toString(16)}`;
  const digits = value.toString();
  return digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, "_");
}

/** At least two digits. */
export const hexadecimal = (value: bigint | number): string => `0x${value.toString(16).padStart(2, "0")}`;

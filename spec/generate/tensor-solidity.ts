/** The tensor machine's tables in Solidity. Constants are at file level if assembly or an array's length uses them. */
import { DTYPE_NAMES, DTYPES } from "../tensor/dtypes.ts";
import { WORD_BYTES } from "../tensor/layout.ts";
import { VARIABLES } from "../tensor/limits.ts";
import { FLOPS, OPERATIONS, type Operation } from "../tensor/operations.ts";
import { RULES } from "../tensor/rules.ts";
import { SCALAR_TYPES, type ScalarType } from "../tensor/scalars.ts";
import type { Output } from "./output.ts";
import type { Constant, Group } from "./tensor-constants.ts";
import * as constants from "./tensor-constants.ts";

const head = (source: string, pragma = "^0.8.37"): string =>
  `// SPDX-License-Identifier: MIT\npragma solidity ${pragma};\n\n// Generated from ${source} by \`npm run generate\`: edit that, not this file.\n\n`;

/** Large powers of two as shifts; numbers of eight or more digits in hexadecimal. */
function number(value: number | bigint): string {
  const n = BigInt(value);
  const text = n.toString(2);
  if (n > 0x10000n && /^10*$/.test(text)) return `1 << ${text.length - 1}`;
  return n > 0xffffffn ? `0x${n.toString(16)}` : String(n);
}

const hexByte = (value: number | bigint): string => `0x${value.toString(16).padStart(2, "0")}`;

/** Constants, one per line, each below its comment. */
const list = (constants: readonly Constant[], visibility: string): string =>
  constants
    .map(({ name, value, comment, hex, byte }) => {
      const text = `${byte ? "uint8" : "uint256"} ${visibility}constant ${name} = ${hex ? hexByte(value) : number(value)};\n`;
      return comment === undefined ? text : `/// @dev ${comment}\n${text}`;
    })
    .join("");

const fileOf = (source: string, groups: readonly Group[]): string =>
  head(source) + groups.map(({ comment, constants }) => `// ${comment}\n\n${list(constants, "")}`).join("\n");

const inLibrary = ({ comment, constants }: Group): string => `// ${comment}\n${list(constants, "internal ")}`;

/** A word with a byte at each position. */
const packed = (bytes: readonly number[]): string =>
  `0x${Array.from({ length: 32 }, (_, i) => (bytes[i] ?? 0).toString(16).padStart(2, "0")).join("")}`;

const logSizes = packed([0, ...DTYPE_NAMES.map((name) => Math.log2(DTYPES[name].size))]);

const dtypes = [
  list(
    DTYPE_NAMES.map((name) => ({ name: constants.constantName(name), value: DTYPES[name].code })),
    "internal ",
  ),
  list(
    [{ name: "DTYPES", value: DTYPE_NAMES.length, comment: "How many there are: their codes are 1 … DTYPES." }],
    "internal ",
  ),
  `/// @dev log2 of an element's bytes, at the position that is the dtype's code.\nuint256 private constant LOG_SIZES = ${logSizes};\n`,
].join("\n");

/** In signatures 0 means none, so types are one more than their codes. */
const typeNumber = (type: ScalarType): number => SCALAR_TYPES.indexOf(type) + 1;

const ANY = SCALAR_TYPES.length + 1;

const scalarTypes = list(
  [
    { name: "NONE", value: 0 },
    ...SCALAR_TYPES.map((type) => ({ name: constants.constantName(type), value: typeNumber(type) })),
    {
      name: "ANY",
      value: ANY,
      comment: "Any one type, the same wherever it occurs in a signature. Only in that of `select`.",
    },
  ],
  "internal ",
);

/** result | first << 2 | second << 4 | third << 6. `select`, the one polymorphic operation, does not fit. */
function signature({ args, result }: Operation): number {
  if (result === "T") return 0;
  return args.reduce((sum, type, i) => sum | (typeNumber(type as ScalarType) << (2 * i + 2)), typeNumber(result));
}

const ROW = 32;

const signatures = [0x00, 0x20, 0x40, 0x60]
  .map((first) => {
    const row = Array.from({ length: ROW }, (_, i) => OPERATIONS.find(({ code }) => code === first + i));
    return `bytes32 private constant CODES_${hexByte(first).slice(2)} = ${packed(row.map((op) => (op ? signature(op) : 0)))};\n`;
  })
  .join("");

const operations = `${head("spec/tensor/operations.ts", "^0.8.31")}/// @title Codes of the scalar operations
library Operation {
${indent(
  list(
    OPERATIONS.map(({ name, code, meaning }) => ({
      name: constants.constantName(name),
      value: code,
      comment: meaning,
      hex: true as const,
    })),
    "internal ",
  ),
)}
  // What an operation counts for in a program's cost.
${indent(
  list(
    Object.entries(FLOPS)
      .filter(([name]) => name !== "index")
      .map(([name, value]) => ({ name: `FLOPS_OF_${name.toUpperCase()}`, value, byte: true as const })),
    "internal ",
  ),
)}}
`;

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

const memberName = (name: string): string =>
  name
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

const rules = `${head("spec/tensor/rules.ts")}/// @notice The rules of well-formed programs (docs/tensor-machine.md), in the order of their numbers.
enum Rule {
${indent(
  RULES.map(({ name, meaning }, i) => `/// ${meaning}\n${memberName(name)}${i < RULES.length - 1 ? "," : ""}\n`).join(
    "",
  ),
)}}
`;

export const TENSOR_SOLIDITY: readonly Output[] = [
  {
    path: "contracts/tensor/Encoding.sol",
    content: fileOf("spec/tensor/encoding.ts", [
      constants.KINDS,
      constants.FLAGS,
      constants.SPACES,
      constants.SIZES,
      constants.OFFSETS,
      constants.SHIFTS,
    ]),
  },
  {
    path: "contracts/tensor/Limits.sol",
    content: fileOf("spec/tensor/limits.ts", [
      constants.INSTRUCTION_LIMITS,
      constants.WITNESS_LIMITS,
      constants.WHOLE_PROGRAM_LIMITS,
      constants.LOOP_VARIABLES,
      {
        comment: "In memory a loop variable is a word: bytes of them all, and where the first counter is.",
        constants: [
          { name: "VARIABLES_BYTES", value: WORD_BYTES * VARIABLES.count },
          { name: "FIRST_COUNTER_AT", value: WORD_BYTES * VARIABLES.counter },
        ],
      },
    ]),
  },
  {
    path: "contracts/tensor/StateLayout.sol",
    content: fileOf("spec/tensor/states.ts", [
      constants.STATE_TAGS,
      constants.STAGE_NUMBERS,
      constants.STATE_WORDS,
      constants.PREIMAGE_SIZES,
    ]),
  },
  { path: "contracts/tensor/Element.sol", region: "DTYPES", content: dtypes },
  { path: "contracts/tensor/scalar/Operation.sol", content: operations },
  {
    path: "contracts/tensor/scalar/ScalarTypes.sol",
    region: "TYPES",
    content: `${scalarTypes}\n${inLibrary(constants.FLOAT_PATTERNS)}`,
  },
  { path: "contracts/tensor/scalar/ScalarTypes.sol", region: "SIGNATURES", content: signatures },
  { path: "contracts/registry/Rule.sol", content: rules },
];

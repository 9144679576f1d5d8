/** The tensor machine's tables in C, in clang-format's layout. */
import { DTYPE_NAMES, DTYPES } from "../tensor/dtypes.ts";
import { PROGRAM_LIMITS } from "../tensor/limits.ts";
import { OPERATIONS, type Operation } from "../tensor/operations.ts";
import { SCALAR_TYPES, SCALARS, type ScalarType } from "../tensor/scalars.ts";
import type { Output } from "./output.ts";
import type { Group } from "./tensor-constants.ts";
import * as constants from "./tensor-constants.ts";

const GENERATED = (source: string): string =>
  `Generated from ${source} by \`npm run generate\`: edit that, not this file.`;

const hexByte = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;

const enumeration = ({ comment, constants }: Group): string =>
  `/** ${comment} */\nenum {\n${constants
    .map(({ name, value, comment: note, hex }) => {
      const line = `  ${name} = ${hex ? hexByte(Number(value)) : value},\n`;
      return note === undefined ? line : `  /** ${note} */\n${line}`;
    })
    .join("")}};\n`;

/** Continued lines end with a backslash in the last column. */
const COLUMNS = 120;
const continued = (lines: readonly string[]): string =>
  lines.map((line, i) => (i < lines.length - 1 ? `${line.padEnd(COLUMNS - 1)}\\` : line)).join("\n");

const cType = (type: ScalarType): string => (type === "int" ? "i64" : type);

const ARITIES = ["", "UNARY", "BINARY", "TERNARY"] as const;

/** An operation as a list entry. `index` and `select` have no single type, and are not in the list. */
function entry({ name, args, result }: Operation): string[] {
  if (args.length === 0 || result === "T") return [];
  const types = [result, ...(args as ScalarType[])].map(cType).join(", ");
  return [`  ${ARITIES[args.length]}(OP_${constants.constantName(name)}, ${name.replace(".", "_")}, ${types})`];
}

const operations = `/** Scalar operations. ${GENERATED("spec/tensor/operations.ts")} */
#ifndef ELENCH_NATIVE_OPERATIONS_H
#define ELENCH_NATIVE_OPERATIONS_H

${enumeration({
  comment: "Codes.",
  constants: OPERATIONS.map(({ name, code }) => ({
    name: `OP_${constants.constantName(name)}`,
    value: code,
    hex: true as const,
  })),
})}
/** Of each but \`index\` and \`select\`: code, function in scalar.h, types of the result and of the operands. */
${continued(["#define OPERATIONS(UNARY, BINARY, TERNARY)", ...OPERATIONS.flatMap(entry)])}

#endif
`;

const elementPower = Math.log2(PROGRAM_LIMITS.elements);

const tables = `/** Numbers of the tensor machine's encoding. ${GENERATED("spec/tensor")} */
#ifndef ELENCH_NATIVE_TABLES_H
#define ELENCH_NATIVE_TABLES_H

#include <stdint.h>

${[
  constants.INSTRUCTION_LIMITS,
  constants.LOOP_VARIABLES,
  constants.KINDS,
  constants.FLAGS,
  constants.SIZES,
  {
    comment: "Types of registers, as encoded.",
    constants: SCALAR_TYPES.map((type) => ({
      name: `TYPE_${constants.constantName(type)}`,
      value: SCALARS[type].code,
    })),
  },
  {
    comment: "Types of elements.",
    constants: DTYPE_NAMES.map((name) => ({
      name: `DTYPE_${constants.constantName(name)}`,
      value: DTYPES[name].code,
    })),
  },
]
  .map(enumeration)
  .join("\n")}
/** A tensor, or a space, has fewer elements. */
#define ELEMENT_BOUND (INT64_C(1) << ${elementPower})

/** Bytes of an element, at the position that is the dtype's code. */
static const uint8_t DTYPE_SIZES[] = {${[0, ...DTYPE_NAMES.map((name) => DTYPES[name].size)].join(", ")}};

#endif
`;

export const TENSOR_C: readonly Output[] = [
  { path: "ml-vm/native/operations.h", content: operations },
  { path: "ml-vm/native/tables.h", content: tables },
];

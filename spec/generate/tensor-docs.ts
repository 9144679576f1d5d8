/** The tables of docs/tensor-machine.md. */
import { DTYPE_NAMES, DTYPES } from "../tensor/dtypes.ts";
import { OPERATIONS } from "../tensor/operations.ts";
import { RULES } from "../tensor/rules.ts";
import type { Output } from "./output.ts";

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |\n`;

/** The marks are comments, so a blank line separates each from the table. */
const table = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `\n${row(header)}|${"---|".repeat(header.length)}\n${rows.map(row).join("")}`;

const PATH = "docs/tensor-machine.md";

export const TENSOR_DOCS: readonly Output[] = [
  {
    path: PATH,
    region: "OPERATIONS",
    content: table(
      ["code", "operation", "operands", "result", "meaning", "cost"],
      OPERATIONS.map(({ code, name, args, result, meaning, flops }) => [
        `0x${code.toString(16).padStart(2, "0")}`,
        `\`${name}\``,
        args.length === 0 ? "–" : args.join(", "),
        result,
        meaning,
        flops,
      ]),
    ),
  },
  {
    path: PATH,
    region: "DTYPES",
    content: table(
      ["dtype", "code", "bytes", "register", "load", "store"],
      DTYPE_NAMES.map((name) => {
        const { code, size, scalar, load, store } = DTYPES[name];
        return [name, code, size, scalar, load, store];
      }),
    ),
  },
  {
    path: PATH,
    region: "RULES",
    content: table(
      ["number", "rule", "meaning"],
      RULES.map(({ name, meaning }, i) => [i, name, meaning]),
    ),
  },
];

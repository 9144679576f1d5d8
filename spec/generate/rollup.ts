import { CONFIG, type HashedField, RECORD } from "../rollup/records.ts";
import { SPAN_LABEL, SPAN_LIMITS, SPAN_TAG } from "../rollup/span.ts";
import { comment, decimal } from "./evm-constants.ts";
import type { Output } from "./output.ts";

function struct(name: string, notice: string, fields: readonly HashedField[]): string {
  const members = fields.flatMap(({ name: field, type, meaning }) => [
    ...comment(meaning, "@dev").map((line) => `  ${line}`),
    `  ${type} ${field};`,
  ]);
  return [...comment(notice, "@notice"), `struct ${name} {`, ...members, "}"].join("\n");
}

const records = [
  struct("Record", "what the inbox keeps of a batch: all that a machine reads of it", RECORD),
  struct("Config", "the rules of a chain that its batches are executed by", CONFIG),
  `uint256 constant RECORD_WORDS = ${RECORD.length};\nuint256 constant CONFIG_WORDS = ${CONFIG.length};`,
].join("\n\n");

const [length, meaning] = SPAN_LIMITS.MAX_LENGTH;
const spanLength = [...comment(meaning, "@dev"), `uint256 internal constant MAX_LENGTH = ${decimal(length)};`].join(
  "\n",
);

const list = (fields: readonly HashedField[]): string =>
  fields.map(({ name, meaning }) => `${name} (${meaning})`).join(", ");

const docs = [
  `*Record* of a batch, ${RECORD.length} words: ${list(RECORD)}.`,
  `*Config* of a chain, ${CONFIG.length} words: ${list(CONFIG)}.`,
].join("\n\n");

const tag = `TAG is keccak256("${SPAN_LABEL}") with its low 64 bits cleared: \`0x${SPAN_TAG.toString(16)}\`.`;

/** Files generated from the tables of records and spans, for contracts and documentation. */
export const ROLLUP_OUTPUTS: readonly Output[] = [
  { path: "contracts/rollup/Record.sol", region: "RECORDS", content: `${records}\n` },
  { path: "contracts/rollup/Span.sol", region: "LENGTH", content: `${spanLength}\n` },
  { path: "docs/evm-machine.md", region: "RECORDS", content: `${docs}\n` },
  { path: "docs/span-machine.md", region: "TAG", content: `${tag}\n` },
];

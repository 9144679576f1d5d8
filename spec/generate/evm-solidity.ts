import {
  BLOCK_HASH,
  BLOCK_HEADER,
  BLOCK_HEADER_BYTES,
  SIGNATURES,
  TRANSACTION_LENGTH_BYTES,
  TRANSACTION_WINDOWS,
} from "../evm/batch.ts";
import type { Constants } from "../evm/constants.ts";
import { FLAGS, FRAME_KINDS, STATUSES } from "../evm/enumerations.ts";
import { GAS, GAS_COSTS } from "../evm/gas-costs.ts";
import { LIMITS } from "../evm/limits.ts";
import { MODEL_ENTRY, MODEL_ENTRY_LIMITS, shiftOf } from "../evm/model-entry.ts";
import { OP, OPCODES, type Opcode } from "../evm/opcodes.ts";
import { EVM_PARTS } from "../evm/parts.ts";
import { PHASES, upperCase } from "../evm/phases.ts";
import { MODEL_DIRECTORY, PRECOMPILE_INPUTS, PRECOMPILES } from "../evm/precompiles.ts";
import { type Field, STRUCTURES } from "../evm/structures.ts";
import { comment, constantsLibrary, decimal, hexadecimal, solidityFile } from "./evm-constants.ts";
import type { Output } from "./output.ts";

// Libraries of constants, one file each

/** Assembly cannot use constants of libraries. */
const forAssembly = (name: string, value: string): string =>
  `/// @dev For assembly.\nuint256 constant ${name} = ${value};`;

const upperNames = (table: Constants): Constants =>
  Object.fromEntries(Object.entries(table).map(([name, constant]) => [upperCase(name), constant]));

const phaseConstants: Constants = Object.fromEntries(
  Object.entries(PHASES).map(([name, { number, step }]) => [upperCase(name), [number, step]]),
);

const phases = [
  constantsLibrary("Phase", 'What the next step does (docs/evm-machine.md, "Phases")', phaseConstants),
  constantsLibrary("Status", "How a frame ended: the task of LEAVE", upperNames(STATUSES)),
  constantsLibrary("Flag", "An account's flags", upperNames(FLAGS)),
  constantsLibrary("FrameKind", "A Frame's kind", upperNames(FRAME_KINDS)),
].join("\n\n");

/** The opcodes that the verifier names; for families, the first and the last. */
const opcodeConstants: Constants = Object.fromEntries(
  Object.entries(OP).map(([name, code]) => [
    name,
    [code, (OPCODES.find((opcode) => opcode.code === code) as Opcode).source],
  ]),
);

const opcodes = [
  constantsLibrary("Opcode", "The opcodes of Cancun", opcodeConstants, hexadecimal),
  forAssembly("OP_PUSH0", hexadecimal(OP.PUSH0)),
  forAssembly("OP_JUMPDEST", hexadecimal(OP.JUMPDEST)),
].join("\n\n");

const limits = [
  constantsLibrary("Limit", "What the machine bounds, and how much of bulk work one step takes", LIMITS),
  constantsLibrary("TransactionWindow", "Bytes of a transaction that are read at once", TRANSACTION_WINDOWS),
  constantsLibrary("Signature", "secp256k1, as transactions use it", SIGNATURES),
  forAssembly("STACK_LIMIT", decimal(LIMITS.STACK[0])),
].join("\n\n");

const precompiles = [
  constantsLibrary("Precompile", "Addresses of the precompiles", PRECOMPILES, hexadecimal),
  constantsLibrary("PrecompileInput", "What precompiles read, bytes", PRECOMPILE_INPUTS),
  `/// @dev The account whose storage lists the chain's models.\nuint256 constant MODEL_DIRECTORY = ${hexadecimal(MODEL_DIRECTORY)};`,
  constantsLibrary("ModelEntryLimit", "What an entry of the directory must keep to", MODEL_ENTRY_LIMITS),
].join("\n\n");

// The table of opcodes

/** Static gas by class. The class fits a hexadecimal digit; the last one, 15, means an invalid opcode. */
const CLASSES: readonly bigint[] = [
  GAS.ZERO,
  GAS.JUMPDEST,
  GAS.BASE,
  GAS.VERY_LOW,
  GAS.LOW,
  GAS.MID,
  GAS.HIGH,
  GAS.BLOCKHASH,
  GAS.KECCAK256,
  GAS.WARM_STORAGE_READ_COST,
  GAS.CREATE,
  GAS.SELFDESTRUCT,
];
const NO_OPCODE = 15;

/** Rows of 32 opcodes in the table; the others follow rules (PUSH, DUP, SWAP, LOG), or are invalid. */
const TABLE_ROWS = [0x00, 0x20, 0x40, 0xe0];

/** takes (3 bits), gives (1), class (4). @throws Error if the table cannot hold an opcode. */
function entryOf(code: number): number {
  const opcode = OPCODES.find((candidate) => candidate.code === code);
  if (!opcode) return NO_OPCODE;
  const { name, takes, gives, gas } = opcode;
  const gasClass = CLASSES.indexOf(gas);
  if (takes > 7 || gives > 1 || gasClass === -1)
    throw new Error(
      `${name} takes ${takes}, gives ${gives} and costs ${gas}: OPCODES_xx of Execution.sol cannot hold that`,
    );
  return (takes << 5) | (gives << 4) | gasClass;
}

const hexBytes = (values: readonly number[], size: number): string =>
  `0x${values.map((value) => value.toString(16).padStart(2 * size, "0")).join("")}`;

const tableRow = (first: number): string =>
  `bytes32 private constant OPCODES_${hexBytes([first], 1).slice(2).toUpperCase()} = ${hexBytes(
    Array.from({ length: 32 }, (_, i) => entryOf(first + i)),
    1,
  )};`;

const opcodeTable = [
  "/// Opcodes by byte: takes (3 bits), gives (1), class of static gas (4; 15: no such opcode). PUSH, DUP, SWAP and LOG follow",
  "/// rules instead.",
  ...TABLE_ROWS.map(tableRow),
  "",
  `/// Gas of the classes, 2 bytes each: ${CLASSES.map((gas) => gas.toLocaleString("en-US")).join(", ")}.`,
  `bytes32 private constant CLASSES = ${hexBytes(
    Array.from({ length: 16 }, (_, i) => Number(CLASSES[i] ?? 0n)),
    2,
  )};`,
].join("\n");

/** Opcodes that L1's EVM executes directly: a Yul instruction has the opcode's name and its operands in order. */
const cases = (from: number, to: number): string =>
  OPCODES.filter(({ code }) => code >= from && code <= to)
    .map(
      ({ code, name, takes }) =>
        `case ${hexadecimal(code)} {\n  result := ${name.toLowerCase()}(${["a", "b", "c"].slice(0, takes).join(", ")})\n}`,
    )
    .join("\n");

// Structures

const structures = Object.entries<{ readonly note: string; readonly fields: readonly Field[] }>(STRUCTURES);
const solidityName = ({ name, solidity }: Field): string => solidity ?? name;

const structDefinition = ([name, { note, fields }]: (typeof structures)[number]): string =>
  [
    `/// @dev ${note[0]?.toUpperCase()}${note.slice(1)}.`,
    `struct ${name} {`,
    ...fields.flatMap((field) => [
      ...(field.meaning ? comment(field.meaning).map((line) => `  ${line}`) : []),
      `  ${field.type} ${solidityName(field)};`,
    ]),
    "}",
  ].join("\n");

const stateIndex = (name: string): number => STRUCTURES.State.fields.findIndex((field) => field.name === name);

const structureSizes = [
  "/// @dev Words of each structure.",
  ...structures.map(([name, { fields }]) => `uint256 constant ${name.toUpperCase()}_WORDS = ${fields.length};`),
  "/// @dev Bytes of a State.",
  `uint256 constant STATE_BYTES = ${32 * STRUCTURES.State.fields.length};`,
  "/// @dev Words of the State before these members.",
  `uint256 constant STATE_PC = ${stateIndex("pc")};`,
  `uint256 constant STATE_CODE_SIZE = ${stateIndex("codeSize")};`,
  "/// @dev Bytes of the State before its stack, after which comes the height.",
  `uint256 constant STATE_STACK_OFFSET = ${32 * stateIndex("stack")};`,
].join("\n");

const structureRegion = [
  ...structures.map(structDefinition),
  structureSizes,
  structures.map(([name]) => `using Layout for ${name} global;`).join("\n"),
].join("\n\n");

const hashFunctions = structures
  .map(
    ([name, { fields }]) =>
      `function hash(${name} memory a) internal pure returns (bytes32 h) {\n` +
      `  assembly ("memory-safe") {\n    h := keccak256(a, ${32 * fields.length})\n  }\n}`,
  )
  .join("\n\n");

// Batches

const headerOffset = (index: number): number =>
  BLOCK_HEADER.slice(0, index).reduce((offset, { bytes }) => offset + bytes, 0);

const headerFields = BLOCK_HEADER.map(
  ({ name, bytes }, i) =>
    `header.${name === "count" ? "remaining" : name} = _field(bytes_, ${headerOffset(i)}, ${bytes});`,
).join("\n");

const typeOfBlockField = (name: string): string =>
  (STRUCTURES.Block.fields.find((field) => field.name === name) as Field).type;

const blockHash = [
  `uint256[] memory words = new uint256[](${BLOCK_HASH.length});`,
  ...BLOCK_HASH.map((name, i) =>
    typeOfBlockField(name) === "bytes32" ? `words[${i}] = uint256(header.${name});` : `words[${i}] = header.${name};`,
  ),
].join("\n");

const batchSizes = [
  `uint256 private constant HEADER_BYTES = ${BLOCK_HEADER_BYTES};`,
  "/// A transaction's length precedes it.",
  `uint256 private constant LENGTH_BYTES = ${TRANSACTION_LENGTH_BYTES};`,
].join("\n");

// The directory

const unpacked = ({ bits }: { readonly bits: number }, index: number, word: string): string => {
  const shift = shiftOf(index);
  return `uint${bits}(${shift === 0 ? word : `${word} >> ${shift}`})`;
};

const entryFields = `return Entry(${MODEL_ENTRY.map((field, i) => unpacked(field, i, "word")).join(", ")});`;

const entryGetters = MODEL_ENTRY.map(
  (field, i) =>
    `/// @notice ${field.meaning[0]?.toUpperCase()}${field.meaning.slice(1)} (${field.bits} bits).\n` +
    `function ${field.name}(ModelEntry entry) pure returns (uint${field.bits}) {\n` +
    `  return ${unpacked(field, i, "ModelEntry.unwrap(entry)")};\n}`,
).join("\n\n");

const { MAX_LEVEL, MAX_TABLE_DEPTH } = MODEL_ENTRY_LIMITS;
const entryLimits = [
  ...comment(MAX_LEVEL[1], "@dev"),
  `uint256 constant MAX_LEVEL = ${decimal(MAX_LEVEL[0])};`,
  ...comment(MAX_TABLE_DEPTH[1], "@dev"),
  `uint256 constant MAX_TABLE_DEPTH = ${decimal(MAX_TABLE_DEPTH[0])};`,
].join("\n");

const partFields = EVM_PARTS.map((part) => `address ${part};\n`).join("");

const region = (path: string, name: string, content: string): Output => ({
  path: `contracts/${path}`,
  region: name,
  content: `${content}\n`,
});
const file = (name: string, body: string): Output => ({
  path: `contracts/evm/tables/${name}.sol`,
  content: solidityFile(body),
});

export const EVM_SOLIDITY: readonly Output[] = [
  file("Phases", phases),
  file("Opcodes", opcodes),
  file("GasCosts", constantsLibrary("Gas", "What execution costs under the rules of Cancun", GAS_COSTS)),
  file("Limits", limits),
  file("Precompiles", precompiles),
  region("evm/Layout.sol", "STRUCTURES", structureRegion),
  region("evm/Layout.sol", "HASHES", hashFunctions),
  region("evm/EvmVerifier.sol", "PARTS", partFields),
  region("evm/Execution.sol", "OPCODES", opcodeTable),
  region("evm/ArithmeticOps.sol", "ARITHMETIC", cases(OP.ADD, OP.SIGNEXTEND)),
  region("evm/ArithmeticOps.sol", "BITS", cases(OP.LT, OP.SAR)),
  region("evm/parts/BlockSteps.sol", "SIZES", batchSizes),
  region("evm/parts/BlockSteps.sol", "HEADER", headerFields),
  region("evm/parts/BlockSteps.sol", "BLOCK HASH", blockHash),
  region("evm/parts/InferenceSteps.sol", "ENTRY", entryFields),
  region("l2/ModelEntry.sol", "LIMITS", entryLimits),
  region("l2/ModelEntry.sol", "FIELDS", entryGetters),
];

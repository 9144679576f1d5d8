import { GAS } from "./gas-costs.ts";

/** An instruction: its stack effect and its static gas. */
export interface Opcode {
  readonly code: number;
  readonly name: string;
  /** Items that must be on the stack. DUP and SWAP also count those that they leave there. */
  readonly takes: number;
  readonly gives: number;
  readonly gas: bigint;
  /** Its specification. */
  readonly source: string;
}

const YELLOW_PAPER = "Yellow Paper, H.2";

type Row = readonly [code: number, name: string, takes: number, gives: number, gas: bigint, source?: string];

/** Code, name, takes, gives, static gas, and the source if it is not the Yellow Paper. Dynamic parts of the gas follow the EIP's text. */
const ROWS = [
  [0x00, "STOP", 0, 0, GAS.ZERO],
  [0x01, "ADD", 2, 1, GAS.VERY_LOW],
  [0x02, "MUL", 2, 1, GAS.LOW],
  [0x03, "SUB", 2, 1, GAS.VERY_LOW],
  [0x04, "DIV", 2, 1, GAS.LOW],
  [0x05, "SDIV", 2, 1, GAS.LOW],
  [0x06, "MOD", 2, 1, GAS.LOW],
  [0x07, "SMOD", 2, 1, GAS.LOW],
  [0x08, "ADDMOD", 3, 1, GAS.MID],
  [0x09, "MULMOD", 3, 1, GAS.MID],
  [0x0a, "EXP", 2, 1, GAS.EXP, "Yellow Paper, H.2; EIP-160"],
  [0x0b, "SIGNEXTEND", 2, 1, GAS.LOW],
  [0x10, "LT", 2, 1, GAS.VERY_LOW],
  [0x11, "GT", 2, 1, GAS.VERY_LOW],
  [0x12, "SLT", 2, 1, GAS.VERY_LOW],
  [0x13, "SGT", 2, 1, GAS.VERY_LOW],
  [0x14, "EQ", 2, 1, GAS.VERY_LOW],
  [0x15, "ISZERO", 1, 1, GAS.VERY_LOW],
  [0x16, "AND", 2, 1, GAS.VERY_LOW],
  [0x17, "OR", 2, 1, GAS.VERY_LOW],
  [0x18, "XOR", 2, 1, GAS.VERY_LOW],
  [0x19, "NOT", 1, 1, GAS.VERY_LOW],
  [0x1a, "BYTE", 2, 1, GAS.VERY_LOW],
  [0x1b, "SHL", 2, 1, GAS.VERY_LOW, "EIP-145"],
  [0x1c, "SHR", 2, 1, GAS.VERY_LOW, "EIP-145"],
  [0x1d, "SAR", 2, 1, GAS.VERY_LOW, "EIP-145"],
  [0x20, "KECCAK256", 2, 1, GAS.KECCAK256],
  [0x30, "ADDRESS", 0, 1, GAS.BASE],
  [0x31, "BALANCE", 1, 1, GAS.ZERO, "Yellow Paper, H.2; EIP-2929"],
  [0x32, "ORIGIN", 0, 1, GAS.BASE],
  [0x33, "CALLER", 0, 1, GAS.BASE],
  [0x34, "CALLVALUE", 0, 1, GAS.BASE],
  [0x35, "CALLDATALOAD", 1, 1, GAS.VERY_LOW],
  [0x36, "CALLDATASIZE", 0, 1, GAS.BASE],
  [0x37, "CALLDATACOPY", 3, 0, GAS.VERY_LOW],
  [0x38, "CODESIZE", 0, 1, GAS.BASE],
  [0x39, "CODECOPY", 3, 0, GAS.VERY_LOW],
  [0x3a, "GASPRICE", 0, 1, GAS.BASE],
  [0x3b, "EXTCODESIZE", 1, 1, GAS.ZERO, "Yellow Paper, H.2; EIP-2929"],
  [0x3c, "EXTCODECOPY", 4, 0, GAS.ZERO, "Yellow Paper, H.2; EIP-2929"],
  [0x3d, "RETURNDATASIZE", 0, 1, GAS.BASE, "EIP-211"],
  [0x3e, "RETURNDATACOPY", 3, 0, GAS.VERY_LOW, "EIP-211"],
  [0x3f, "EXTCODEHASH", 1, 1, GAS.ZERO, "EIP-1052; EIP-2929"],
  [0x40, "BLOCKHASH", 1, 1, GAS.BLOCKHASH],
  [0x41, "COINBASE", 0, 1, GAS.BASE],
  [0x42, "TIMESTAMP", 0, 1, GAS.BASE],
  [0x43, "NUMBER", 0, 1, GAS.BASE],
  [0x44, "PREVRANDAO", 0, 1, GAS.BASE, "EIP-4399"],
  [0x45, "GASLIMIT", 0, 1, GAS.BASE],
  [0x46, "CHAINID", 0, 1, GAS.BASE, "EIP-1344"],
  [0x47, "SELFBALANCE", 0, 1, GAS.LOW, "EIP-1884"],
  [0x48, "BASEFEE", 0, 1, GAS.BASE, "EIP-3198"],
  [0x49, "BLOBHASH", 1, 1, GAS.BLOBHASH, "EIP-4844"],
  [0x4a, "BLOBBASEFEE", 0, 1, GAS.BASE, "EIP-7516"],
  [0x50, "POP", 1, 0, GAS.BASE],
  [0x51, "MLOAD", 1, 1, GAS.VERY_LOW],
  [0x52, "MSTORE", 2, 0, GAS.VERY_LOW],
  [0x53, "MSTORE8", 2, 0, GAS.VERY_LOW],
  [0x54, "SLOAD", 1, 1, GAS.ZERO, "Yellow Paper, H.2; EIP-2929"],
  [0x55, "SSTORE", 2, 0, GAS.ZERO, "EIP-2200; EIP-2929; EIP-3529"],
  [0x56, "JUMP", 1, 0, GAS.MID],
  [0x57, "JUMPI", 2, 0, GAS.HIGH],
  [0x58, "PC", 0, 1, GAS.BASE],
  [0x59, "MSIZE", 0, 1, GAS.BASE],
  [0x5a, "GAS", 0, 1, GAS.BASE],
  [0x5b, "JUMPDEST", 0, 0, GAS.JUMPDEST],
  [0x5c, "TLOAD", 1, 1, GAS.WARM_STORAGE_READ_COST, "EIP-1153"],
  [0x5d, "TSTORE", 2, 0, GAS.WARM_STORAGE_READ_COST, "EIP-1153"],
  [0x5e, "MCOPY", 3, 0, GAS.VERY_LOW, "EIP-5656"],
  [0x5f, "PUSH0", 0, 1, GAS.BASE, "EIP-3855"],
  [0xf0, "CREATE", 3, 1, GAS.CREATE],
  [0xf1, "CALL", 7, 1, GAS.ZERO, "Yellow Paper, H.2; EIP-150; EIP-2929"],
  [0xf2, "CALLCODE", 7, 1, GAS.ZERO, "Yellow Paper, H.2; EIP-150; EIP-2929"],
  [0xf3, "RETURN", 2, 0, GAS.ZERO],
  [0xf4, "DELEGATECALL", 6, 1, GAS.ZERO, "EIP-7; EIP-150; EIP-2929"],
  [0xf5, "CREATE2", 4, 1, GAS.CREATE, "EIP-1014"],
  [0xfa, "STATICCALL", 6, 1, GAS.ZERO, "EIP-214; EIP-150; EIP-2929"],
  [0xfd, "REVERT", 2, 0, GAS.ZERO, "EIP-140"],
  [0xff, "SELFDESTRUCT", 1, 0, GAS.SELFDESTRUCT, "Yellow Paper, H.2; EIP-6780"],
] as const satisfies readonly Row[];

/** Consecutive opcodes whose name ends in a number. */
interface Family {
  readonly name: string;
  /** Code of the first opcode. */
  readonly code: number;
  readonly from: number;
  readonly to: number;
  readonly takes: (n: number) => number;
  readonly gives: (n: number) => number;
  readonly gas: (n: number) => bigint;
}

const FAMILIES: readonly Family[] = [
  { name: "PUSH", code: 0x60, from: 1, to: 32, takes: () => 0, gives: () => 1, gas: () => GAS.VERY_LOW },
  { name: "DUP", code: 0x80, from: 1, to: 16, takes: (n) => n, gives: (n) => n + 1, gas: () => GAS.VERY_LOW },
  { name: "SWAP", code: 0x90, from: 1, to: 16, takes: (n) => n + 1, gives: (n) => n + 1, gas: () => GAS.VERY_LOW },
  {
    name: "LOG",
    code: 0xa0,
    from: 0,
    to: 4,
    takes: (n) => n + 2,
    gives: () => 0,
    gas: (n) => GAS.LOG + GAS.LOG_TOPIC * BigInt(n),
  },
];

const members = ({ name, code, from, to, takes, gives, gas }: Family): Opcode[] =>
  Array.from({ length: to - from + 1 }, (_, i) => {
    const n = from + i;
    return { code: code + i, name: `${name}${n}`, takes: takes(n), gives: gives(n), gas: gas(n), source: YELLOW_PAPER };
  });

/** The instructions of Cancun, by code. Codes without a row, 0xfe among them, are invalid opcodes. */
export const OPCODES: readonly Opcode[] = [
  ...ROWS.map(
    ([code, name, takes, gives, gas, source]): Opcode => ({
      code,
      name,
      takes,
      gives,
      gas,
      source: source ?? YELLOW_PAPER,
    }),
  ),
  ...FAMILIES.flatMap(members),
].sort((a, b) => a.code - b.code);

type NamedRow = (typeof ROWS)[number];

/** Codes by name; for a family, the first and the last. */
export const OP = {
  ...(Object.fromEntries(ROWS.map(([code, name]) => [name, code])) as {
    readonly [Op in NamedRow as Op[1]]: Op[0];
  }),
  PUSH1: 0x60,
  PUSH32: 0x7f,
  DUP1: 0x80,
  DUP16: 0x8f,
  SWAP1: 0x90,
  SWAP16: 0x9f,
  LOG0: 0xa0,
  LOG4: 0xa4,
} as const;

import { GAS } from "@elench/spec/evm/gas-costs";
import { OP } from "@elench/spec/evm/opcodes";
import { charge } from "../state/gas.ts";
import type { Machine } from "../state/machine.ts";
import type { Operation, Operations } from "../state/operation.ts";

const MASK = (1n << 256n) - 1n;

const signed = (x: bigint): bigint => BigInt.asIntN(256, x);
const unsigned = (x: bigint): bigint => x & MASK;
const truth = (x: boolean): bigint => (x ? 1n : 0n);

const unary =
  (f: (a: bigint) => bigint): Operation =>
  ({ stack }) =>
    stack.push(f(stack.pop()));

/** @param f of the top and what lies below it. */
const binary =
  (f: (a: bigint, b: bigint) => bigint): Operation =>
  ({ stack }) => {
    const a = stack.pop();
    stack.push(f(a, stack.pop()));
  };

const ternary =
  (f: (a: bigint, b: bigint, c: bigint) => bigint): Operation =>
  ({ stack }) => {
    const a = stack.pop();
    const b = stack.pop();
    stack.push(f(a, b, stack.pop()));
  };

/** Costs gas for each byte of the exponent (EIP-160). */
function exponentiate(m: Machine): void {
  const base = m.stack.pop();
  const exponent = m.stack.pop();
  charge(m, GAS.EXP_BYTE * BigInt(Math.ceil(exponent.toString(2).length / 8)) * truth(exponent > 0n));
  let [result, square] = [1n, base];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = unsigned(result * square);
    square = unsigned(square * square);
  }
  m.stack.push(result);
}

/** Yellow Paper, appendix H.2: sections 0s and 10s. */
export const ARITHMETIC: Operations = {
  [OP.ADD]: binary((a, b) => unsigned(a + b)),
  [OP.MUL]: binary((a, b) => unsigned(a * b)),
  [OP.SUB]: binary((a, b) => unsigned(a - b)),
  [OP.DIV]: binary((a, b) => (b === 0n ? 0n : a / b)),
  [OP.SDIV]: binary((a, b) => (b === 0n ? 0n : unsigned(signed(a) / signed(b)))),
  [OP.MOD]: binary((a, b) => (b === 0n ? 0n : a % b)),
  [OP.SMOD]: binary((a, b) => (b === 0n ? 0n : unsigned(signed(a) % signed(b)))),
  [OP.ADDMOD]: ternary((a, b, n) => (n === 0n ? 0n : (a + b) % n)),
  [OP.MULMOD]: ternary((a, b, n) => (n === 0n ? 0n : (a * b) % n)),
  [OP.EXP]: exponentiate,
  [OP.SIGNEXTEND]: binary((size, x) => (size > 30n ? x : unsigned(BigInt.asIntN(8 * (Number(size) + 1), x)))),
  [OP.LT]: binary((a, b) => truth(a < b)),
  [OP.GT]: binary((a, b) => truth(a > b)),
  [OP.SLT]: binary((a, b) => truth(signed(a) < signed(b))),
  [OP.SGT]: binary((a, b) => truth(signed(a) > signed(b))),
  [OP.EQ]: binary((a, b) => truth(a === b)),
  [OP.ISZERO]: unary((a) => truth(a === 0n)),
  [OP.AND]: binary((a, b) => a & b),
  [OP.OR]: binary((a, b) => a | b),
  [OP.XOR]: binary((a, b) => a ^ b),
  [OP.NOT]: unary((a) => a ^ MASK),
  [OP.BYTE]: binary((i, x) => (i > 31n ? 0n : (x >> (8n * (31n - i))) & 0xffn)),
  [OP.SHL]: binary((n, x) => (n > 255n ? 0n : unsigned(x << n))),
  [OP.SHR]: binary((n, x) => (n > 255n ? 0n : x >> n)),
  [OP.SAR]: binary((n, x) => unsigned(signed(x) >> (n > 255n ? 255n : n))),
};

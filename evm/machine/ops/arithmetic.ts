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

/** 50 gas for each byte of the exponent (EIP-160). */
function exponentiate(m: Machine): void {
  const base = m.stack.pop();
  const exponent = m.stack.pop();
  charge(m, 50n * BigInt(Math.ceil(exponent.toString(2).length / 8)) * truth(exponent > 0n));
  let [result, square] = [1n, base];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = unsigned(result * square);
    square = unsigned(square * square);
  }
  m.stack.push(result);
}

/** Yellow Paper, appendix H.2: sections 0s and 10s. */
export const ARITHMETIC: Operations = {
  1: binary((a, b) => unsigned(a + b)),
  2: binary((a, b) => unsigned(a * b)),
  3: binary((a, b) => unsigned(a - b)),
  4: binary((a, b) => (b === 0n ? 0n : a / b)),
  5: binary((a, b) => (b === 0n ? 0n : unsigned(signed(a) / signed(b)))),
  6: binary((a, b) => (b === 0n ? 0n : a % b)),
  7: binary((a, b) => (b === 0n ? 0n : unsigned(signed(a) % signed(b)))),
  8: ternary((a, b, n) => (n === 0n ? 0n : (a + b) % n)),
  9: ternary((a, b, n) => (n === 0n ? 0n : (a * b) % n)),
  10: exponentiate,
  11: binary((size, x) => (size > 30n ? x : unsigned(BigInt.asIntN(8 * (Number(size) + 1), x)))),
  16: binary((a, b) => truth(a < b)),
  17: binary((a, b) => truth(a > b)),
  18: binary((a, b) => truth(signed(a) < signed(b))),
  19: binary((a, b) => truth(signed(a) > signed(b))),
  20: binary((a, b) => truth(a === b)),
  21: unary((a) => truth(a === 0n)),
  22: binary((a, b) => a & b),
  23: binary((a, b) => a | b),
  24: binary((a, b) => a ^ b),
  25: unary((a) => a ^ MASK),
  26: binary((i, x) => (i > 31n ? 0n : (x >> (8n * (31n - i))) & 0xffn)),
  27: binary((n, x) => (n > 255n ? 0n : unsigned(x << n))),
  28: binary((n, x) => (n > 255n ? 0n : x >> n)),
  29: binary((n, x) => unsigned(signed(x) >> (n > 255n ? 255n : n))),
};

import { concat } from "@elench/bytes/concat";
import { toBytes } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { OP, OPCODES } from "@elench/spec/evm/opcodes";

const CODES = new Map(OPCODES.map(({ name, code }) => [name, code]));

/**
 * Assembles code from tokens that white space parts:
 * the name of an opcode; a number, decimal or 0x, which is pushed in the fewest bytes (0 by PUSH0); `name:`, a JUMPDEST with that name;
 * `@name`, its position, pushed in two bytes; `.digits`, bytes in hexadecimal that are taken as they are.
 * @throws RangeError that names the token that is none of these.
 */
export function assemble(source: string): Uint8Array {
  const tokens = source.trim().split(/\s+/);
  const labels = new Map<string, number>();
  let position = 0;
  for (const token of tokens) {
    if (token.endsWith(":")) labels.set(token.slice(0, -1), position);
    position += sizeOf(token);
  }
  return concat(...tokens.map((token) => encode(token, labels)));
}

const sizeOf = (token: string): number => (token.startsWith("@") ? 3 : encode(token, new Map()).length);

function encode(token: string, labels: ReadonlyMap<string, number>): Uint8Array {
  const opcode = CODES.get(token);
  if (opcode !== undefined) return Uint8Array.of(opcode);
  if (token.endsWith(":")) return Uint8Array.of(OP.JUMPDEST);
  if (/^(\d+|0x[\da-f]+)$/.test(token)) return push(BigInt(token));
  if (/^\.([\da-f]{2})+$/.test(token)) return toBytes(`0x${token.slice(1)}`);
  const label = labels.get(token.slice(1));
  if (!token.startsWith("@") || label === undefined) throw new RangeError(`no token of EVM assembly: ${token}`);
  return Uint8Array.of(OP.PUSH0 + 2, label >> 8, label & 255);
}

function push(value: bigint): Uint8Array {
  const word = wordBytes(value);
  const first = word.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array() : word.subarray(first);
  return concat(Uint8Array.of(OP.PUSH0 + digits.length), digits);
}

/** The same source, so many times. */
export const times = (count: number, source: string): string => `${source} `.repeat(count);

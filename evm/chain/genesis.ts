import { toBigInt } from "@elench/bytes/words";
import { ElenchError } from "@elench/errors/elench-error";
import { readWhole } from "@elench/files/files";
import type { Hash } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { MODEL_ENTRY_LIMIT } from "@elench/spec/evm/model-entry";
import { bytesToHex, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import { type ChainState, outputOf } from "../batch/claim.ts";
import { NO_HISTORY } from "../batch/history.ts";
import { DIRECTORY_ADDRESS, type DirectoryEntry, directorySlot, encodeEntry } from "../inference/directory.ts";
import { type AccountState, createState, type NativeState, type PreState, putAccounts } from "../reference/state.ts";
import { nativeCommon } from "../reference/vm.ts";
import { MAX_CHAIN_ID } from "./chain-id.ts";

/** The initial state and the parameters of a chain. */
export interface Genesis {
  /** At least 1, as the L1 contract demands, and at most `MAX_CHAIN_ID`. */
  readonly chainId: bigint;
  readonly accounts: PreState;
  /** Models that contracts can call, by model id: 0x and 64 digits. */
  readonly models: ReadonlyMap<string, DirectoryEntry>;
}

/** The genesis file is malformed. The message names the field and what it must hold. */
export class GenesisError extends ElenchError {
  override readonly name = "GenesisError";
  override readonly kind = "input";
}

/**
 * Reads a genesis file in the format of other clients, `{ "config": { "chainId" }, "alloc": { address: { balance, nonce, code, storage } } }`, with Elench's own fields under "elench":
 * `{ "models": { id: { level, tableDepth, inputBytes, outputBytes, price } } }`. Numbers may be decimal or 0x.
 * @throws GenesisError
 */
export function parseGenesis(text: string): Genesis {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GenesisError(`it is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const root = record(json, "the file");
  const config = record(root.config, "config");
  const own = record(root.elench, "elench");
  return {
    chainId: quantity(config.chainId, "config.chainId", MAX_CHAIN_ID, 1n),
    accounts: accountsOf(record(root.alloc ?? {}, "alloc")),
    models: new Map(
      Object.entries(record(own.models ?? {}, "elench.models")).map(([id, fields]) => {
        const at = `elench.models.${id}`;
        return [hex(id, at, 32), entry(record(fields, at), at)];
      }),
    ),
  };
}

/** @throws GenesisError that names the file; UserError if the file cannot be read. */
export function readGenesisFile(file: string): Genesis {
  const text = new TextDecoder().decode(readWhole(file));
  try {
    return parseGenesis(text);
  } catch (error) {
    if (error instanceof GenesisError)
      throw new GenesisError(`${file} is no genesis: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The inverse of `parseGenesis`. */
export function formatGenesis({ chainId, accounts, models }: Genesis): string {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value);
  const alloc = Object.fromEntries(
    [...accounts].map(([address, { nonce, balance, code, storage }]) => [
      address,
      {
        nonce,
        balance,
        code: bytesToHex(code),
        storage: Object.fromEntries([...storage].map(([slot, value]) => [word(slot), word(value)])),
      },
    ]),
  );
  const elench = { models: Object.fromEntries(models) };
  return `${JSON.stringify({ config: { chainId: Number(chainId) }, alloc, elench }, plain, 2)}\n`;
}

/** The chain's initial state: its accounts, and its directory of models. */
export async function createWorld(genesis: Genesis): Promise<{ state: NativeState; first: ChainState }> {
  const state = createState(nativeCommon(genesis.chainId));
  const stateRoot = await putAccounts(state, withDirectory(genesis));
  return { state, first: { number: 0n, stateRoot, history: NO_HISTORY } };
}

/** The output that the L1 contract is deployed with. */
export const genesisOutput = async (genesis: Genesis): Promise<Hash> => outputOf((await createWorld(genesis)).first);

function withDirectory({ accounts, models }: Genesis): PreState {
  if (models.size === 0) return accounts;
  const given = accounts.get(DIRECTORY_ADDRESS);
  const storage = new Map(given?.storage);
  for (const [id, model] of models)
    storage.set(toBigInt(directorySlot(hexToBytes(id as PrefixedHexString))), encodeEntry(model));
  // An account without code, nonce and balance counts as empty, even if it has storage: its first touch would delete it (EIP-161).
  const directory = { nonce: 1n, balance: 0n, code: new Uint8Array(), ...given, storage };
  return new Map([...accounts, [DIRECTORY_ADDRESS, directory]]);
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new GenesisError(`${at} must be an object`);
  return value as Fields;
}

const MAX_WORD = 2n ** 256n - 1n;

function quantity(value: unknown, at: string, max = MAX_WORD, min = 0n): bigint {
  const isNumber = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!isNumber && !(typeof value === "string" && /^(\d+|0x[\da-f]+)$/i.test(value)))
    throw new GenesisError(`${at} must be a whole number, decimal or 0x, and is ${JSON.stringify(value)}`);
  const number = BigInt(value as string);
  if (number < min || number > max) throw new GenesisError(`${at} is ${number}, and can be ${min} to ${max}`);
  return number;
}

/** @returns 0x and lower-case digits. */
function hex(value: unknown, at: string, size?: number): string {
  const digits = typeof value === "string" ? value.replace(/^0x/, "").toLowerCase() : "?";
  if (!/^([\da-f]{2})*$/.test(digits) || (size !== undefined && digits.length !== 2 * size))
    throw new GenesisError(`${at} must be ${size === undefined ? "" : `${size} `}bytes in hexadecimal`);
  return `0x${digits}`;
}

function accountsOf(alloc: Fields): PreState {
  const accounts = Object.entries(alloc).map(
    ([address, fields]) =>
      [hex(address, `alloc.${address}`, 20), account(record(fields, `alloc.${address}`), `alloc.${address}`)] as const,
  );
  // Blocks create no ether. So no sum of balances ever exceeds 2^256 − 1, and no executor needs to define an overflow.
  if (accounts.reduce((sum, [, { balance }]) => sum + balance, 0n) > MAX_WORD)
    throw new GenesisError("alloc: all balances together pass 2^256 - 1");
  return new Map(accounts);
}

function account(fields: Fields, at: string): AccountState {
  const nonce = quantity(fields.nonce ?? 0n, `${at}.nonce`, 2n ** 64n - 2n);
  const balance = quantity(fields.balance ?? 0n, `${at}.balance`);
  const code = hexToBytes(hex(fields.code ?? "0x", `${at}.code`) as PrefixedHexString);
  if (code.length > LIMIT.CODE_BYTES)
    throw new GenesisError(`${at}.code has ${code.length} bytes, and can have ${LIMIT.CODE_BYTES}`);
  // In a state with such accounts, @ethereumjs/vm repeats an exception of the main net: RIPEMD-160's account stays touched after a revert.
  if (nonce === 0n && balance === 0n && code.length === 0)
    throw new GenesisError(`${at} has no nonce, balance or code, and so counts as empty (EIP-161): leave it out`);
  const storage = Object.entries(record(fields.storage ?? {}, `${at}.storage`)).map(
    ([slot, value]) => [quantity(slot, `${at}.storage`), quantity(value, `${at}.storage.${slot}`)] as const,
  );
  return { nonce, balance, code, storage: new Map(storage) };
}

const entry = (fields: Fields, at: string): DirectoryEntry => ({
  level: Number(quantity(fields.level, `${at}.level`, BigInt(MODEL_ENTRY_LIMIT.MAX_LEVEL))),
  tableDepth: Number(quantity(fields.tableDepth, `${at}.tableDepth`, BigInt(MODEL_ENTRY_LIMIT.MAX_TABLE_DEPTH))),
  inputBytes: Number(quantity(fields.inputBytes, `${at}.inputBytes`, 2n ** 48n - 1n)),
  outputBytes: Number(quantity(fields.outputBytes, `${at}.outputBytes`, 2n ** 48n - 1n)),
  price: quantity(fields.price, `${at}.price`, 2n ** 144n - 1n),
});

const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { concat } from "@elench/bytes/concat";
import type { ModelStore } from "@elench/challenger/watch/store";
import { type BatchBlock, encodeBatch } from "@elench/evm/batch/encoding";
import { Chain } from "@elench/evm/chain/chain";
import type { Genesis } from "@elench/evm/chain/genesis";
import { sessionModels } from "@elench/evm/inference/models";
import { accountOf } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { keccak256 } from "@elench/merkle/tree";
import { hardhatArtifacts } from "@elench/prover/verifier";
import { makeGenesis } from "@elench/rollup/genesis/make";
import type { Backend } from "@elench/tensor/engine/backend";
import { createTx } from "@ethereumjs/tx";
import { createAddressFromPrivateKey, createAddressFromString, generateAddress, hexToBytes } from "@ethereumjs/util";
import { type Abi, bytesToHex, concatHex, encodeDeployData, encodeFunctionData, type Hex } from "viem";
import { directoryCode } from "../../cli/input/directory-code.ts";
import { type Random, seededRandom } from "../../evm/trie/fixtures/random.ts";
import { decodeNpy } from "../../models/npy.ts";

/** A chain in use: some thousand accounts and holders of tokens, contracts of real sizes, and 30M gas of what people send there. */

const root = new URL("../../", import.meta.url);
const CHAIN_ID = 901;
export const BLOCK_GAS = 30_000_000n;
const ACCOUNTS = 5_000;
/** Of each token. */
const HOLDERS = 2_500;
const SENDERS = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(0x30 + i));
const addressOf = (key: Uint8Array): Hex => createAddressFromPrivateKey(key).toString();
const at = (n: number): Hex => `0x${(0xc0de000000 + n).toString(16).padStart(40, "0")}`;
const [TOKEN_A, TOKEN_B, EXCHANGE, BOARD] = [at(1), at(2), at(3), at(4)];

interface Compiled {
  readonly abi: Abi;
  readonly code: Uint8Array;
}

/** The contracts of Workload.sol, for the L2's rules. */
function compileWorkload(): Record<"Token" | "Exchange" | "Board", Compiled> {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const content = readFileSync(new URL("Workload.sol", import.meta.url), "utf8");
  const settings = {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["abi", "evm.deployedBytecode.object"] } },
  };
  const input = { language: "Solidity", sources: { "Workload.sol": { content } }, settings };
  const { contracts, errors } = JSON.parse(solc.compile(JSON.stringify(input)));
  if (!contracts)
    throw new Error(errors.map((error: { formattedMessage: string }) => error.formattedMessage).join("\n"));
  return Object.fromEntries(
    Object.entries(
      contracts["Workload.sol"] as Record<string, { abi: Abi; evm: { deployedBytecode: { object: string } } }>,
    ).map(([name, { abi, evm }]) => [name, { abi, code: hexToBytes(`0x${evm.deployedBytecode.object}`) }]),
  ) as Record<"Token" | "Exchange" | "Board", Compiled>;
}

/** Code as long as contracts of this kind are: a code's size decides what opening one of its chunks takes. */
function padded(code: Uint8Array, size: number, random: Random): Uint8Array {
  return concat(
    code,
    Uint8Array.of(0xfe),
    Uint8Array.from({ length: size - code.length - 1 }, () => random(256)),
  );
}

const wordHex = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const inMapping = (key: Hex, slot: Hex): Hex =>
  bytesToHex(keccak256(hexToBytes(concatHex([`0x${key.slice(2).padStart(64, "0")}`, slot]))));
const MANY = 10n ** 24n;

export interface Workload {
  readonly genesis: Genesis;
  /** At its beginning. */
  readonly chain: Chain;
  /** Id of the model that the chain's contracts call. */
  readonly modelId: Hex;
  /** One block, of 30M gas. */
  readonly bytes: Uint8Array;
  readonly transactions: number;
  readonly gas: bigint;
}

/** @param store where models are kept: the digit classifier is put there. */
export async function makeWorkload(store: ModelStore, backend: Backend): Promise<Workload> {
  const random = seededRandom(7);
  const model = store.add(new Uint8Array(readFileSync(new URL("models/digits.onnx", root))));
  const contracts = compileWorkload();
  const genesis = makeGenesis({
    chainId: BigInt(CHAIN_ID),
    accounts: accounts(contracts, random),
    models: [model],
    directoryCode: directoryCode(),
  });
  const models = sessionModels((id) => (bytesToHex(id) === model.id ? model.model : undefined), backend);
  const sent = transactions(contracts, model.id as Hex, random);
  // What of it comes to 30M gas, a native run says.
  const chain = await Chain.create(genesis, models);
  const { native } = await chain.append(encodeBatch([block(sent, 2n ** 27n)]));
  chain.truncate(0);
  let [count, gas] = [0, 0n];
  for (const { receipt } of native.transactions) {
    if (!receipt?.success) throw new Error(`transaction ${count} of the workload failed`);
    if (gas + receipt.gasUsed > BLOCK_GAS) break;
    gas += receipt.gasUsed;
    count++;
  }
  if (count === sent.length) throw new Error(`the workload has no 30M gas: ${gas}`);
  const bytes = encodeBatch([block(sent.slice(0, count), 2n ** 27n)]);
  return { genesis, chain, modelId: model.id as Hex, bytes, transactions: count, gas };
}

export const block = (transactions: readonly Uint8Array[], gasLimit: bigint): BatchBlock => ({
  timestamp: 1_800_000_000n,
  gasLimit,
  baseFee: 7n,
  blobBaseFee: 1n,
  coinbase: 0xc0ffeen,
  prevRandao: 1n,
  transactions,
});

function accounts({ Token, Exchange, Board }: ReturnType<typeof compileWorkload>, random: Random) {
  const strangers = Array.from(
    { length: ACCOUNTS },
    (_, i) => bytesToHex(keccak256(hexToBytes(wordHex(BigInt(i))))).slice(0, 42) as Hex,
  );
  const holders = [...strangers.slice(0, HOLDERS), ...SENDERS.map(addressOf), EXCHANGE];
  const token = () => {
    const storage = new Map(
      holders.map((holder) => [BigInt(inMapping(holder, wordHex(0n))), MANY + BigInt(random(1_000_000))]),
    );
    for (const key of SENDERS)
      storage.set(BigInt(inMapping(EXCHANGE, inMapping(addressOf(key), wordHex(1n)))), 2n ** 256n - 1n);
    return accountOf({ nonce: 1n, code: padded(Token.code, 12_000, random), storage });
  };
  const storage = new Map([
    [0n, BigInt(TOKEN_A)],
    [1n, BigInt(TOKEN_B)],
    [2n, (MANY << 112n) | MANY],
    [3n, 1_700_000_000n],
    [4n, 1n],
    [5n, 1n],
  ]);
  return new Map([
    ...strangers.map((stranger) => [stranger, accountOf({ balance: 10n ** 18n + BigInt(random(1_000_000)) })] as const),
    ...SENDERS.map((key) => [addressOf(key), accountOf({ balance: 10n ** 24n })] as const),
    [TOKEN_A, token()] as const,
    [TOKEN_B, token()] as const,
    [EXCHANGE, accountOf({ nonce: 1n, code: padded(Exchange.code, 24_000, random), storage })] as const,
    [BOARD, accountOf({ nonce: 1n, code: padded(Board.code, 18_000, random) })] as const,
  ]);
}

const UNIT_PRICE = 10n ** 12n;

function picture(digit: number): Hex {
  return bytesToHex(
    new Uint8Array(decodeNpy(new Uint8Array(readFileSync(new URL(`models/digits/${digit}.npy`, root)))).buffer),
  );
}

/** In one block's order; together more than 30M gas. */
function transactions(
  { Token, Exchange, Board }: ReturnType<typeof compileWorkload>,
  model: Hex,
  random: Random,
): Uint8Array[] {
  const common = nativeCommon(BigInt(CHAIN_ID));
  const nonces = SENDERS.map(() => 0n);
  const send = (who: number, to: Hex | undefined, data: Hex, gasLimit = 2_000_000n, value = 0n): Uint8Array => {
    const nonce = nonces[who] as bigint;
    nonces[who] = nonce + 1n;
    const fields = {
      type: 2,
      chainId: BigInt(CHAIN_ID),
      nonce,
      gasLimit,
      maxFeePerGas: 10n,
      maxPriorityFeePerGas: 1n,
      value,
      data: hexToBytes(data),
    } as const;
    return createTx({ ...fields, ...(to && { to }) }, { common })
      .sign(SENDERS[who] as Uint8Array)
      .serialize();
  };
  const call = ({ abi }: Compiled, functionName: string, ...args: unknown[]): Hex =>
    encodeFunctionData({ abi, functionName, args });
  const stranger = (): Hex =>
    bytesToHex(keccak256(hexToBytes(wordHex(BigInt(random(2 * ACCOUNTS)))))).slice(0, 42) as Hex;
  const word = (): bigint => BigInt(random(2 ** 31)) * BigInt(random(2 ** 31));
  const { abi, bytecode } = hardhatArtifacts(fileURLToPath(new URL("artifacts/contracts", root)))("MeterReader");
  const meter = generateAddress(createAddressFromString(addressOf(SENDERS[0] as Uint8Array)).bytes, new Uint8Array());
  const sent = [send(0, undefined, encodeDeployData({ abi, bytecode, args: [model, UNIT_PRICE] }), 8_000_000n)];
  const kinds: ((who: number, i: number) => Uint8Array)[] = [
    ...Array.from(
      { length: 8 },
      () => (who: number) => send(who, random(2) ? TOKEN_A : TOKEN_B, call(Token, "transfer", stranger(), word())),
    ),
    ...Array.from(
      { length: 6 },
      () => (who: number) => send(who, EXCHANGE, call(Exchange, "swap", word(), 0n, random(2) === 0)),
    ),
    (who) => send(who, stranger(), "0x", 21_000n, 5n),
    (who) => send(who, stranger(), "0x", 21_000n, 5n),
    (who) => send(who, TOKEN_A, call(Token, "approve", stranger(), word())),
    (who, i) =>
      send(
        who,
        BOARD,
        call(
          Board,
          "claim",
          BigInt(i),
          Array.from({ length: 16 }, () => wordHex(word())),
        ),
      ),
    (who) => send(who, BOARD, call(Board, "post", "It rains, and the meter runs. ".repeat(1 + random(6)))),
    (who) => send(who, BOARD, call(Board, "rank", Array.from({ length: 16 + random(24) }, word))),
    (who, i) => send(who, BOARD, call(Board, "clone", TOKEN_A, wordHex(BigInt(i)))),
  ];
  for (let i = 0; i < 700; i++) {
    const who = i % SENDERS.length;
    if (i % 97 === 50) {
      const due = 7n * UNIT_PRICE;
      sent.push(
        send(
          who,
          bytesToHex(meter),
          encodeFunctionData({ abi, functionName: "report", args: [[picture(7)]] }),
          2_000_000n,
          due,
        ),
      );
    } else sent.push((kinds[random(kinds.length)] as (who: number, i: number) => Uint8Array)(who, i));
  }
  return sent;
}

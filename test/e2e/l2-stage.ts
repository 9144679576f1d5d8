import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat } from "@elench/bytes/concat";
import { ModelStore } from "@elench/challenger/watch/store";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { deploy } from "@elench/deploy/deploy";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { startLocalChain } from "@elench/deploy/local-chain";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { formatGenesis, type Genesis } from "@elench/evm/chain/genesis";
import { nativeCommon } from "@elench/evm/reference/vm";
import { openBackend } from "@elench/tensor/engine/backend";
import type { LoadedModel } from "@elench/tensor/load";
import { createTx } from "@ethereumjs/tx";
import { createAddressFromPrivateKey, hexToBytes } from "@ethereumjs/util";
import { encodeFunctionData, type Hex } from "viem";
import { guardian, hex, oracleParameters, parameters, type Stage, stageOf, transact, user } from "./stage.ts";
import { tinyInput, tinyModel } from "./tiny-model.ts";

/** A stage with an L2 chain on it, whose one contract asks a model, hashes, counts and stores. */
export interface L2Stage extends Stage {
  readonly deployment: Deployment & { readonly rollup: Rollup };
}

const CHAIN_ID = 777n;
const SENDER = new Uint8Array(32).fill(0x5e);
const CONTRACT: Hex = "0x00000000000000000000000000000000000000cc";
const NOBODY: Hex = "0x00000000000000000000000000000000000000aa";

/**
 * Asks the model with the calldata; stores the first word of the answer in slot 0, SHA-256 of it in slot 1, and number + 5 in slot 2.
 */
const CODE = hexToBytes(
  `0x${[
    "365f5f37", // calldatacopy(0, 0, calldatasize)
    "5f5f365f61a1005afa50", // staticcall(gas, 0xa100, 0, calldatasize, 0, 0); pop
    "3d5f5f3e", // returndatacopy(0, 0, returndatasize)
    "5f515f55", // sstore(0, mload(0))
    "6020604060205f60025afa50", // staticcall(gas, 2, 0, 32, 64, 32); pop
    "604051600155", // sstore(1, mload(64))
    "6005430160025500", // sstore(2, number + 5); stop
  ].join("")}`,
);

/** Transactions of the batch: a payment, the call of the model, a payment. */
export const CALLING = 1;
export const LAST = 2;

/** @param finalityDelay seconds. Default: the oracle's delivery delay. */
export async function openL2Stage(finalityDelay?: number): Promise<L2Stage> {
  const chain = await startLocalChain();
  const folder = mkdtempSync(join(tmpdir(), "elench-l2-"));
  const backend = openBackend({ threads: 1 });
  const store = new ModelStore(join(folder, "models"), backend);
  const tiny = tinyModel(2, 4, 4);
  const model = store.add(tiny.onnx);
  const genesis = genesisOf(model);
  const [genesisFile, parametersFile, record] = ["genesis", "parameters", "deployment"].map((name) =>
    join(folder, `${name}.json`),
  ) as [string, string, string];
  writeFileSync(genesisFile, formatGenesis(genesis));
  writeFileSync(parametersFile, parametersText(finalityDelay));
  process.env.ELENCH_LOCAL_URL = chain.url;
  const { deployment } = await deploy({
    network: "localhost",
    parameters: parametersFile,
    genesis: genesisFile,
    out: record,
    progress: () => undefined,
  });
  const withRollup = deployment as L2Stage["deployment"];
  return {
    chain,
    deployment: withRollup,
    backend,
    store,
    model,
    tiny,
    folder,
    ...stageOf(chain, folder, record, store),
  };
}

const parametersText = (finalityDelay: number | undefined): string => {
  const { bond, prepayment, ...times } = parameters;
  const seconds = Object.fromEntries(Object.entries(times).map(([name, value]) => [name, Number(value)]));
  const money = { bond: String(bond), prepayment: String(prepayment) };
  const { deliveryDelay, reveal, ...prices } = oracleParameters;
  const oracle = {
    ...{ deliveryDelay: Number(deliveryDelay), reveal: Number(reveal) },
    ...Object.fromEntries(Object.entries(prices).map(([name, value]) => [name, String(value)])),
  };
  const others = { finalityDelay, upgradeDelay: 60, guardian: guardian.address };
  return JSON.stringify({ testsOnly: true, ...seconds, ...money, ...oracle, ...others });
};

function genesisOf({ id, level, commitment }: LoadedModel): Genesis {
  const account = (code: Uint8Array, balance: bigint) => ({ nonce: 0n, balance, code, storage: new Map() });
  return {
    chainId: CHAIN_ID,
    accounts: new Map([
      [createAddressFromPrivateKey(SENDER).toString(), account(new Uint8Array(0), 10n ** 20n)],
      [CONTRACT, { ...account(CODE, 0n), nonce: 1n }],
    ]),
    models: new Map([
      // Eight binary32 numbers in, and eight out.
      [id, { level, tableDepth: commitment.tableDepth, inputBytes: 32, outputBytes: 32, price: 20_000n }],
    ]),
  };
}

/** A batch of one block. @param seed of the model's input. */
export function batchOf({ model, tiny }: L2Stage, seed: number, nonce = 0n): Uint8Array {
  const common = nativeCommon(CHAIN_ID);
  const sign = (fields: { to: Hex; value?: bigint; data?: Uint8Array }, n: bigint): Uint8Array =>
    createTx(
      {
        type: 2,
        chainId: CHAIN_ID,
        nonce: nonce + n,
        gasLimit: 200_000n,
        maxFeePerGas: 10n,
        maxPriorityFeePerGas: 1n,
        ...fields,
      },
      { common },
    )
      .sign(SENDER)
      .serialize();
  const question = concat(hexToBytes(model.id), word(32), tinyInput(tiny, seed));
  return encodeBatch([
    {
      timestamp: 1_800_000_000n,
      gasLimit: 30_000_000n,
      baseFee: 7n,
      blobBaseFee: 1n,
      coinbase: 0xc0ffeen,
      prevRandao: 1n,
      transactions: [
        sign({ to: NOBODY, value: 5n }, 0n),
        sign({ to: CONTRACT, data: question }, 1n),
        sign({ to: NOBODY, value: 6n }, 2n),
      ],
    },
  ]);
}

const word = (value: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? value : 0));

/** Puts a batch on L1. */
export async function append(stage: L2Stage, bytes: Uint8Array): Promise<void> {
  const data = encodeFunctionData({ abi: inboxAbi, functionName: "append", args: [hex(bytes)] });
  if (!(await transact(stage, user, stage.deployment.rollup.inbox, data)))
    throw new Error("the inbox refused the batch");
}

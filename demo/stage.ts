import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deploy } from "@elench/deploy/deploy";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import type { LocalChain } from "@elench/deploy/local-chain";
import { privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { readTensorFile } from "@elench/tensor/onnx/tensor-file";
import type { Abi, Hex } from "viem";
import { elench } from "./processes.ts";
import { tell } from "./tell.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
export const MODEL = join(root, "models", "digits.onnx");
/** Folder for files that can be inspected after the demo. */
export const KEPT = join(root, ".elench", "demo");
export const GENESIS = join(KEPT, "genesis.json");
export const L2_CHAIN_ID = 901;

const party = (index: number) => ({ account: richAccount(index), key: privateKeyOf(richAccount(index)) });
export const [user, provider, liar, watcher] = [party(0), party(2), party(3), party(4)];

/** The liars' fault in an inference: one flipped bit of this element of this instruction's output. */
export const FAULT = "3:1234";

/** The picture of a digit, as the contracts' input. */
export function picture(digit: number): Hex {
  const file = join(root, "models", "digits", `${digit}.npy`);
  const type = { dtype: "f32", shape: [1, 1, 28, 28] } as const;
  return `0x${Buffer.from(readTensorFile(file, readFileSync(file), type)).toString("hex")}`;
}

export interface Stage {
  readonly chain: LocalChain;
  readonly deployment: Deployment & { readonly rollup: Rollup };
  /** The model's id. */
  readonly model: Hex;
  /** Environment of every elench process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Deploys everything on one L1: inference for its contracts, and an L2 whose contracts call the same model. */
export async function setUp(chain: LocalChain, folder: string): Promise<Stage> {
  const [record, store] = [join(folder, "deployment.json"), join(KEPT, "models")];
  mkdirSync(KEPT, { recursive: true });
  await elench(["genesis", "--chain-id", String(L2_CHAIN_ID), "--dev", "--model", MODEL, "--out", GENESIS], {});
  process.env.ELENCH_LOCAL_URL = chain.url;
  const { deployment } = await deploy({ network: "localhost", genesis: GENESIS, out: record, progress: tell });
  const env = { ELENCH_COURTESY: "1500", ELENCH_RPC: chain.url, ELENCH_DEPLOYMENT: record, ELENCH_STORE: store };
  tell("registering the model: L1 checks each of its instructions");
  const { id } = await elench(["model", "add", MODEL], { ...env, ELENCH_KEY: user.key });
  return { chain, deployment: deployment as Stage["deployment"], env, model: id as Hex };
}

/** A compiled example contract. */
export const example = (name: string): { abi: Abi; bytecode: Hex } =>
  createRequire(import.meta.url)(`../artifacts/contracts/examples/${name}.sol/${name}.json`);

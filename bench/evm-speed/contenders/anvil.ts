import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import type { PreState } from "@elench/evm/reference/state";
import { BASE_FEE, BLOCK_GAS, CHAIN_ID, COINBASE } from "../world/chain.ts";

/** A process of anvil that executes the benchmark's chain, and mines when it is told to. */
export interface Anvil {
  readonly pid: number;
  /** @throws Error with the server's complaint. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** The program itself: its package's command starts it as a child, whose processor time would be another process's. */
function program(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const manifest = `@foundry-rs/anvil-${process.platform}-${architecture}/package.json`;
  const near = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
  return join(dirname(createRequire(near).resolve(manifest)), "bin", "anvil");
}

export async function startAnvil(accounts: PreState): Promise<Anvil> {
  const folder = mkdtempSync(join(tmpdir(), "elench-evm-speed-"));
  const genesis = join(folder, "genesis.json");
  writeFileSync(genesis, genesisOf(accounts));
  const port = await freePort();
  const args = [
    ...["--port", String(port), "--init", genesis, "--hardfork", "cancun", "--chain-id", String(CHAIN_ID)],
    ...["--gas-limit", String(BLOCK_GAS), "--base-fee", String(BASE_FEE), "--disable-min-priority-fee"],
    ...["--no-mining", "--order", "fifo", "--prune-history", "500", "--accounts", "0"],
    ...["--disable-default-create2-deployer", "--no-request-size-limit", "--quiet"],
  ];
  const child = spawn(program(), args, { stdio: ["ignore", "ignore", "inherit"] });
  const post = async (body: unknown): Promise<unknown> => {
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await fetch(`http://127.0.0.1:${port}`, request)).json();
  };
  const anvil: Anvil = {
    pid: child.pid as number,
    call: async (method, ...params) =>
      resultOf((await post({ jsonrpc: "2.0", id: 1, method, params })) as Answer, method),
    stop: () => stop(child),
  };
  try {
    await started(child, anvil);
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return anvil;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

function resultOf({ result, error }: Answer, method: string): unknown {
  if (error) throw new Error(`anvil refuses ${method}: ${error.message}`);
  return result;
}

const PATIENCE_MS = 120_000;

async function started(child: ChildProcess, anvil: Anvil): Promise<void> {
  const since = performance.now();
  for (;;) {
    if (child.exitCode !== null) throw new Error(`anvil exited at once, with code ${child.exitCode}`);
    try {
      await anvil.call("eth_chainId");
      return;
    } catch (error) {
      if (performance.now() - since > PATIENCE_MS) throw error;
      await sleep(20);
    }
  }
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });

const quantity = (value: bigint): string => `0x${value.toString(16)}`;
const word = (value: bigint): string => toHex(wordBytes(value));

/** In the format of go-ethereum. */
function genesisOf(accounts: PreState): string {
  const alloc = [...accounts].map(([address, { nonce, balance, code, storage }]) => [
    address,
    {
      nonce: quantity(nonce),
      balance: quantity(balance),
      code: toHex(code),
      storage: Object.fromEntries([...storage].map(([slot, value]) => [word(slot), word(value)])),
    },
  ]);
  return JSON.stringify({
    config: { chainId: Number(CHAIN_ID) },
    nonce: "0x0",
    timestamp: "0x0",
    extraData: "0x",
    gasLimit: quantity(BigInt(BLOCK_GAS)),
    difficulty: "0x0",
    mixHash: word(0n),
    coinbase: toHex(wordBytes(COINBASE).subarray(12)),
    baseFeePerGas: quantity(BASE_FEE),
    alloc: Object.fromEntries(alloc),
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

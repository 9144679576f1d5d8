import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "@elench/errors/user-error";
import {
  createTestClient,
  http,
  numberToHex,
  type PublicClient,
  publicActions,
  type TestClient,
  walletActions,
} from "viem";
import { foundry } from "viem/chains";

const ANVIL = fileURLToPath(new URL("../node_modules/@foundry-rs/anvil/bin.mjs", import.meta.url));

/** anvil writes each state older than 500 blocks to the disk, a megabyte a block: so many at most, in a folder that ends with the chain. */
const PAST_STATES = 2000;

export interface LocalChain {
  readonly url: string;
  readonly process: ChildProcess;
  readonly client: PublicClient & TestClient;
  /** Advances time by a number of seconds, and mines a block. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A local L1: anvil with the rules of Osaka, on loopback, one block per transaction. */
export async function startLocalChain(options: { port?: number; args?: readonly string[] } = {}): Promise<LocalChain> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const cache = mkdtempSync(join(tmpdir(), "elench-anvil-"));
  const args = [
    ANVIL,
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--hardfork",
    "osaka",
    "--silent",
    "--max-persisted-states",
    String(PAST_STATES),
    "--cache-path",
    cache,
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  child.once("close", () => rmSync(cache, { recursive: true, force: true }));
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const client = createTestClient({
    mode: "anvil",
    chain: foundry,
    transport: http(url),
    pollingInterval: 50,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions) as unknown as PublicClient & TestClient;
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null)
      throw new UserError(`anvil, the local chain, exited at once: ${complaint.trim()}`, EXIT.environment);
    try {
      await client.getBlockNumber();
      break;
    } catch {
      if (tries > 200)
        throw new UserError(`anvil, the local chain, does not answer at ${url}: ${complaint.trim()}`, EXIT.environment);
      await sleep(50);
    }
  }
  return {
    url,
    process: child,
    client,
    pass: async (seconds) => {
      await client.request({ method: "evm_increaseTime", params: [numberToHex(seconds)] } as never);
      await client.mine({ blocks: 1 });
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
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

/** A private chain for a test to call contracts on: anvil, without limits on gas or code. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type Address, createTestClient, type Hex, http, type PublicActions, publicActions, type TestClient } from "viem";
import { foundry } from "viem/chains";

export interface Chain {
  readonly client: TestClient & PublicActions;
  /** Puts runtime bytecode at an address of its own. */
  install(code: Hex): Promise<Address>;
  stop(): void;
}

const require = createRequire(import.meta.url);

/** Anvil's executable: the platform's package, without the launcher, which would outlive a signal. */
const anvil = (): string => {
  const launcher = require.resolve("@foundry-rs/anvil/package.json");
  const platform = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const binary = process.platform === "win32" ? "anvil.exe" : "anvil";
  return `${dirname(require.resolve(`${platform}/package.json`, { paths: [dirname(launcher)] }))}/bin/${binary}`;
};

/** Resolves with the port that the chain chose. */
const listening = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    const read = (text: string): void => {
      said += text;
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    };
    server.stdout?.setEncoding("utf8").on("data", read);
    server.stderr?.setEncoding("utf8").on("data", read);
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`anvil stopped with code ${code}: ${said}`)));
  });

export async function startChain(): Promise<Chain> {
  const limits = ["--disable-block-gas-limit", "--disable-code-size-limit"];
  const server = spawn(anvil(), ["--port", "0", "--hardfork", "osaka", "--accounts", "1", ...limits]);
  const url = `http://127.0.0.1:${await listening(server)}`;
  server.stdout.resume();
  const transport = http(url, { timeout: 120_000 });
  const client = createTestClient({ mode: "anvil", chain: foundry, transport }).extend(publicActions);
  let installed = 0;
  return {
    client: client as TestClient & PublicActions,
    async install(bytecode) {
      const address: Address = `0x${(0xc0de0000 + installed++).toString(16).padStart(40, "0")}`;
      await client.setCode({ address, bytecode });
      return address;
    },
    stop: () => void server.kill(),
  };
}

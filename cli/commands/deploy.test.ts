/** `elench deploy --dry-run`, `--check` and `--sources`, as a process: what they say, their exit codes, and that they send nothing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { journalFolder } from "../../deploy/journal.ts";
import { type Ended, runNode } from "../fixtures/run.ts";

const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "elench-deploy-cli-"));
const file = (name: string): string => join(folder, name);
const PARAMETERS = ["--parameters", path("deploy/parameters/localhost.json")];
const POOR = `0x${"11".repeat(32)}`;

let chain: LocalChain;
before(async () => {
  chain = await startLocalChain();
  writeFileSync(file("genesis.json"), JSON.stringify({ config: { chainId: 4242 }, alloc: {}, elench: {} }));
});
after(async () => {
  const { hash } = await chain.client.getBlock({ blockNumber: 0n });
  rmSync(journalFolder(`chain-31337-${hash?.slice(2, 10)}-${new URL(chain.url).port}`), {
    recursive: true,
    force: true,
  });
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

const deploy = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  runNode([CLI, "deploy", ...args], { ELENCH_LOCAL_URL: chain.url, ELENCH_L1_URL: "", ELENCH_KEY: "", ...env });

interface Plan {
  readonly chainId: number | null;
  readonly deployer: string | null;
  readonly transactions: readonly {
    id: string;
    contract: string;
    gas: number;
    isSent: boolean;
    arguments: Record<string, unknown>;
  }[];
  readonly gas: number;
  readonly costs: readonly { at: string; gasPrice: number; cost: string }[];
  readonly unknown: readonly string[];
}

async function plan(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Plan> {
  const { code, out, complaint } = await deploy([...args, "--dry-run", "--json"], env);
  assert.equal(code, 0, complaint);
  return JSON.parse(out) as Plan;
}

/** Million gas that the documentation gives for so many transactions. */
function documented(transactions: number): number {
  const page = readFileSync(path("docs/deployment.md"), "utf8");
  return Number(new RegExp(`^\\| [^|]+ \\| ${transactions} \\| ([\\d.]+) \\|`, "m").exec(page)?.[1]);
}

/** Each hash of metadata, which a comment changes, costs some hundred gas more or less. */
const holdsTheDocumented = (gas: number, transactions: number): void =>
  assert.ok(Math.abs(gas / 1e6 - documented(transactions)) < 0.02, `${gas} for ${transactions} transactions`);

test("a dry run without endpoint and key lists every transaction, and says what it cannot know", async () => {
  const { chainId, deployer, transactions, gas, costs, unknown } = await plan([
    ...["--network", "l1", ...PARAMETERS, "--genesis", file("genesis.json"), "--fee", "10"],
  ]);
  assert.deepEqual([chainId, deployer], [null, null]);
  assert.equal(transactions.length, 28);
  assert.equal(
    gas,
    transactions.reduce((sum, transaction) => sum + transaction.gas, 0),
  );
  assert.deepEqual(costs, [{ at: "given", gasPrice: 10e9, cost: String(BigInt(gas) * 10n ** 10n) }]);
  assert.match(unknown.join("; "), /present gas price.*ELENCH_L1_URL.*ELENCH_KEY/);
  holdsTheDocumented(gas, 28);
  const { arguments: given } = transactions.find(({ contract }) => contract === "InferenceOracle") ?? {};
  assert.deepEqual(given, {
    game: "DisputeGame",
    machine: "TensorVerifier",
    registry: "ModelRegistry",
    p: {
      guardian: richAccount(1).address,
      deliveryDelay: 600,
      reveal: 600,
      deposit: 1_000_000_000_000_000,
      speed: 1_000_000_000,
      minPrice: 1,
      scale: 1_000_000_000_000,
    },
  });
});

test("with an appointer, a dry run has the guardian's contract and its timelock too, each under its own id", async () => {
  const parameters = {
    ...JSON.parse(readFileSync(PARAMETERS[1] as string, "utf8")),
    appointer: richAccount(6).address,
  };
  writeFileSync(file("appointer.json"), JSON.stringify(parameters));
  const args = ["--network", "l1", "--parameters", file("appointer.json")];
  const { transactions, gas } = await plan([...args, "--genesis", file("genesis.json")]);
  assert.equal(transactions.length, 30);
  assert.equal(new Set(transactions.map(({ id }) => id)).size, 30);
  const argumentsOf = (of: string) => transactions.find(({ id }) => id === of)?.arguments;
  assert.deepEqual(argumentsOf("Guardian#Guardian"), {
    appointer: "TimelockController",
    holder: parameters.guardian,
  });
  assert.deepEqual(argumentsOf("Guardian#TimelockController")?.proposers, { 0: parameters.appointer });
  assert.deepEqual(argumentsOf("Rollup#TimelockController")?.proposers, { 0: parameters.guardian });
  for (const [id, field] of [
    ["Elench#DisputeGame", "p"],
    ["Elench#InferenceOracle", "p"],
    ["Rollup#Outputs", "chain"],
  ] as const)
    assert.partialDeepStrictEqual(argumentsOf(id), { [field]: { guardian: "Guardian" } });
  holdsTheDocumented(gas, 30);
  holdsTheDocumented((await plan(args)).gas, 9);
});

test("what a dry run says is what a deployment takes; what is there already is not counted again", async () => {
  const { client } = chain;
  const planned = await plan(["--network", "localhost"]);
  assert.equal(await client.getBlockNumber(), 0n, "nothing was sent");
  holdsTheDocumented(planned.gas, 7);
  assert.equal((await deploy(["--network", "localhost", "--out", file("record.json")])).code, 0);
  const blocks = await Promise.all(planned.transactions.map((_, i) => client.getBlock({ blockNumber: BigInt(i + 1) })));
  const used = blocks.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  assert.ok(Math.abs(used - planned.gas) < 1_000, `${planned.gas} planned, ${used} used`);

  const further = await plan(["--network", "localhost", "--genesis", file("genesis.json")]);
  const due = further.transactions.filter(({ isSent }) => !isSent);
  assert.equal(due.length, 21);
  assert.equal(
    further.gas,
    due.reduce((sum, { gas }) => sum + gas, 0),
  );
  assert.equal(await client.getBlockNumber(), 7n);
  const { out } = await deploy(["--network", "localhost", "--dry-run"]);
  assert.match(
    out,
    /TensorVerifier .* sent before: 0x\w{40}[\s\S]*0 transactions to send, 0 gas[\s\S]*nothing was sent/,
  );
});

test("a dry run with an endpoint and no key asks for no key; one with a poor key says no", async () => {
  const env = { ELENCH_L1_URL: chain.url };
  const keyless = await plan(["--network", "l1", ...PARAMETERS], env);
  assert.deepEqual([keyless.chainId, keyless.deployer], [31337, null]);
  assert.match(keyless.unknown.join(), /who pays.*ELENCH_KEY/);
  assert.deepEqual(
    keyless.costs.map(({ at }) => at),
    ["present"],
  );
  const rich = await plan(["--network", "l1", ...PARAMETERS], { ...env, ELENCH_KEY: privateKeyOf(richAccount(5)) });
  assert.deepEqual([rich.deployer, rich.unknown], [richAccount(5).address, []]);
  const poor = await deploy(["--network", "l1", ...PARAMETERS, "--dry-run"], { ...env, ELENCH_KEY: POOR });
  assert.equal(poor.code, 1, poor.complaint);
  assert.match(poor.out, /with a balance of 0 ETH: insufficient balance/);
});

test("--check compares with a build, and its exit code tells", async () => {
  const right = await deploy(["--network", "localhost", "--check", file("record.json")]);
  assert.equal(right.code, 0, right.complaint);
  assert.match(right.out, /^ok +TensorVerifier[\s\S]*all \d+ findings are ok\n$/);
  const parameters = JSON.parse(readFileSync(PARAMETERS[1] as string, "utf8")) as object;
  writeFileSync(file("other.json"), JSON.stringify({ ...parameters, bond: "70000000000000000" }));
  const args = ["--network", "localhost", "--check", file("record.json"), "--parameters", file("other.json")];
  const other = await deploy(args);
  assert.equal(other.code, 1, other.complaint);
  assert.match(other.out, /^WRONG +DisputeGame .*BOND +60000000000000000, but should be 70000000000000000$/m);
  const json = JSON.parse((await deploy([...args, "--json"])).out) as { ok: boolean; findings: { ok: boolean }[] };
  assert.deepEqual([json.ok, json.findings.filter(({ ok }) => !ok).length], [false, 1]);
});

test("--sources writes what compiles to the same bytes", async () => {
  const { code, out, complaint } = await deploy(["--sources", file("sources"), "--json"]);
  assert.equal(code, 0, complaint);
  const { sources } = JSON.parse(out) as { sources: { contract: string; file: string; identifier: string }[] };
  assert.equal(sources.length, 29, "the guardian's contract too");
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  for (const { contract, file: input, identifier } of sources.filter((of) =>
    /^(Inbox|EvmVerifier)$/.test(of.contract),
  )) {
    const [source = ""] = identifier.split(":");
    const { contracts } = JSON.parse(solc.compile(readFileSync(input, "utf8")));
    const { bytecode } = JSON.parse(
      readFileSync(path(`artifacts/${source.replace(/^project\//, "")}/${contract}.json`), "utf8"),
    );
    assert.equal(`0x${contracts[source][contract].evm.bytecode.object}`, bytecode, contract);
  }
});

test("what cannot be is refused, with the exit code that says whose fault it is", async (t) => {
  const dead = { ELENCH_L1_URL: "http://127.0.0.1:9/secret-key" };
  const server = createServer((request, response) => {
    response.writeHead(401).end(`no such project: http://${request.headers.host}${request.url}`);
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const refusing = { ELENCH_L1_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-key` };
  const mainnet = ["--parameters", path("deploy/parameters/mainnet.json")];
  const cases: readonly (readonly [args: string[], code: number, says: RegExp, env?: Record<string, string>])[] = [
    [[], 2, /give --network/],
    [["--network", "l1", ...mainnet, "--dry-run"], 2, /guardian is a placeholder/],
    [["--network", "l1", ...PARAMETERS, "--dry-run"], 3, /endpoint of network l1 does not answer/, dead],
    [
      ["--network", "l1", ...PARAMETERS, "--check", file("record.json")],
      3,
      /endpoint of network l1 does not answer/,
      dead,
    ],
    [["--network", "l1", ...PARAMETERS, "--check", file("record.json")], 2, /ELENCH_L1_URL/],
    [["--network", "l1", "--check", file("record.json")], 2, /give --parameters FILE/],
    [
      ["--network", "localhost", "--check", file("record.json"), "--genesis", file("genesis.json")],
      2,
      /has no L2 chain/,
    ],
    [["--network", "localhost", "--check", file("none.json")], 2, /there is no .*none\.json/],
    [["--network", "localhost", "--check", file("genesis.json")], 2, /genesis\.json/],
    [["--network", "nowhere", ...PARAMETERS, "--dry-run"], 2, /no http network of that name/],
    [["--network", "localhost", "--dry-run", "--check", "x"], 2, /--dry-run and --check exclude each other/],
    [["--network", "localhost", "--dry-run", "--out", "x"], 2, /--out has no effect with --dry-run/],
    [["--network", "localhost", "--fee", "10"], 2, /--fee needs --dry-run/],
    [["--network", "localhost", "--dry-run", "--fee", "much"], 2, /gwei/],
    [["--sources", file("genesis.json")], 2, /cannot make the folder/],
    [
      ["--network", "l1", ...PARAMETERS, "--dry-run"],
      3,
      /endpoint of network l1 refused a request: .*no such project/,
      refusing,
    ],
  ];
  for (const [args, code, says, env] of cases) {
    const ended = await deploy(args, env);
    assert.equal(ended.code, code, `${args.join(" ")}: ${ended.complaint}`);
    assert.match(ended.complaint, says, args.join(" "));
    assert.doesNotMatch(ended.complaint, /secret-key|defect/);
    assert.equal(ended.out, "");
  }
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { bondsOf } from "./bonds.ts";
import { endWithUs } from "./children.ts";
import { DISPUTED_DIGIT, deployReader, falseAnswer, honestAnswer } from "./oracle-story.ts";
import { type Elench, elench, startElench } from "./processes.ts";
import { type FalseOutput, rollupStory } from "./rollup-story.ts";
import { GENESIS, KEPT, liar, MODEL, setUp, watcher } from "./stage.ts";
import { json, tell } from "./tell.ts";

/** `npm run demo`: true and false claims about inferences and L2 batches, on a local chain, with one process for each party. */

async function play(chain: LocalChain, folder: string, watching: (watchtower: Elench) => void) {
  const stage = await setUp(chain, folder);
  const { steps } = await elench(["model", "id", MODEL], {});
  const verdicts: string[] = [];
  const onEvent = (event: Record<string, unknown>) => {
    if (event.kind === "game") verdicts.push(String(event.verdict));
  };
  watching(startElench(["watch", "--interval", "50"], { ...stage.env, ELENCH_KEY: watcher.key }, onEvent));
  tell("a watchtower is running, in its own process and with its own key");
  const reader = await deployReader(stage);
  const honest = await honestAnswer(stage, reader);
  const refuted = await falseAnswer(stage, reader, () => verdicts.includes("false"));
  const rollup = await rollupStory(stage);
  const [slashed, paid] = await Promise.all([
    bondsOf(stage, liar.account.address),
    bondsOf(stage, watcher.account.address),
  ]);
  return { model: stage.model, steps, honest, false: refuted, rollup, slashed: -slashed, paid };
}

type Summary = Awaited<ReturnType<typeof play>>;

function summarise(summary: Summary): void {
  if (json) {
    const plain = (_: string, value: unknown) =>
      typeof value !== "bigint" ? value : value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
    process.stdout.write(`${JSON.stringify(summary, plain)}\n`);
    return;
  }
  const { gas, ms, moves, levels, refutedStep } = summary.false;
  const { storage, inference } = summary.rollup;
  const ether = (wei: bigint): string => `${Number(wei) / 1e18} ETH`;
  const file = (name: string): string => relative(process.cwd(), join(KEPT, name));
  const replayOf = `npx elench replay --genesis ${relative(process.cwd(), GENESIS)} --store ${file("models")}`;
  process.stdout.write(`
The truth stood every time.

An inference for a contract on L1
  steps in the trace    up to ${summary.steps}, narrowed over ${levels} levels in ${moves} moves to step ${refutedStep}
  time                  ${seconds(ms)} from the false answer to its refutation, windows not counted
  gas, both sides       ${gas.total}: answer ${gas.propose}, moves ${gas.moves}, step ${gas.step}, settlement ${gas.settle}

A batch of L2 blocks: a false storage write
${describe(storage)}
A batch of L2 blocks: a false inference inside a transaction
${describe(inference)}
All disputes together
  the liar lost         ${ether(summary.slashed)}
  the watchtower gained ${ether(summary.paid)}, a third of every lost bond being lost to all

Replay the steps that decided them, and check each in the Solidity verifier:
  npx elench replay models/digits.onnx --input image=models/digits/${DISPUTED_DIGIT}.npy --step ${refutedStep} --verify
  ${replayOf} --batch ${file("batch-0.bin")} --step ${storage.places[1]?.step} --verify
  ${replayOf} --batch ${file("batch-0.bin")} --batch ${file("batch-1.bin")} --step ${inference.places[1]?.step} --descend ${inference.places[2]?.step} --verify
`);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const describe = ({ moves, levels, ms, gas }: FalseOutput): string =>
  `  narrowed              over ${levels} levels in ${moves} moves, in ${seconds(ms)}
  gas, both sides       ${gas.total}: proposal ${gas.propose}, moves ${gas.moves}, step ${gas.step}, settlement ${gas.settle}
`;

const unknown = process.argv.slice(2).find((argument) => argument !== "--json");
if (unknown !== undefined) {
  process.stderr.write(`demo: unknown option ${unknown}\nusage: npm run demo [-- --json]\n`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "elench-demo-"));
let watchtower: Elench | undefined;
let chain: LocalChain | undefined;
try {
  tell("starting a local L1");
  chain = await startLocalChain();
  endWithUs(chain.process);
  summarise(
    await play(chain, folder, (started) => {
      watchtower = started;
    }),
  );
} catch (error) {
  process.stderr.write(`demo: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await watchtower?.stop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
}

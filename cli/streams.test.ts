/** What becomes of commands whose reader goes away, or under whose output the disk is full: as processes. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import {
  answer,
  ask,
  gameEvents,
  keyOf,
  openStage,
  type Stage,
  trueOutput,
  until,
  watcher,
} from "../test/e2e/stage.ts";
import { CACHE } from "../test/e2e/tower.ts";

const CLI = fileURLToPath(new URL("main.ts", import.meta.url));
const DIGITS = fileURLToPath(new URL("../models/digits.onnx", import.meta.url));
const SEVEN = fileURLToPath(new URL("../models/digits/7.npy", import.meta.url));

type Output = "pipe" | "full" | "closed";

let stage: Stage;
before(async () => {
  stage = await openStage();
  await ask(stage, 1);
});
after(() => stage?.close());

/** Starts a command whose outputs are read, have no reader, or lie on a full disk. */
function start(
  args: readonly string[],
  stdout: Output,
  stderr: Output,
  env: Readonly<Record<string, string>> = {},
): ChildProcess & { said: { err: string } } {
  const full = openSync("/dev/full", "w");
  const of = (output: Output) => (output === "full" ? full : "pipe");
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...CACHE, ...stage.env, ...env },
    stdio: ["ignore", of(stdout), of(stderr)],
  });
  closeSync(full);
  const said = { err: "" };
  if (stdout === "closed") child.stdout?.destroy();
  if (stderr === "closed") child.stderr?.destroy();
  else child.stderr?.on("data", (data: Buffer) => (said.err += data.toString()));
  child.stdout?.on("data", () => undefined);
  return Object.assign(child, { said });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("close", (code) => resolve(code)));

const infer = ["infer", DIGITS, "--input", `image=${SEVEN}`];
const steps = ["replay", DIGITS, "--input", `image=${SEVEN}`, "--from", "0", "--to", "3000"];

const LOST: readonly (readonly [what: string, args: readonly string[], stdout: Output, says: RegExp])[] = [
  ["a result on a full disk", infer, "full", /^elench: cannot write to stdout: no space left on the disk\n$/],
  ["a JSON result on a full disk", [...infer, "--json"], "full", /no space left on the disk/],
  ["a result whose reader is gone", steps, "closed", /^$/],
  ["help on a full disk", ["model", "--help"], "full", /no space left on the disk/],
];

for (const [what, args, stdout, says] of LOST)
  test(`${what} is lost, and the exit code says so`, { timeout: 60_000 }, async () => {
    const child = start(args, stdout, "pipe");
    assert.equal(await ended(child), 3, child.said.err);
    assert.match(child.said.err, says);
  });

test("a command whose stderr fails gives its result, or its exit code", { timeout: 60_000 }, async () => {
  for (const stderr of ["full", "closed"] as const) {
    assert.equal(await ended(start(infer, "pipe", stderr)), 0);
    assert.equal(await ended(start(["infer", "none.onnx"], "pipe", stderr)), 2);
  }
});

const WATCHES: readonly (readonly [stdout: Output, stderr: Output])[] = [
  ["closed", "pipe"],
  ["full", "pipe"],
  ["pipe", "full"],
  ["pipe", "closed"],
  ["closed", "closed"],
  ["full", "full"],
];

/** A false answer to a new request. */
async function lie(seed: number): Promise<void> {
  const question = await ask(stage, seed);
  const { bytes } = trueOutput(stage, question.input);
  await answer(
    stage,
    richAccount(5),
    question,
    // Another lie each time: equal inputs are one question, and equal answers to it one game.
    bytes.map((byte) => byte ^ (seed + 1)),
  );
}

const disputes = async (): Promise<number> => (await gameEvents(stage, "Claimed")).length;

test("the watchtower defends without its outputs, and says once that stdout is gone", {
  timeout: 240_000,
}, async (t) => {
  let lies = 0;
  for (const [stdout, stderr] of WATCHES)
    await t.test(`stdout ${stdout}, stderr ${stderr}`, async () => {
      const child = start(["watch", "--json"], stdout, stderr, { ELENCH_KEY: keyOf(watcher) });
      const end = ended(child);
      // Two, one after the other: what it did about the first one it has already reported when the second is posted.
      for (let round = 0; round < 2; round++) {
        const before = await disputes();
        await lie(lies++);
        await until("its dispute", async () => child.exitCode !== null || (await disputes()) > before);
        assert.equal(child.exitCode, null, `it ended by itself: ${child.said.err}`);
      }
      child.kill("SIGTERM");
      assert.equal(await end, stdout === "pipe" ? 0 : 3);
      if (stderr !== "pipe") return;
      assert.equal(child.said.err.match(/cannot write to stdout.*continuing without it/g)?.length, 1);
    });
});

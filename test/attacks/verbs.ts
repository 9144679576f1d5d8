import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Hex } from "viem";
import { agentOn } from "../e2e/agents.ts";
import { append, batchOf } from "../e2e/l2-stage.ts";
import { DELIVERY_DELAY, hex, keyOf, passClocks, until } from "../e2e/stage.ts";
import { startTower, type Tower } from "../e2e/tower.ts";
import type { Field, Winner } from "./attack.ts";

/** What the parties of an attack do: the verbs that the plays are told with. */

/** Puts so many batches on L1, each with a payment, a call of the model and a payment. */
export async function appendBatches(field: Field, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) await append(field, batchOf(field, i + 1, 3n * BigInt(i)));
}

/** The honest side's watchtower: a process of its own. */
export async function startWatch(field: Field, ...args: string[]): Promise<Tower> {
  const tower = startTower({ ...field.env, ELENCH_KEY: keyOf(field.honest.watcher) }, args);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  return tower;
}

/** The true output at a boundary, as somebody computes it who has no key. */
export async function truthAt(field: Field, boundary: number): Promise<Hex> {
  const { watchtower, chain } = await agentOn(field, {});
  await watchtower.look();
  const missing = await chain?.reach(boundary);
  if (missing) throw new Error(missing);
  return hex(chain?.outputAt(boundary) as Uint8Array);
}

/** Windows after which an output that is not final has been delayed for longer than any game and its settlement may last. */
const WINDOWS = 12;

/**
 * Lets windows pass until a boundary is final.
 * @param each what the parties do in between.
 * @returns the truth if its true output is final; the lie if another is, or none after the longest that games last
 */
export async function whoHas(
  field: Field,
  boundary: number,
  each = async (): Promise<unknown> => undefined,
): Promise<Winner> {
  const truth = await truthAt(field, boundary);
  for (let window = 0; window < WINDOWS; window++) {
    const output = await finalOutput(field, boundary);
    if (output !== undefined) return output === truth ? "truth" : "lie";
    await each();
    await passClocks(field);
    await field.chain.pass(Number(DELIVERY_DELAY));
    await settling(field, boundary);
  }
  return "lie";
}

/** Gives processes the time to see a new block and to act on it. */
async function settling(field: Field, boundary: number): Promise<void> {
  const end = performance.now() + PATIENCE;
  let last = -1n;
  for (;;) {
    const block = await field.chain.client.getBlockNumber();
    if (performance.now() > end || (await finalOutput(field, boundary)) !== undefined) return;
    // Nothing has happened for a while.
    await new Promise((resolve) => setTimeout(resolve, QUIET));
    if (block === last) return;
    last = block;
  }
}

/** Milliseconds. A watchtower here looks every 30. */
const [PATIENCE, QUIET] = [30_000, 3_000];

/** The output that a bridge would pay out for; undefined if none is final. */
export async function finalOutput({ chain, deployment }: Field, boundary: number): Promise<Hex | undefined> {
  const outputs = { address: deployment.rollup.outputs, abi: outputsAbi, args: [BigInt(boundary)] } as const;
  if (!(await chain.client.readContract({ ...outputs, functionName: "isFinal" }))) return undefined;
  return chain.client.readContract({ ...outputs, functionName: "finalOutput" });
}

/** Waits for a condition while somebody acts. */
export const waitFor = (what: string, condition: () => unknown, each?: () => Promise<unknown>): Promise<void> =>
  until(what, condition, each, 60);

import { concat } from "@elench/bytes/concat";
import { joinWords } from "@elench/bytes/words";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { precompileTask } from "@elench/evm/machine/state/task";
import { prove } from "@elench/evm/machine/step";
import { nativeCommon } from "@elench/evm/reference/vm";
import { sliceOfBytes } from "@elench/evm/structures/layout";
import { createTx } from "@ethereumjs/tx";
import { bytesToHex, hexToBytes } from "@ethereumjs/util";
import { batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { machineIn, worldOf } from "../../evm/machine/fixtures/state.ts";
import { build } from "../contracts/build.ts";
import { Reverted, startEvm } from "../contracts/evm.ts";
import { precompilesUnder, priced } from "../contracts/l1-rules.ts";
import { agentOn } from "../e2e/agents.ts";
import { append, batchOf, CALLING } from "../e2e/l2-stage.ts";
import { startProxy } from "../e2e/proxy.ts";
import { hex, keyOf, passClocks } from "../e2e/stage.ts";
import { startTower } from "../e2e/tower.ts";
import type { Attack } from "./attack.ts";
import { attackerSettles, checkpoint, FALSE_OUTPUT, proposeFreely } from "./calls.ts";
import { appendBatches, finalOutput, startWatch, truthAt, whoHas } from "./verbs.ts";

/** Attacks from L1: its reorganisations, its prices, its endpoints, and what it lets anybody append. */

const exchangedBatch: Attack = {
  name: "exchanged-batch",
  about:
    "L1 exchanges a batch for one with the same data root and another size under a running watchtower, and a false output is defended through the batch's machine",
  closedBy: null,
  play: async (field) => {
    const { client } = field.chain;
    const [attacker] = field.attackers;
    const batch = batchOf(field, 1);
    const fork = await client.snapshot();
    await append(field, batch);
    await checkpoint(field, attacker);
    const tower = await startWatch(field, "--settle-all");
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0) } as const;
    const first = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    await tower.tells("that it has executed the batch", (event) => event.game === first && event.verdict === "false");
    await client.revert({ id: fork });
    // The data tree pads with zeros.
    await append(field, concat(batch, new Uint8Array(1)));
    await checkpoint(field, attacker);
    await tower.tells("that L1 has gone back", ({ kind }) => kind === "reorganised");
    const liar = await agentOn(field, {
      account: attacker,
      ...batchLiar(0, { kind: "storage", transaction: CALLING }),
    });
    await liar.watchtower.look();
    await liar.chain?.reach(1);
    await proposeFreely(field, attacker, span, hex(liar.chain?.outputAt(1) as Uint8Array));
    return whoHas(field, 1, () => liar.watchtower.round());
  },
};

/** ECADD of the generator and itself: a valid call. */
const ADDITION = joinWords([1, 2, 1, 2]);

const repricing: Attack = {
  name: "repriced-precompile",
  about:
    "L1 has doubled the price of a precompile, and the right step of a batch that calls it is 'refuted', since its call fails now",
  closedBy: null,
  play: async () => {
    const contracts = build(["contracts/evm/parts/PrecompileSteps.sol"]);
    const contract = (name: string) => contracts.get(name) ?? missing(name);
    const l1 = await startEvm(precompilesUnder(priced(2n)));
    const hashes = await l1.deploy(contract("Hashes"));
    const verifier = await l1.deploy(contract("PrecompileSteps"), hashes.address);
    const { pre, witness, post } = prove(
      machineIn({
        world: worldOf(new Map()),
        task: precompileTask(6n),
        gas: 2n ** 27n,
        frame: { data: sliceOfBytes(ADDITION) },
      }),
    );
    try {
      const { value } = await verifier.callWithin(2n ** 24n, "step", bytesToHex(pre), bytesToHex(witness));
      return value === bytesToHex(post) ? "truth" : "lie";
    } catch (error) {
      if (error instanceof Reverted) return "truth";
      throw error;
    }
  },
};

function missing(name: string): never {
  throw new Error(`no contract ${name}`);
}

const lyingEndpoints: Attack = {
  name: "lying-endpoints",
  about: "all endpoints of the watchtower withhold the events of a false proposal",
  closedBy: "endpoint",
  play: async (field) => {
    const [attacker] = field.attackers;
    await appendBatches(field, 1);
    await checkpoint(field, attacker);
    const proxy = await startProxy(field.chain.url);
    const known = await field.chain.client.getBlockNumber();
    proxy.treat = (method, result) =>
      method === "eth_getLogs"
        ? (result as { blockNumber: string }[]).filter(({ blockNumber }) => BigInt(blockNumber) <= known)
        : result;
    startTower({ ...field.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(field.honest.watcher) }, ["--settle-all"]);
    const span = { first: 0n, end: 1n, previous: await truthAt(field, 0) } as const;
    const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    if (!game) throw new Error("the false proposal was refused");
    try {
      return await whoHas(field, 1, attackerSettles(field, game, span));
    } finally {
      await proxy.close();
    }
  },
};

/** Gas of the flood's batches. */
const BATCH_GAS = 2n ** 27n;
const BATCHES = 4;

/** Milliseconds of the play for a clock of L1: the flood of this play is as much smaller as the clock is shorter. */
const SHORT_CLOCK = 15_000;

/** Creation code that stores in one slot until the gas is out, signed with a key that has no wei on L2. */
function heavyBatch(n: number): Uint8Array {
  const transaction = createTx(
    {
      type: 2,
      chainId: 777n,
      nonce: 0n,
      gasLimit: BATCH_GAS,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      data: hexToBytes("0x5b5a5f555f56"),
    },
    { common: nativeCommon(777n) },
  )
    .sign(new Uint8Array(32).fill(0x20 + n))
    .serialize();
  const block = { timestamp: 1n, gasLimit: BATCH_GAS, baseFee: 0n, blobBaseFee: 1n, coinbase: 0n, prevRandao: 0n };
  return encodeBatch([{ ...block, transactions: [transaction] }]);
}

const flood: Attack = {
  name: "flood-of-heavy-batches",
  about:
    "batches whose gas on L2 costs nothing take longer to execute than a clock lasts, and a false output is proposed behind them",
  closedBy: "flood",
  play: async (field) => {
    const [attacker] = field.attackers;
    for (let i = 0; i < BATCHES; i++) await append(field, heavyBatch(i));
    await checkpoint(field, attacker);
    await startWatch(field, "--settle-all");
    const span = { first: 0n, end: BigInt(BATCHES), previous: await truthAt(field, 0) } as const;
    const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
    if (!game) throw new Error("the false proposal was refused");
    const settle = attackerSettles(field, game, span);
    for (let clock = 0; clock < 12; clock++) {
      await new Promise((resolve) => setTimeout(resolve, SHORT_CLOCK));
      await passClocks(field);
      await settle();
      const output = await finalOutput(field, BATCHES);
      if (output !== undefined) return output === FALSE_OUTPUT ? "lie" : "truth";
    }
    return "lie";
  },
};

export const L1_ATTACKS: readonly Attack[] = [exchangedBatch, repricing, lyingEndpoints, flood];

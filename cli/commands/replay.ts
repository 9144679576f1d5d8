import { type Hex, toHex } from "@elench/bytes/hex";
import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { firstDisagreement } from "@elench/challenger/strategy/disagreement";
import { createAgent } from "@elench/challenger/watch/agent";
import { splitTensors } from "@elench/challenger/watch/inference-trace-provider";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import { EXIT, UserError } from "@elench/errors/user-error";
import { sessionModels } from "@elench/evm/inference/models";
import { readWhole } from "@elench/files/files";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { loadModel } from "@elench/tensor/load";
import { Command } from "commander";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { withL1 } from "../input/l1-options.ts";
import { backendOf, namingFile, readInputs } from "../input/model-file.ts";
import {
  collect,
  type EngineName,
  engineOption,
  jsonOption,
  naturalNumber,
  option,
  threadsOption,
} from "../input/options.ts";
import { type BatchReplayOptions, replayBatch } from "../replay/batch.ts";
import { traceBatchFiles } from "../replay/batch-trace.ts";
import { showClaims } from "../replay/claims.ts";
import { compareClaim, compareRuns } from "../replay/compare-runs.ts";
import { checkRange, replayInference } from "../replay/inference.ts";
import { journal } from "../report/journal.ts";
import { findGame } from "./dispute.ts";

interface ReplayOptions extends ConnectOptions, BatchReplayOptions, DimensionOptions {
  readonly input?: readonly string[];
  readonly dispute?: string;
  readonly batch?: readonly string[];
  readonly genesis?: string;
  readonly store: string;
  readonly engine: EngineName;
  readonly threads: number;
  readonly claims?: boolean;
  readonly against?: Exclude<EngineName, "auto">;
  readonly claimed?: string;
}

export function replayCommand(): Command {
  const command = withDimensions(new Command("replay"))
    .description("show the steps of an inference or of an L2 transaction; interactive on a terminal")
    .argument("[file]", "ONNX model; or give --batch or --dispute")
    .addOption(option("--input <name=file>", "an input: .npy, .pb, .json or .bin; can be repeated").argParser(collect))
    .addOption(
      option("--dispute <game>", "replay the inference or the batch of a game on L1: the game's id, or a prefix of it"),
    )
    .addOption(
      option(
        "--batch <file>",
        "replay a batch of L2 blocks, binary or hexadecimal; repeat it for all earlier batches of the chain, in order, the replayed one last",
      ).argParser(collect),
    )
    .addOption(option("--genesis <file>", "genesis file of the batch's chain"))
    .addOption(
      option("--transaction <n>", "one transaction of the batch: steps are counted from its first").argParser(
        naturalNumber,
      ),
    )
    .addOption(option("--opcode <name>", "only steps of this opcode or phase; can be repeated").argParser(collect))
    .addOption(option("--list", "one line for each step of the transaction, or of the selected ones"))
    .addOption(
      option(
        "--descend [step]",
        "replay the inference that the step asks for: one step of it, or a range such as 12-20",
      ),
    )
    .addOption(
      option("--store <folder>", "folder of the stored models, for --dispute and --batch").default(defaultStore()),
    )
    .addOption(option("--step <n>", "one step; steps are counted from 0").argParser(naturalNumber))
    .addOption(option("--from <n>", "first step of a range").argParser(naturalNumber))
    .addOption(option("--to <n>", "last step of a range").argParser(naturalNumber))
    .addOption(
      option("--claims", "with --dispute: the states that each side claims, side by side, and where they differ"),
    )
    .addOption(
      option("--against <engine>", "also run another engine, and show the first element that differs").choices([
        "native",
        "wasm",
        "interpreter",
      ]),
    )
    .addOption(
      option(
        "--claimed <name=file>",
        "compare a claimed output with the computed one: show the first element that differs, and the step that writes it",
      ),
    )
    .addOption(
      option("--eip3155", "with --transaction: print its EIP-3155 trace, one JSON object a line, the summary last"),
    )
    .addOption(option("--export <file>", "write the step to a file that elench verify-step can check without a chain"))
    .addOption(
      option(
        "--verify",
        "also execute the steps in the Solidity verifier, in this process (exit code 1: they disagree)",
      ),
    )
    .addOption(engineOption())
    .addOption(threadsOption());
  return withL1(command)
    .addOption(jsonOption())
    .action(async (file: string | undefined, options: ReplayOptions) => {
      const given = [file, options.dispute, options.batch].filter((what) => what !== undefined);
      if (given.length !== 1)
        throw new UserError(
          "nothing to replay, or more than one thing: give an ONNX file, --dispute GAME, or --batch FILE",
        );
      checkRange(options);
      checkPurpose(options);
      if (options.batch) await ofBatch(options, options.batch);
      else if (options.dispute !== undefined) await ofDispute(options, options.dispute);
      else await ofFile(options, file as string);
    });
}

/** Flags that print something other than steps. */
const PURPOSES = ["claims", "against", "claimed", "eip3155", "export"] as const;

/** @throws UserError for flags that contradict each other or do not apply. */
function checkPurpose(options: ReplayOptions): void {
  const given = PURPOSES.filter((flag) => options[flag] !== undefined);
  if (given.length > 1) throw new UserError(`--${given.join(" and --")} exclude each other: give only one`);
  if (options.claims && options.dispute === undefined) throw new UserError("--claims needs --dispute");
  const ofFile = options.batch === undefined && options.dispute === undefined;
  for (const flag of ["against", "claimed"] as const)
    if (options[flag] !== undefined && !ofFile)
      throw new UserError(`--${flag} applies to an inference: give the model and its inputs`);
}

/** @throws UserError for a flag that applies only to batches. */
function refuseForInference(options: ReplayOptions): void {
  for (const flag of ["transaction", "opcode", "list", "descend", "eip3155"] as const)
    if (options[flag] !== undefined) throw new UserError(`--${flag} applies to a batch, but this is an inference`);
}

/** @throws UserError for flags of model files if the models come from the store. */
function refuseDimensions({ dim, shape }: ReplayOptions): void {
  if (dim || shape)
    throw new UserError("--dim and --shape apply to a model file: the store keeps the dimensions of its models");
}

async function ofBatch(options: ReplayOptions, files: readonly string[]): Promise<void> {
  if (options.genesis === undefined) throw new UserError("--batch needs the chain's genesis file: give --genesis FILE");
  refuseDimensions(options);
  if (options.input) throw new UserError("--input applies to a model: the batch contains its own inputs");
  const backend = backendOf(options.engine, options.threads);
  const store = new ModelStore(options.store, backend);
  const load = (modelId: Uint8Array) => {
    const id = toHex(modelId);
    return store.has(id) ? store.load(id).model : undefined;
  };
  const traced = await traceBatchFiles(options.genesis, files, sessionModels(load, backend));
  await replayBatch({ ...traced, store, backend, options });
}

async function ofFile(options: ReplayOptions, file: string): Promise<void> {
  if (options.genesis !== undefined)
    throw new UserError("--genesis applies to a batch: give --batch instead of a model");
  refuseForInference(options);
  const backend = backendOf(options.engine, options.threads);
  const onnx = readWhole(file);
  const { model, commitment } = namingFile(file, () => loadModel(onnx, backend, dimensionsOf(options)));
  const inputs = readInputs(model, options.input ?? []);
  const trace = new InferenceTrace(model, commitment, backend, inputs);
  if (options.against) {
    const other = backendOf(options.against, options.threads);
    const theirs = new InferenceTrace(model, commitment, other, inputs);
    await compareRuns(trace, theirs, `${other.name}, beside ${backend.name}`, options.json);
    return;
  }
  if (options.claimed !== undefined) {
    await compareClaim(trace, model, options.claimed, options.json);
    return;
  }
  await replayInference({ trace, dispute: null, options });
}

async function ofDispute(options: ReplayOptions, id: string): Promise<void> {
  if (options.genesis !== undefined)
    throw new UserError("--genesis applies to --batch: for a dispute, the deployment record names the genesis file");
  refuseDimensions(options);
  const connection = await connectTo(options);
  const backend = backendOf(options.engine, options.threads);
  const store = new ModelStore(options.store, backend);
  const { watchtower, truth, chain, batches, requests } = await createAgent({
    ...connection,
    store,
    backend,
    account: undefined,
    quorum: connection.clients.length,
    bumpAfter: 0,
    maxFeePerGas: 0n,
    report: journal(false).report,
  });
  await watchtower.look();
  const game = findGame(watchtower.forest, id);
  if (options.claims) {
    await showClaims(game, truth, options.json);
    return;
  }
  const { machine, context, start, level } = game.proposal;
  const unknown = await truth.unknown({ machine, context, start, level });
  if (unknown !== null) throw new UserError(`game ${game.id} cannot be replayed: ${unknown}`, EXIT.environment);
  const disputeOf = async (of?: Hex) => ({ game: game.id, disagreement: await firstDisagreement(game, truth, of) });
  const dispute = await disputeOf();
  if (chain && machine.toLowerCase() === connection.deployment.rollup?.evmVerifier.toLowerCase()) {
    const batch = batches.appended.findIndex((_, i) => chain.runOf(i).context === context);
    const disputeIn = (asked: InferenceTrace) => disputeOf(toHex(asked.context));
    const [trace, native] = [chain.trace(batch), chain.native(batch)];
    await replayBatch({ trace, native, store, backend, options, dispute, disputeIn });
    return;
  }
  refuseForInference(options);
  const asked = requests.inferenceOf(context);
  if (!asked) throw new UserError(`game ${game.id} does not belong to a request of the oracle`);
  const { model, commitment } = store.load(asked.modelId);
  const trace = new InferenceTrace(model, commitment, backend, splitTensors(asked.input, model.program.inputs));
  await replayInference({ trace, dispute, options });
}

import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { InferenceTrace } from "../../../prover/inference-trace.ts";
import { hardhatArtifacts, SolidityVerifier } from "../../../prover/verifier.ts";
import { createAgent } from "../../agent.ts";
import { firstDisagreement } from "../../disagreement.ts";
import { EXIT, UserError } from "../../errors.ts";
import { splitTensors } from "../../inference-truth.ts";
import { type ConnectOptions, connectTo } from "../../l1/connect.ts";
import { defaultStore, loadModel, ModelStore } from "../../store.ts";
import { withL1 } from "../l1-options.ts";
import { backendOf, readInput, readInputs } from "../model-file.ts";
import { collect, engineOption, jsonOption, naturalNumber, option, threadsOption } from "../options.ts";
import { print } from "../output.ts";
import { replaySession } from "../replay-session.ts";
import { drawStep, replayStep } from "../replay-view.ts";
import { findGame } from "./dispute.ts";

interface ReplayOptions extends ConnectOptions {
  readonly input?: readonly string[];
  readonly dispute?: string;
  readonly store: string;
  readonly step?: bigint;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly verify?: boolean;
  readonly engine: "native" | "wasm" | "interpreter";
  readonly threads: number;
  readonly json?: boolean;
}

const ARTIFACTS = fileURLToPath(new URL("../../../artifacts/contracts", import.meta.url));

/** Steps that are printed at once, unless somebody asks for fewer. */
const MAX_STEPS = 100_000n;

export function replayCommand(): Command {
  const command = new Command("replay")
    .description("what happens at a step of an inference, in words and bits; on a terminal, walk through it")
    .argument("[file]", "ONNX model; or replay a dispute by its id")
    .addOption(
      option("--input <name=file>", "an input: .npy, .pb, .json or .bin; repeat for others").argParser(collect),
    )
    .addOption(
      option("--dispute <game>", "replay the inference that a game on L1 is about: its id, or the start of it"),
    )
    .addOption(option("--store <folder>", "where models are kept, for --dispute").default(defaultStore()))
    .addOption(option("--step <n>", "one step; steps count from 0").argParser(naturalNumber))
    .addOption(option("--from <n>", "the first of several steps").argParser(naturalNumber))
    .addOption(option("--to <n>", "the last of several steps").argParser(naturalNumber))
    .addOption(
      option(
        "--verify",
        "execute the same steps in the Solidity verifier, in this process (exit code 1: they disagree)",
      ),
    )
    .addOption(engineOption().choices(["native", "wasm", "interpreter"]))
    .addOption(threadsOption());
  return withL1(command)
    .addOption(jsonOption())
    .action(async (file: string | undefined, options: ReplayOptions) => {
      if ((file === undefined) === (options.dispute === undefined))
        throw new UserError("give either an ONNX file, or --dispute and a game's id");
      const { trace, disagreement } =
        file === undefined ? await ofDispute(options) : { trace: ofFile(file, options), disagreement: null };
      const [from, to] = range(options, trace.steps, disagreement);
      const verifier = options.verify ? await openVerifier() : null;
      const isNamed = options.step !== undefined || options.from !== undefined || options.to !== undefined;
      if (process.stdin.isTTY && process.stdout.isTTY && !options.json && !isNamed) {
        await replaySession({ trace, start: from, disagreement, verifier });
        return;
      }
      for (let step = from; step <= to; step++) {
        const replayed = await replayStep(trace, step, verifier);
        print(options.json, replayed, () => drawStep(replayed, trace.steps));
        if (replayed.agrees === false) process.exitCode = EXIT.negative;
      }
    });
}

function ofFile(file: string, options: ReplayOptions): InferenceTrace {
  const backend = backendOf(options.engine, options.threads);
  const { model, commitment } = loadModel(readInput(file), backend);
  return new InferenceTrace(model, commitment, backend, readInputs(model, options.input ?? []));
}

async function ofDispute(options: ReplayOptions): Promise<{ trace: InferenceTrace; disagreement: bigint | null }> {
  const connection = await connectTo(options);
  const backend = backendOf(options.engine, options.threads);
  const store = new ModelStore(options.store, backend);
  const agent = await createAgent({
    ...connection,
    store,
    backend,
    account: undefined,
    quorum: connection.clients.length,
    bumpAfter: 0,
    maxFeePerGas: 0n,
    report: () => undefined,
  });
  await agent.watchtower.look();
  const game = findGame(agent.watchtower.forest, options.dispute as string);
  const { machine, context, start, level } = game.proposal;
  const unknown = agent.truth.unknown({ machine, context, start, level });
  if (unknown !== null) throw new UserError(`game ${game.id} cannot be replayed: ${unknown}`, EXIT.environment);
  const asked = agent.requests.byContext.get(context);
  if (!asked) throw new UserError(`game ${game.id} belongs to no request of the oracle`);
  const { model, commitment } = store.load(asked.request.modelId);
  const trace = new InferenceTrace(model, commitment, backend, splitTensors(asked.input, model.program.inputs));
  return { trace, disagreement: await firstDisagreement(game, agent.truth) };
}

/** The first and the last step to show. */
function range({ step, from, to }: ReplayOptions, steps: bigint, disagreement: bigint | null): [bigint, bigint] {
  if (step !== undefined && (from !== undefined || to !== undefined))
    throw new UserError("--step names one step, --from and --to several: give one or the other");
  const first = step ?? from ?? (to === undefined ? (disagreement ?? 0n) : 0n);
  const last = step ?? to ?? (from === undefined ? first : steps);
  if (first > steps || last > steps)
    throw new UserError(
      `the inference has ${steps} steps, from 0 to ${steps - 1n}; there is no step ${last > steps ? last : first}`,
    );
  if (last < first) throw new UserError(`--to ${last} is before --from ${first}`);
  if (last - first >= MAX_STEPS)
    throw new UserError(
      `${last - first + 1n} steps are more than anyone reads: give --from and --to at most ${MAX_STEPS} steps apart`,
    );
  return [first, last];
}

async function openVerifier(): Promise<SolidityVerifier> {
  try {
    return await SolidityVerifier.deploy(hardhatArtifacts(ARTIFACTS));
  } catch (error) {
    throw new UserError(`--verify needs the compiled contracts: ${(error as Error).message}`, EXIT.environment, {
      cause: error,
    });
  }
}

import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import type { Deployment } from "@elench/deploy/deployment";
import { InternalError } from "@elench/errors/internal-error";
import type { Trace } from "@elench/prover/trace";
import type { Backend } from "@elench/tensor/engine/backend";
import { listRoot, startState } from "@elench/tensor/program/commitment";
import { dtypeSpec } from "@elench/tensor/program/dtype";
import { elementCount, type TensorType } from "@elench/tensor/program/program";
import type { Run } from "../strategy/trace-provider.ts";
import type { InferenceExecutor } from "./inference-executor.ts";
import type { ModelStore } from "./store.ts";
import type { MachineTraceProvider } from "./trace-providers.ts";

/** An inference that a contract on L1 or a step of another machine asks for. */
export interface Inference {
  readonly modelId: Hex;
  readonly inputRoot: Hex;
  /** The inputs' bytes, joined. */
  readonly input: Uint8Array;
}

export interface InferenceTraceProviderOptions {
  readonly deployment: Pick<Deployment, "tensorVerifier">;
  /** Finds the inference with a context; undefined if none was requested. */
  readonly inferenceOf: (context: Hex) => Inference | undefined;
  readonly store: ModelStore;
  readonly backend: Backend;
  readonly executor: InferenceExecutor;
}

/** The result of an inference. */
interface Result {
  readonly root: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Number of disputed inferences whose traces are kept; each holds the results of one native run. */
const KEPT_TRACES = 4;

/**
 * The true executions of the inferences that were requested. An answer is checked by one native run, which neither traces nor hashes
 * more than its output; a trace is made only if the answer is disputed.
 */
export class InferenceTraceProvider implements MachineTraceProvider {
  readonly #options: InferenceTraceProviderOptions;
  readonly #results = new Map<Hex, Result>();
  readonly #traces = new Map<Hex, Trace>();

  constructor(options: InferenceTraceProviderOptions) {
    this.#options = options;
  }

  async unknown(run: Run): Promise<string | null> {
    const { deployment, inferenceOf, store } = this.#options;
    if (run.machine.toLowerCase() !== deployment.tensorVerifier.toLowerCase())
      return `machine ${run.machine} is not the deployment's tensor verifier`;
    const missing = this.missing(run.context);
    if (missing !== null) return missing;
    const asked = inferenceOf(run.context) as Inference;
    const loaded = store.load(asked.modelId);
    const start = toHex(startState(loaded.commitment, toBytes(asked.inputRoot)));
    if (run.start !== start) return `the game starts from ${run.start}, but the inference starts from ${start}`;
    if (run.level !== loaded.level) return `the game has level ${run.level}, but the model has level ${loaded.level}`;
    return null;
  }

  /** Why the inference with this context cannot be executed here; null if it can be. */
  missing(context: Hex): string | null {
    const { inferenceOf, store } = this.#options;
    const asked = inferenceOf(context);
    if (!asked) return `no request on L1 has the context ${context}`;
    if (store.has(asked.modelId)) return null;
    return `model ${asked.modelId} is not in ${store.folder}; add its ONNX file with elench model add`;
  }

  async output(run: Run): Promise<Uint8Array> {
    return this.#result(run).root;
  }

  /** The outputs' bytes, joined. */
  async outputBytes(run: Run): Promise<Uint8Array> {
    return this.#result(run).bytes;
  }

  stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]> {
    return this.#trace(run).stateHashes(steps);
  }

  /** The tensor machine asks no other. */
  async asked(): Promise<undefined> {
    return undefined;
  }

  witness(run: Run, step: bigint): Promise<Uint8Array> {
    return this.#trace(run).witness(step);
  }

  #asked(run: Run): Inference {
    const asked = this.#options.inferenceOf(run.context);
    if (!asked) throw new InternalError(`unknown context ${run.context}`);
    return asked;
  }

  #result(run: Run): Result {
    const known = this.#results.get(run.context);
    if (known) return known;
    const { backend } = this.#options;
    const outputs = this.#infer(run);
    const result = {
      root: listRoot(outputs.map((output) => backend.dataRoot(output))),
      bytes: new Uint8Array(Buffer.concat(outputs)),
    };
    this.#results.set(run.context, result);
    return result;
  }

  #infer(run: Run): readonly Uint8Array[] {
    const { store, executor } = this.#options;
    const asked = this.#asked(run);
    const loaded = store.load(asked.modelId);
    const inputs = splitTensors(asked.input, loaded.model.program.inputs);
    return executor.run(loaded, inputs);
  }

  #trace(run: Run): Trace {
    const { store, executor } = this.#options;
    const known = this.#traces.get(run.context);
    if (known) return known;
    const asked = this.#asked(run);
    const loaded = store.load(asked.modelId);
    const made = executor.trace(loaded, splitTensors(asked.input, loaded.model.program.inputs));
    const oldest = this.#traces.keys().next().value;
    if (oldest !== undefined && this.#traces.size >= KEPT_TRACES) this.#traces.delete(oldest);
    this.#traces.set(run.context, made);
    return made;
  }
}

export const tensorBytes = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;

/** Cuts joined tensors apart. @throws InternalError if the bytes are not exactly as many as the types take. */
export function splitTensors(joined: Uint8Array, types: readonly TensorType[]): Uint8Array[] {
  const total = types.reduce((n, type) => n + tensorBytes(type), 0);
  if (joined.length !== total)
    throw new InternalError(`${joined.length} bytes were given, but the tensors have ${total}`);
  let at = 0;
  return types.map((type) => {
    const start = at;
    at += tensorBytes(type);
    return joined.slice(start, at);
  });
}

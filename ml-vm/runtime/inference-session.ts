import { type Hex, toHex } from "@elench/bytes/hex";
import { type Backend, type BackendOptions, openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import type { Dimensions } from "../onnx/graph/dimensions.ts";
import { listRoot } from "../program/commitment.ts";
import type { TensorType } from "../program/program.ts";
import { type LoadedModel, loadModel } from "./load.ts";
import { modelBytes } from "./model-bytes.ts";
import { dtypeOf, elementTypeOf, Tensor, type TensorElementType, tensorBytes, tensorOfBytes } from "./tensor.ts";

/** `engine` and `threads` change the speed, never a bit of the result; `dims` and `shapes` become part of the model. */
export interface SessionOptions extends BackendOptions, Dimensions {}

/** An input or an output of a model. */
export interface ValueMetadata {
  readonly name: string;
  readonly type: TensorElementType;
  readonly shape: readonly number[];
}

export type TensorsByName = Readonly<Record<string, Tensor>>;

/**
 * A model that is ready to run, with onnxruntime's interface. Every run gives the same bits for the same inputs, on every machine, with every
 * engine, and the dispute game proves these bits.
 *
 * @example
 * const session = await InferenceSession.create("digits.onnx");
 * const { scores } = await session.run({ image: new Tensor("float32", pixels, [1, 1, 28, 28]) });
 */
export class InferenceSession {
  /** The commitment to the program, the weights and the types. Contracts call the model by it. */
  readonly modelId: Hex;
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  readonly #backend: Backend;
  readonly #session: Session;

  private constructor({ id, model }: LoadedModel, backend: Backend) {
    const { program, inputNames, outputNames } = model;
    this.modelId = id;
    this.inputMetadata = metadata(inputNames, program.inputs);
    this.outputMetadata = metadata(outputNames, program.tensors);
    this.#backend = backend;
    this.#session = new Session(model, backend);
  }

  /**
   * Imports an ONNX model.
   * @param model the file's bytes, or its location: a path in Node, a URL in a browser
   * @throws ModelError that names the node and what is wrong, for a model that is damaged or not supported
   * @throws EngineError if the requested engine is not available
   */
  static async create(
    model: string | Uint8Array | ArrayBuffer,
    options: SessionOptions = {},
  ): Promise<InferenceSession> {
    const bytes =
      typeof model === "string"
        ? await modelBytes(model)
        : model instanceof ArrayBuffer
          ? new Uint8Array(model)
          : model;
    if (!(bytes instanceof Uint8Array))
      throw new TypeError("InferenceSession.create: give the model as a path or URL, a Uint8Array or an ArrayBuffer");
    const backend = openBackend(options);
    return new InferenceSession(loadModel(bytes, backend, options), backend);
  }

  get inputNames(): readonly string[] {
    return this.inputMetadata.map(({ name }) => name);
  }

  get outputNames(): readonly string[] {
    return this.outputMetadata.map(({ name }) => name);
  }

  /** "native-avx512", "native-avx2", "native-portable", "wasm-relaxed", "wasm-exact" or "interpreter": all give the same bits. */
  get engine(): string {
    return this.#backend.name;
  }

  /**
   * Runs the model. Computes the outputs without hashing.
   * @param feeds every input by its name
   * @throws TypeError naming the input that is missing, unknown, or has another type or shape than the model's
   */
  async run(feeds: TensorsByName): Promise<Record<string, Tensor>> {
    const inputs = bytesOf("input", this.inputMetadata, feeds);
    const outputs = this.#session.run(inputs);
    return Object.fromEntries(
      this.outputMetadata.map(({ name, type, shape }, i) => [
        name,
        tensorOfBytes(type, outputs[i] as Uint8Array, shape),
      ]),
    );
  }

  /**
   * The commitment to a run's outputs. A provider posts it to L1 with a bond; a dispute is about it.
   * @param outputs every output by its name, as `run` gives them
   * @throws TypeError naming the output that is missing, unknown, or has another type or shape than the model's
   */
  outputRoot(outputs: TensorsByName): Hex {
    const roots = bytesOf("output", this.outputMetadata, outputs).map((bytes) => this.#backend.dataRoot(bytes));
    return toHex(listRoot(roots));
  }
}

const metadata = (names: readonly string[], types: readonly TensorType[]): ValueMetadata[] =>
  names.map((name, i) => {
    const { dtype, shape } = types[i] as TensorType;
    return { name, type: elementTypeOf(dtype), shape };
  });

/** The tensors' bytes in the model's order. @throws TypeError unless they are the model's inputs (outputs) */
function bytesOf(kind: "input" | "output", wanted: readonly ValueMetadata[], tensors: TensorsByName): Uint8Array[] {
  const names = wanted.map(({ name }) => name);
  for (const name of Object.keys(tensors))
    if (!names.includes(name)) throw new TypeError(`the model has no ${kind} "${name}"; it has ${names.join(", ")}`);
  return wanted.map(({ name, type, shape }) => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!(tensor instanceof Tensor))
      throw new TypeError(`${kind} "${name}" is missing: give a Tensor, ${type}[${shape.join(", ")}]`);
    if (dtypeOf(tensor.type) !== dtypeOf(type) || `${tensor.dims}` !== `${shape}`)
      throw new TypeError(
        `${kind} "${name}" is ${tensor.type}[${tensor.dims.join(", ")}]; the model takes ${type}[${shape.join(", ")}]`,
      );
    return tensorBytes(tensor);
  });
}

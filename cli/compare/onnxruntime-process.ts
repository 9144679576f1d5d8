/** Runs models in onnxruntime for `onnxruntime.ts`, in a separate process because onnxruntime can crash. Its argument is a file beside the node_modules folder with onnxruntime-node. */
import { createRequire } from "node:module";
import type { DType } from "@elench/tensor/program/dtype";
import type { PeerAnswer, PeerQuestion, Tensor } from "./onnxruntime.ts";

/** The part of onnxruntime-node's API that is used. */
interface Runtime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      readonly outputNames: readonly string[];
      run(feeds: Record<string, object>): Promise<Record<string, RuntimeTensor>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: string, data: unknown, shape: readonly number[]) => object;
}

interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<unknown>;
}

type Elements = new (buffer: ArrayBufferLike) => ArrayBufferView;

/** onnxruntime-node's names of element types, and their typed arrays. */
const TYPES: readonly (readonly [DType, string, Elements])[] = [
  ["f32", "float32", Float32Array],
  ["f64", "float64", Float64Array],
  ["f16", "float16", Uint16Array],
  ["i8", "int8", Int8Array],
  ["u8", "uint8", Uint8Array],
  ["i16", "int16", Int16Array],
  ["u16", "uint16", Uint16Array],
  ["i32", "int32", Int32Array],
  ["u32", "uint32", Uint32Array],
  ["i64", "int64", BigInt64Array],
  ["u64", "uint64", BigUint64Array],
  ["bool", "bool", Uint8Array],
];

// If Float16Array exists, onnxruntime-node refuses float16 inputs ("not enough space"); without it, it takes their bits.
Reflect.deleteProperty(globalThis, "Float16Array");
const runtime = createRequire(process.argv[2] as string)("onnxruntime-node") as Runtime;

/** No graph optimisation, and one thread, so that the order of sums is fixed. */
const OPTIONS = {
  graphOptimizationLevel: "disabled",
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
};

function toRuntime({ dtype, shape, data }: Tensor): object {
  const type = TYPES.find(([name]) => name === dtype);
  if (!type) throw new Error(`onnxruntime-node does not support inputs of type ${dtype}`);
  return new runtime.Tensor(type[1], new type[2](data.slice().buffer), shape);
}

function fromRuntime({ type, dims, data }: RuntimeTensor): Tensor {
  const dtype = TYPES.find(([, name]) => name === type)?.[0];
  if (!dtype) throw new Error(`onnxruntime-node returned an output of unsupported type ${type}`);
  const { buffer, byteOffset, byteLength } = data as unknown as Uint8Array;
  return { dtype, shape: [...dims], data: new Uint8Array(buffer, byteOffset, byteLength).slice() };
}

async function answer({ model, feeds }: PeerQuestion): Promise<PeerAnswer> {
  try {
    const session = await runtime.InferenceSession.create(model, OPTIONS);
    const given = Object.fromEntries(feeds.map(({ name, value }) => [name, toRuntime(value)]));
    const results = await session.run(given);
    const outputs = session.outputNames.map((name) => fromRuntime(results[name] as RuntimeTensor));
    await session.release();
    return { outputs };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

process.on("message", async (question: PeerQuestion) => process.send?.(await answer(question)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

import type { Backend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Peer } from "../../../cli/compare/onnxruntime.ts";
import { ModelError } from "../../../ml-vm/onnx/graph/error.ts";
import { difference } from "./compare.ts";
import { departureOf } from "./departures.ts";
import { modelFile } from "./graph.ts";
import type { FuzzCase } from "./seed.ts";
import type { Tensor } from "./tensor.ts";

/** What came of a graph. */
export type Outcome =
  /** Both run it and give the same (`ran`), or both refuse a graph that is broken. */
  | { readonly kind: "agreed"; readonly ran: boolean }
  /** The results differ, or an invalid graph was taken. */
  | { readonly kind: "wrong"; readonly why: string }
  /** onnxruntime runs it, we refuse it and name the reason. */
  | { readonly kind: "refused"; readonly why: string }
  /** onnxruntime does not run a valid graph, or not as the specification says. */
  | { readonly kind: "notComparable"; readonly why: string };

interface Executors {
  readonly peer: Peer;
  readonly backend: Backend;
  /** Has to give the first one's bits. */
  readonly second?: Backend;
}

type Own = { readonly outputs: readonly Tensor[] } | { readonly refusal: string } | { readonly defect: string };

/** What onnxruntime says where a graph may well be valid. */
const NOT_DONE = new RegExp(
  [
    ...[
      "not implemented",
      "not supported",
      "unsupported",
      "only support",
      "implementation",
      "find kernel",
      "kernel not found",
    ],
    // A cast that it puts in by itself, and does not understand in old operator sets.
    "InsertedPrecisionFreeCast",
    // LRN of three dimensions; a scale or zero point for each row; Pad where a dimension is 1, or with axes of int32; axes of a
    // Squeeze left out by an empty name; padding of a pool as wide as its kernel.
    ...["while running LRN node", "quantize_linear_matmul.cc", "matmul_integer.cc", "Pad reflect requires axis length"],
    ...["ParseData type mismatch", "tensor/squeeze.h", "Pad should be smaller than kernel"],
    // Operators that it takes apart into others of narrower types; scales of another type than the numbers.
    ...["in node \\(\\)", "core/framework/tensor"],
    // Indices that are known only when the model runs: here they are clamped.
    ...["out of data bounds", "invalid index found"],
    ...["crashed", "takes no input", "gives no output"],
  ].join("|"),
  "i",
);

/** What it says of an element type beyond the operator's list: taken here where the meaning is the same. */
const OTHER_TYPE = /^This is an invalid model\. Type Error: Type 'tensor\(\w+\)' of input parameter/;

/** Runs a graph here and in onnxruntime, and compares. */
export async function judge(fuzzCase: FuzzCase, { peer, backend, second }: Executors): Promise<Outcome> {
  const { graph, tolerances, changed } = fuzzCase;
  const model = modelFile(graph);
  const pending = peer.run({ model, feeds: graph.inputs });
  const own = runHere(fuzzCase, model, backend);
  const theirs = await pending;
  if ("defect" in own) return { kind: "wrong", why: own.defect };
  if (second && "outputs" in own) {
    const other = runHere(fuzzCase, model, second);
    if (!("outputs" in other) || other.outputs.some((t, i) => !sameBytes(t.data, (own.outputs[i] as Tensor).data)))
      return { kind: "wrong", why: `${second.name} does not give the bits of ${backend.name}` };
  }
  if ("refusal" in theirs) {
    if (!changed || NOT_DONE.test(theirs.refusal)) return notComparable(`onnxruntime refuses: ${theirs.refusal}`);
    if ("refusal" in own) return { kind: "agreed", ran: false };
    if (OTHER_TYPE.test(theirs.refusal)) return notComparable(`onnxruntime refuses: ${theirs.refusal}`);
    const before = await peer.run({ model: modelFile(changed.from), feeds: changed.from.inputs });
    if ("refusal" in before) return notComparable(`onnxruntime refuses, changed or not: ${before.refusal}`);
    return { kind: "wrong", why: `taken, though ${changed.what}; onnxruntime refuses: ${theirs.refusal}` };
  }
  if ("refusal" in own) {
    return changed
      ? notComparable(`onnxruntime takes it, though ${changed.what}; refused here: ${own.refusal}`)
      : { kind: "refused", why: own.refusal };
  }
  const different = differenceOf(theirs.outputs, own.outputs, tolerances);
  if (different === undefined) return { kind: "agreed", ran: true };
  const departure = departureOf(fuzzCase);
  if (departure) return notComparable(`onnxruntime departs: ${departure}`);
  return { kind: "wrong", why: changed ? `${different}, where ${changed.what}` : different };
}

const notComparable = (why: string): Outcome => ({ kind: "notComparable", why });

function differenceOf(
  wanted: readonly Tensor[],
  actual: readonly Tensor[],
  tolerances: FuzzCase["tolerances"],
): string | undefined {
  if (wanted.length !== actual.length) return `${actual.length} outputs, not ${wanted.length}`;
  return wanted
    .map((tensor, i) => difference(tensor, actual[i] as Tensor, tolerances[i] ?? tolerances[0]))
    .map((what, i) => what && `output ${i}: ${what}`)
    .find((what) => what !== "");
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Anything but a ModelError is a defect. */
function runHere({ graph }: FuzzCase, bytes: Uint8Array, backend: Backend): Own {
  try {
    const model = importOnnx(bytes);
    const inputs = model.inputNames.map(
      (name) => (graph.inputs.find((input) => input.name === name) as { value: Tensor }).value.data,
    );
    const results = new Session(model, backend).run(inputs);
    const outputs = results.map((data, i): Tensor => ({ ...(model.program.tensors[i] as Tensor), data }));
    return { outputs };
  } catch (error) {
    if (error instanceof ModelError) return { refusal: error.message };
    return { defect: `${(error as Error).stack}` };
  }
}

import type { Backend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { exposableValues, exposeValues } from "@elench/tensor/onnx/expose";
import type { Dimensions } from "@elench/tensor/onnx/graph/dimensions";
import { importOnnx, type NodeValue, valuesOf } from "@elench/tensor/onnx/import";
import { byteSize } from "@elench/tensor/program/check-types";
import type { Model } from "@elench/tensor/program/model";
import type { TensorType } from "@elench/tensor/program/program";
import { type Difference, differenceOf } from "./difference.ts";
import { PEER_TYPES, type Peer, type Tensor } from "./onnxruntime.ts";

/** The comparison of one value of a model. */
export interface ComparedValue extends NodeValue {
  /** Whether it is an output of the model. */
  readonly isOutput: boolean;
  readonly verdict: Verdict;
}

/** `mismatch`: onnxruntime gives another type or shape; `skipped`: the reason why the value was not compared. */
export type Verdict = Difference | { readonly mismatch: string } | { readonly skipped: string };

export interface Comparison {
  /** Values in the file's order. */
  readonly values: readonly ComparedValue[];
  /** Outputs of half types whose bits change if intermediate values become outputs, because the importer then does not fuse them (docs/importer.md, "Fusion"). */
  readonly changedByExposure: readonly string[];
}

/** The model and inputs to compare. */
export interface Comparable {
  readonly onnx: Uint8Array;
  readonly model: Model;
  readonly dimensions: Dimensions;
  /** Inputs in the model's order. */
  readonly inputs: readonly Uint8Array[];
}

/** Values are computed in groups, because both sides hold a whole group in memory, and a program has at most 256 outputs. */
const GROUP_BYTES = 2 ** 27;
const GROUP_VALUES = 256;

/**
 * Compares the output of every node with onnxruntime's. Each error includes the errors of all earlier nodes.
 * @throws ModelError
 */
export async function compareValues(comparable: Comparable, backend: Backend, peer: Peer): Promise<Comparison> {
  const { onnx, dimensions, model, inputs } = comparable;
  const known = new Set(exposableValues(onnx));
  const values = valuesOf(onnx, dimensions).filter(({ name }) => known.has(name));
  const isHeld = ({ dtype }: NodeValue): boolean => PEER_TYPES.has(dtype);
  const ours = new Map<string, Uint8Array>();
  const compared = new Map<string, Verdict>();
  for (const group of groupsOf(values.filter(isHeld))) {
    const theirs = await runPeer(comparable, group, peer);
    for (const [i, tensor] of runOurs(comparable, group, backend).entries()) {
      const { name } = group[i] as NodeValue;
      if (model.outputNames.includes(name)) ours.set(name, tensor.data);
      compared.set(name, "refusal" in theirs ? { skipped: theirs.refusal } : judge(tensor, theirs.outputs[i]));
    }
  }
  const whole = new Session(model, backend).run(inputs);
  return {
    values: values.map((value) => ({
      ...value,
      isOutput: model.outputNames.includes(value.name),
      verdict: compared.get(value.name) ?? { skipped: `onnxruntime-node does not return ${value.dtype}` },
    })),
    changedByExposure: model.outputNames.filter((name, i) => {
      const shown = ours.get(name);
      return shown !== undefined && !equal(shown, whole[i] as Uint8Array);
    }),
  };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function judge(ours: Tensor, theirs: Tensor | undefined): Verdict {
  if (!theirs) return { skipped: "onnxruntime does not return it" };
  const isSame = theirs.dtype === ours.dtype && `${theirs.shape}` === `${ours.shape}`;
  return isSame ? differenceOf(ours, theirs) : { mismatch: `onnxruntime gives ${theirs.dtype}[${theirs.shape}]` };
}

function groupsOf(values: readonly NodeValue[]): NodeValue[][] {
  const groups: NodeValue[][] = [];
  let bytes = 0;
  for (const value of values) {
    const size = byteSize(value);
    const group = groups.at(-1);
    if (!group || group.length === GROUP_VALUES || bytes + size > GROUP_BYTES) {
      groups.push([value]);
      bytes = size;
    } else {
      group.push(value);
      bytes += size;
    }
  }
  return groups;
}

function runOurs({ onnx, dimensions, inputs }: Comparable, group: readonly NodeValue[], backend: Backend): Tensor[] {
  const model = importOnnx(onnx, { ...dimensions, outputs: group.map(({ name }) => name) });
  const results = new Session(model, backend).run(inputs);
  return group.map(({ dtype, shape }, i) => ({ dtype, shape, data: results[i] as Uint8Array }));
}

function runPeer({ onnx, model, inputs }: Comparable, group: readonly NodeValue[], peer: Peer) {
  const exposed = exposeValues(
    onnx,
    group.map(({ name }) => name),
  );
  const feeds = model.inputNames.map((name, i) => {
    const { dtype, shape } = model.program.inputs[i] as TensorType;
    return { name, value: { dtype, shape, data: inputs[i] as Uint8Array } };
  });
  return peer.run({ model: exposed, feeds });
}

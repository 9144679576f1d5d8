import { toHex } from "@elench/bytes/hex";
import { ElenchError } from "@elench/errors/elench-error";
import type { Backend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import type { Model } from "@elench/tensor/program/model";

/** Runs models for the `inference` precompile. */
export interface Models {
  /**
   * @param input little-endian bytes of the model's one input tensor.
   * @returns those of its one output tensor.
   * @throws MissingModel if the node does not have the model.
   */
  infer(modelId: Uint8Array, input: Uint8Array): Uint8Array;
}

/** The chain's directory lists a model that this node does not have: it cannot follow the chain. */
export class MissingModel extends ElenchError {
  override readonly name = "MissingModel";
  override readonly kind = "environment";

  constructor(modelId: Uint8Array) {
    super(
      `the chain calls model ${toHex(modelId)}, which this node does not have; ` +
        "add its ONNX file to the node's models, and execute the block again",
    );
  }
}

/** The chain's directory lists a model that no contract can call. */
export class UncallableModel extends ElenchError {
  override readonly name = "UncallableModel";
  override readonly kind = "input";
}

/**
 * Models run by the native engine. A session is created at a model's first use and kept.
 * @param load returns the model of an id, undefined if the node does not have it.
 */
export function sessionModels(load: (modelId: Uint8Array) => Model | undefined, backend: Backend): Models {
  const sessions = new Map<string, Session>();
  const open = (modelId: Uint8Array): Session => {
    const model = load(modelId);
    if (!model) throw new MissingModel(modelId);
    const { inputs, outputs } = model.program;
    if (inputs.length !== 1 || outputs !== 1)
      throw new UncallableModel(
        `model ${toHex(modelId)} has ${inputs.length} inputs and ${outputs} outputs; a contract can only call a model with one input and one output`,
      );
    return new Session(model, backend);
  };
  return {
    infer: (modelId, input) => {
      const key = toHex(modelId);
      const session = sessions.get(key) ?? open(modelId);
      sessions.set(key, session);
      return session.run([input])[0] as Uint8Array;
    },
  };
}

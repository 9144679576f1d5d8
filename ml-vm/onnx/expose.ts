import { ModelError } from "./graph/error.ts";
import { type ModelProto, onnx } from "./graph/proto.ts";

/** Names of the values computed by the graph's own nodes. Values inside local functions have no names in other runtimes. */
export const exposableValues = (bytes: Uint8Array): string[] => valuesMade(onnx.ModelProto.decode(bytes));

const valuesMade = ({ graph }: ModelProto): string[] =>
  (graph?.node ?? []).flatMap(({ output }) => output ?? []).filter((name) => name !== "");

/**
 * The same model with other outputs, because other runtimes only return outputs. An output that the file does not describe has only a name: its
 * type follows from the graph.
 * @throws ModelError if no node computes one of them
 */
export function exposeValues(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const { graph } = model;
  const made = new Set(valuesMade(model));
  const unknown = names.find((name) => !made.has(name));
  if (!graph || unknown !== undefined) throw new ModelError(`no node computes a value "${unknown}"`);
  const known = new Map((graph.output ?? []).map((info) => [info.name, info]));
  graph.output = names.map((name) => known.get(name) ?? { name });
  return onnx.ModelProto.encode(model).finish();
}

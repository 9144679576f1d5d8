import { ModelError } from "./graph/error.ts";
import { type ModelProto, onnx } from "./graph/proto.ts";

/** Names of the values that the nodes of the graph itself make: those inside local functions have none that other runtimes know. */
export const exposableValues = (bytes: Uint8Array): string[] => valuesMade(onnx.ModelProto.decode(bytes));

const valuesMade = ({ graph }: ModelProto): string[] =>
  (graph?.node ?? []).flatMap(({ output }) => output ?? []).filter((name) => name !== "");

/**
 * The same model with other outputs, for runtimes that show nothing else of what they compute. An output that the file does not describe has a name alone: its
 * type follows from the graph.
 * @throws ModelError if no node makes one of them
 */
export function exposeValues(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const { graph } = model;
  const made = new Set(valuesMade(model));
  const unknown = names.find((name) => !made.has(name));
  if (!graph || unknown !== undefined) throw new ModelError(`no node makes a value "${unknown}"`);
  const known = new Map((graph.output ?? []).map((info) => [info.name, info]));
  graph.output = names.map((name) => known.get(name) ?? { name });
  return onnx.ModelProto.encode(model).finish();
}

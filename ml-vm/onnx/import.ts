import { OperandError } from "../functions/builder.ts";
import { checkProgram, ProgramError } from "../program/check.ts";
import type { Model } from "../program/model.ts";
import { elementCount, type TensorType } from "../program/program.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { type Dimensions, shapesOf } from "./graph/dimensions.ts";
import { ModelError, unsupported } from "./graph/error.ts";
import { type Graph, type GraphInput, type Node, parseGraph } from "./graph/graph.ts";
import { type Value, valueIn } from "./graph/tensor.ts";
import { assemble, type Named } from "./lowering/assemble.ts";
import { Call, type Operator } from "./lowering/call.ts";
import { Budget } from "./lowering/evaluate.ts";
import { Lowering, MOST_ELEMENTS } from "./lowering/lower.ts";
import { operatorFor, readsHalvesAsStored } from "./registry.ts";
import { checkSignature } from "./signatures.ts";

export interface ImportOptions extends Dimensions {
  /** Inputs that become constants of the program, by name. Inputs that determine shapes must be constants. */
  readonly constants?: ReadonlyMap<string, Value>;
  /** Names of the values that the program outputs instead of the graph's outputs, to inspect a model. */
  readonly outputs?: readonly string[];
}

/**
 * Compiles an ONNX file to a program of the tensor machine, by the rules of docs/importer.md: the same file (and options)
 * gives the same program, and so the same model id, everywhere.
 *
 * @throws ModelError naming the node and what is wrong: a damaged file, an operator or a type that is not supported,
 *   shapes that do not fit.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Model {
  const { graph, inputs, values, drafts } = lowerGraph(bytes, options);
  const outputs = (options.outputs ?? graph.outputs).map((name): Named => {
    const value = lookUp(values, name);
    if (!value) throw new ModelError(`output "${name}" is made by no node; the file is damaged`);
    return { name, value };
  });
  const model = assemble(inputs, outputs, drafts);
  checkWellFormed(model);
  return model;
}

/** A value inside a model, and the node that computes it. */
export interface NodeValue extends TensorType {
  readonly name: string;
  /** The node's name or, if it has none, its first output. */
  readonly node: string;
  readonly op: string;
}

/** The values that the nodes of a model compute, in the file's order, without unsupported outputs. @throws ModelError */
export function valuesOf(bytes: Uint8Array, options: ImportOptions = {}): NodeValue[] {
  const { graph, values } = lowerGraph(bytes, options);
  return graph.nodes.flatMap(({ name: node, op, outputs }) =>
    outputs.flatMap((name) => {
      const value = values.get(name);
      return value === undefined || value instanceof ModelError
        ? []
        : [{ name, node, op, dtype: value.dtype, shape: value.shape }];
    }),
  );
}

function lowerGraph(bytes: Uint8Array, options: ImportOptions) {
  const graph = parseGraph(bytes);
  const stored = [...graph.constants.values()].reduce((n, { storage }) => n + (storage.data?.length ?? 0), 0);
  const lowering = new Lowering(loadSoftfloat(), new Budget(stored));
  const { constants = new Map<string, Value>() } = options;
  const free = graph.inputs.filter((input) => !constants.has(input.name));
  const shapes = shapesOf(free, options);
  const inputs = free.map((input) => ({ name: input.name, value: inputValue(input, shapes) }));
  const values: Values = new Map([
    ...graph.constants,
    ...constants,
    ...inputs.map((i): [string, Value] => [i.name, i.value]),
  ]);
  for (const node of graph.nodes) lowerNode(node, graph, values, lowering);
  return { graph, inputs, values, drafts: lowering.drafts };
}

/** Refuses programs that L1 would not register. */
function checkWellFormed({ program }: Model): void {
  try {
    checkProgram(program);
  } catch (error) {
    if (error instanceof ProgramError)
      throw unsupported(`the model goes beyond the machine's limits: ${error.message}`);
    throw error;
  }
}

function inputValue({ name, dtype }: GraphInput, shapes: ReadonlyMap<string, readonly number[]>): Value {
  const shape = shapes.get(name) as readonly number[];
  if (elementCount(shape) > MOST_ELEMENTS)
    throw unsupported(`input "${name}" has the shape [${shape}]; at most ${MOST_ELEMENTS} elements are possible`);
  return valueIn({ kind: "input", dtype, shape, elements: elementCount(shape), data: null }, shape);
}

/** Values by name. An unsupported output is present as the error that its reader gets. */
type Values = Map<string, Value | ModelError>;

function lookUp(values: Values, name: string): Value | undefined {
  const value = values.get(name);
  if (value instanceof ModelError) throw value;
  return value;
}

/** Lowers a node and adds its outputs to `values`. */
function lowerNode(node: Node, graph: Graph, values: Values, lowering: Lowering): void {
  const place = { node: node.name, op: node.op };
  const operator = operatorFor(node.op, node.domain);
  if (!operator) {
    const of = node.domain ? ` of the operator set "${node.domain}"` : "";
    throw new ModelError(`this operator${of} is not supported`, { ...place, unsupported: true });
  }
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = lookUp(values, name);
    if (!value)
      throw new ModelError(
        `input "${name}" is made by no node before it and is no initializer; the file is damaged`,
        place,
      );
    return value;
  });
  const results = lowered(new Call(node, graph.opset, inputs, lowering), operator);
  for (const [i, name] of node.outputs.entries()) {
    if (name === "") continue;
    if (values.has(name)) throw new ModelError(`output "${name}" is already defined; names must be unique`, place);
    const missing = new ModelError(`output ${i} ("${name}") is not supported`, { ...place, unsupported: true });
    values.set(name, results[i] ?? missing);
  }
}

/** Lowers a node by its operator. @throws ModelError that names the node. */
function lowered(call: Call, operator: Operator): readonly Value[] {
  const { node, lower } = call;
  try {
    checkSignature(call);
    lower.exact = readsHalvesAsStored(node.op);
    const results = operator(call);
    return "storage" in results ? [results] : results;
  } catch (error) {
    const place = { node: node.name, op: node.op };
    if (error instanceof ModelError) throw new ModelError(error.what, { ...place, unsupported: error.unsupported });
    if (error instanceof OperandError)
      throw new ModelError(`elements of these types are not supported (${error.message})`, {
        ...place,
        unsupported: true,
      });
    throw error;
  }
}

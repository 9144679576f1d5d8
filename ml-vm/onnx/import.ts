import { checkProgram, ProgramError } from "../program/check.ts";
import type { Model } from "../program/model.ts";
import { elementCount } from "../program/program.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { assemble, type Named } from "./assemble.ts";
import { Call } from "./call.ts";
import { ModelError, unsupported } from "./error.ts";
import { type Graph, type GraphInput, type Node, parseGraph } from "./graph.ts";
import { Lowering } from "./lower.ts";
import { operatorFor } from "./registry.ts";
import { type Value, valueIn } from "./tensor.ts";

export interface ImportOptions {
  /** Sizes of symbolic dimensions by name; those that are not given are 1. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Inputs that are to be constants of the program, by name: what decides shapes must be known. */
  readonly constants?: ReadonlyMap<string, Value>;
}

/**
 * Makes a program of the tensor machine from an ONNX file, by the rules of docs/importer.md: the same file (and options)
 * gives the same program, and so the same model id, everywhere.
 *
 * @throws ModelError naming the node and what is wrong: a damaged file, an operator or a type that is not supported,
 *   shapes that do not fit.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Model {
  const graph = parseGraph(bytes);
  const lowering = new Lowering(loadSoftfloat());
  const { constants = new Map<string, Value>() } = options;
  const free = graph.inputs.filter((input) => !constants.has(input.name));
  const inputs = free.map((input) => ({ name: input.name, value: inputValue(input, options) }));
  const values = new Map([...graph.constants, ...constants, ...inputs.map((i): [string, Value] => [i.name, i.value])]);
  for (const node of graph.nodes) lowerNode(node, graph, values, lowering);
  const outputs = graph.outputs.map((name): Named => {
    const value = values.get(name);
    if (!value) throw new ModelError(`output "${name}" is made by no node; the file is damaged`);
    return { name, value };
  });
  const model = assemble(inputs, outputs, lowering.drafts);
  checkWellFormed(model);
  return model;
}

/** Programs that L1 would not register are refused here. */
function checkWellFormed({ program }: Model): void {
  try {
    checkProgram(program);
  } catch (error) {
    if (error instanceof ProgramError)
      throw unsupported(`the model goes beyond the machine's limits: ${error.message}`);
    throw error;
  }
}

function inputValue({ name, dtype, dims }: GraphInput, { dims: given = {} }: ImportOptions): Value {
  const shape = dims.map((d) => (typeof d === "number" ? d : ((d === null ? undefined : given[d]) ?? 1)));
  const bad = shape.find((n) => !Number.isInteger(n) || n < 1 || n >= 2 ** 31);
  if (bad === 0)
    throw unsupported(`input "${name}" has the shape [${shape}]; tensors without elements are not supported`);
  if (bad !== undefined)
    throw new ModelError(`input "${name}" has the shape [${shape}]; dimensions are from 1 to 2^31 − 1`);
  return valueIn({ kind: "input", dtype, shape, elements: elementCount(shape), data: null }, shape);
}

/** Lowers a node and adds its outputs to `values`. */
function lowerNode(node: Node, graph: Graph, values: Map<string, Value>, lowering: Lowering): void {
  const place = { node: node.name, op: node.op };
  const operator = operatorFor(node.op, node.domain);
  if (!operator) {
    const of = node.domain ? ` of the operator set "${node.domain}"` : "";
    throw new ModelError(`this operator${of} is not supported`, { ...place, unsupported: true });
  }
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = values.get(name);
    if (!value)
      throw new ModelError(
        `input "${name}" is made by no node before it and is no initializer; the file is damaged`,
        place,
      );
    return value;
  });
  try {
    const lowered = operator(new Call(node, graph.opset, inputs, lowering));
    const results = "storage" in lowered ? [lowered] : lowered;
    for (const [i, name] of node.outputs.entries()) {
      if (name === "") continue;
      const value = results[i];
      if (!value) throw new ModelError(`output ${i} ("${name}") is not supported`, { unsupported: true });
      values.set(name, value);
    }
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(error.reason, { ...place, unsupported: error.unsupported });
    throw new ModelError(
      `its attributes or inputs are not what the operator takes (${(error as Error).message})`,
      place,
    );
  }
}

import { ModelError, unsupported } from "./error.ts";
import {
  type AttributeProto,
  defaultOpset,
  domainOf,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
} from "./proto.ts";

/** Limit on the nodes after inlining: a chain of functions that each call the next twice grows exponentially. */
const MOST_NODES = 65_536;

/**
 * The nodes of a model with the calls of its local functions (ModelProto.functions) replaced by their bodies. Inner values get unique
 * names, and attributes that refer to the function's take the call's values.
 *
 * @throws ModelError for functions that call themselves, exceed the limit, or use another operator set than the model.
 */
export function inlineFunctions({ functions, graph, opsetImport }: ModelProto): NodeProto[] {
  const byName = new Map((functions ?? []).map((f) => [`${domainOf(f.domain)}:${f.name}`, f]));
  const version = defaultOpset(opsetImport);
  const nodes: NodeProto[] = [];
  let calls = 0;
  const add = (node: NodeProto, inside: readonly FunctionProto[]): void => {
    const called = byName.get(`${domainOf(node.domain)}:${node.opType}`);
    if (!called) {
      if (nodes.push(node) > MOST_NODES) throw new ModelError(`more than ${MOST_NODES} nodes`);
      return;
    }
    if (defaultOpset(called.opsetImport, version) !== version)
      throw unsupported(`local function "${called.name}" is written for another version of the operator set`);
    if (inside.includes(called)) throw new ModelError(`local function "${called.name}" calls itself`);
    const prefix = `${node.name || called.name}#${calls++}/`;
    for (const inner of bodyOf(called, node, prefix)) add(inner, [...inside, called]);
  };
  for (const node of graph?.node ?? []) add(node, []);
  return nodes;
}

/** The body of a function as nodes of its caller. */
function bodyOf(called: FunctionProto, call: NodeProto, prefix: string): NodeProto[] {
  const [formal, results] = [called.input ?? [], called.output ?? []];
  if ((call.input ?? []).length > formal.length || (call.output ?? []).length > results.length)
    throw new ModelError(`local function "${called.name}" has ${formal.length} inputs and ${results.length} outputs`, {
      node: call.name ?? "",
      op: call.opType ?? "",
    });
  // If the call omits an input, the inner nodes omit it too.
  const names = new Map<string, string>(formal.map((name, i) => [name, call.input?.[i] ?? ""]));
  for (const [i, name] of results.entries()) {
    const given = call.output?.[i] ?? "";
    if (given !== "" && !names.has(name)) names.set(name, given);
  }
  const rename = (name: string): string => (name === "" ? "" : (names.get(name) ?? `${prefix}${name}`));
  const body = (called.node ?? []).map((node) => ({
    ...node,
    name: `${prefix}${node.name ?? ""}`,
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
    attribute: (node.attribute ?? []).flatMap((a) => attributeOf(a, call)),
  }));
  // A result that is an input, or occurs twice among the results.
  const aliases = results.flatMap((name, i) => {
    const given = call.output?.[i] ?? "";
    return given === "" || names.get(name) === given
      ? []
      : [{ opType: "Identity", domain: "", name: `${prefix}${name}`, input: [rename(name)], output: [given] }];
  });
  return [...body, ...aliases];
}

/** An attribute of an inner node; none if it refers to an attribute of the function that the call omits. */
function attributeOf(attribute: AttributeProto, call: NodeProto): AttributeProto[] {
  const { refAttrName, name } = attribute;
  if (!refAttrName) return [attribute];
  const given = call.attribute?.find((a) => a.name === refAttrName);
  return given ? [{ ...given, name: name ?? "" }] : [];
}

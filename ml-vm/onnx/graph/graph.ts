import type { DType } from "../../program/dtype.ts";
import { dtypeSpec } from "../../program/dtype.ts";
import { elementCount } from "../../program/program.ts";
import { ModelError, unsupported } from "./error.ts";
import { inlineFunctions } from "./local-functions.ts";
import {
  type AttributeProto,
  defaultOpset,
  domainOf,
  type ModelProto,
  type NodeProto,
  onnx,
  type TensorProto,
  toBigInt,
  type ValueInfoProto,
} from "./proto.ts";
import { constantValue, type Value } from "./tensor.ts";

/** An ONNX graph for the importer, without protobuf's optional fields and long integers. */
export interface Graph {
  /** Version of the default operator set. */
  readonly opset: number;
  readonly nodes: readonly Node[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, Value>;
}

export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  /** For each axis a number, the name of a symbolic dimension, or null if it is open; null if the rank is unknown. */
  readonly dims: readonly (number | string | null)[] | null;
}

export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  /** Empty strings stand for omitted optional inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

interface AttributeTypes {
  readonly float: number;
  readonly int: bigint;
  readonly string: string;
  readonly tensor: Value;
  readonly floats: readonly number[];
  readonly ints: readonly bigint[];
  readonly strings: readonly string[];
}

export type Kind = keyof AttributeTypes;
type Attribute = { [K in Kind]: { readonly kind: K; readonly value: AttributeTypes[K] } }[Kind];

/** Attributes of a node, read by name and expected type. @throws ModelError if the type differs. */
export class Attributes {
  readonly #values: ReadonlyMap<string, Attribute>;

  constructor(values: ReadonlyMap<string, Attribute>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** An integer that is a count or an axis. Beyond 2^53 it is rounded, but is then out of every valid range anyway. */
  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    const value = this.#get(name, "int");
    return value === undefined ? otherwise : Number(value);
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    return this.#get(name, "float") ?? otherwise;
  }

  /** An integer that is 0 or 1. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.int(name, otherwise ? 1 : 0);
    if (value !== 0 && value !== 1) throw new ModelError(`attribute "${name}" is ${value}; it must be 0 or 1`);
    return value === 1;
  }

  /** One of the operator's keywords; default: the first. */
  choice<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.#get(name, "string") ?? words[0];
    const known = words.find((word) => word === value);
    if (known === undefined)
      throw new ModelError(`attribute "${name}" is "${value}"; it must be one of ${words.join(", ")}`);
    return known;
  }

  /** Like `int`, for lists. */
  ints(name: string): number[] | undefined {
    const value = this.#get(name, "ints");
    return value && Array.from(value, Number);
  }

  /** An integer that is data, exactly. */
  bigint(name: string): bigint | undefined {
    return this.#get(name, "int");
  }

  bigints(name: string): readonly bigint[] | undefined {
    return this.#get(name, "ints");
  }

  floats(name: string): readonly number[] | undefined {
    return this.#get(name, "floats");
  }

  tensor(name: string): Value | undefined {
    return this.#get(name, "tensor");
  }

  /** @throws ModelError unless every attribute with one of these names has its kind */
  expectKinds(kinds: Readonly<Record<string, Kind>>): void {
    for (const name of this.#values.keys()) {
      const kind = kinds[name];
      if (kind) this.#get(name, kind);
    }
  }

  #get<K extends Kind>(name: string, kind: K): AttributeTypes[K] | undefined {
    const attribute = this.#values.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind !== kind)
      throw new ModelError(`attribute "${name}" is of the kind ${attribute.kind}; it must be ${kind}`);
    return attribute.value as AttributeTypes[K];
  }
}

/** TensorProto.DataType of the machine's element types. */
const DTYPE_OF_ONNX: ReadonlyMap<number, DType> = new Map([
  [1, "f32"],
  [2, "u8"],
  [3, "i8"],
  [4, "u16"],
  [5, "i16"],
  [6, "i32"],
  [7, "i64"],
  [9, "bool"],
  [10, "f16"],
  [11, "f64"],
  [12, "u32"],
  [13, "u64"],
  [16, "bf16"],
]);

const ONNX_NAMES = [
  "undefined",
  "float",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
]
  .concat(["double", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz"])
  .concat(["float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"]);

/** Element type for an ONNX data type number. @throws ModelError if the machine has none. */
export function dtypeOfOnnx(code: number, what: string): DType {
  const dtype = DTYPE_OF_ONNX.get(code);
  if (!dtype) throw unsupported(`${what} has the element type ${ONNX_NAMES[code] ?? code}, which is not supported`);
  return dtype;
}

const toNumber = (x: Parameters<typeof toBigInt>[0]): number => Number(toBigInt(x));
const text = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** A TensorProto as a constant. @throws ModelError if its data is elsewhere, or does not fit its shape. */
export function constantOf(proto: TensorProto): Value {
  const name = proto.name ?? "";
  const what = `tensor "${name}"`;
  const dtype = dtypeOfOnnx(proto.dataType ?? 0, what);
  if (proto.dataLocation === 1 || (proto.externalData?.length ?? 0) > 0) {
    throw new ModelError(
      `${what} keeps its data in another file; save the model with its data inside (save_as_external_data=False)`,
    );
  }
  const shape = (proto.dims ?? []).map(toNumber);
  if (shape.some((n) => n < 0)) throw new ModelError(`${what} has the shape [${shape}]; dimensions cannot be negative`);
  const bytes = dtypeSpec(dtype).size * elementCount(shape);
  const data = proto.rawData?.length ? Uint8Array.from(proto.rawData) : typedData(proto, dtype, bytes);
  if (data.length !== bytes) {
    throw new ModelError(
      `${what} of shape [${shape}] needs ${bytes} bytes of ${dtype}, and has ${data.length}; the file is damaged`,
    );
  }
  return constantValue(dtype, shape, data);
}

/** A TensorProto in its own file. */
export function constantOfBytes(bytes: Uint8Array): Value {
  let proto: TensorProto;
  try {
    proto = onnx.TensorProto.decode(bytes);
  } catch (cause) {
    throw new ModelError(`not a whole ONNX tensor (${(cause as Error).message})`);
  }
  return constantOf(proto);
}

/** Data of TensorProto's typed fields; the element type determines the field. */
function typedData(proto: TensorProto, dtype: DType, bytes: number): Uint8Array {
  const { size } = dtypeSpec(dtype);
  const fill = (list: ArrayLike<unknown>, set: (view: DataView, at: number, i: number) => void): Uint8Array => {
    const data = new Uint8Array(list.length * size);
    const view = new DataView(data.buffer);
    for (let i = 0; i < list.length; i++) set(view, i * size, i);
    return data;
  };
  const integers = (list: readonly Parameters<typeof toBigInt>[0][]): Uint8Array =>
    fill(list, (view, at, i) => {
      const value = BigInt.asUintN(64, toBigInt(list[i]));
      for (let b = 0; b < size; b++) view.setUint8(at + b, Number((value >> BigInt(8 * b)) & 0xffn));
    });
  if (bytes === 0) return new Uint8Array();
  if (dtype === "f32")
    return fill(proto.floatData ?? [], (v, at, i) =>
      v.setFloat32(at, (proto.floatData as number[])[i] as number, true),
    );
  if (dtype === "f64")
    return fill(proto.doubleData ?? [], (v, at, i) =>
      v.setFloat64(at, (proto.doubleData as number[])[i] as number, true),
    );
  if (dtype === "i64") return integers(proto.int64Data ?? []);
  if (dtype === "u64" || dtype === "u32") return integers(proto.uint64Data ?? []);
  return integers(proto.int32Data ?? []);
}

function attributeOf(proto: AttributeProto, node: { node: string; op: string }): Attribute {
  const Type = onnx.AttributeProto.AttributeType;
  switch (proto.type) {
    case Type.FLOAT:
      return { kind: "float", value: proto.f ?? 0 };
    case Type.INT:
      return { kind: "int", value: toBigInt(proto.i) };
    case Type.STRING:
      return { kind: "string", value: text(proto.s) };
    case Type.TENSOR:
      return { kind: "tensor", value: constantOf(proto.t ?? {}) };
    case Type.FLOATS:
      return { kind: "floats", value: Array.from(proto.floats ?? []) };
    case Type.INTS:
      return { kind: "ints", value: (proto.ints ?? []).map(toBigInt) };
    case Type.STRINGS:
      return { kind: "strings", value: (proto.strings ?? []).map(text) };
    default:
      throw new ModelError(`attribute "${proto.name}" is of a kind that is not supported (subgraphs, sparse tensors)`, {
        ...node,
        unsupported: true,
      });
  }
}

function nodeOf(proto: NodeProto): Node {
  const [op, outputs] = [proto.opType ?? "", proto.output ?? []];
  const name = proto.name || outputs.find((o) => o !== "") || "";
  const attributes = new Map<string, Attribute>();
  for (const a of proto.attribute ?? []) attributes.set(a.name ?? "", attributeOf(a, { node: name, op }));
  return {
    op,
    domain: domainOf(proto.domain),
    name,
    inputs: proto.input ?? [],
    outputs,
    attributes: new Attributes(attributes),
  };
}

function inputOf(proto: ValueInfoProto): GraphInput {
  const name = proto.name ?? "";
  const tensor = proto.type?.tensorType;
  if (!tensor) throw unsupported(`input "${name}" is not a tensor; sequences, maps and optionals are not supported`);
  const dims = tensor.shape
    ? (tensor.shape.dim ?? []).map(
        // Some exporters write −1 for open dimensions.
        (d) => d.dimParam || (toNumber(d.dimValue) < 0 || !d.dimValue ? null : toNumber(d.dimValue)),
      )
    : null;
  return { name, dtype: dtypeOfOnnx(tensor.elemType ?? 0, `input "${name}"`), dims };
}

/** A file's declarations, read without its nodes: for a report on a model that cannot be imported. */
export function operatorsOf(bytes: Uint8Array): { op: string; domain: string }[] {
  return inlineFunctions(decode(bytes)).map((n) => ({ op: n.opType ?? "", domain: domainOf(n.domain) }));
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (cause) {
    throw new ModelError(
      `not a whole ONNX file (${(cause as Error).message}); it is truncated, damaged, or of another format`,
    );
  }
}

/** @throws ModelError if the bytes are not an ONNX model, or it has unsupported parts. */
export function parseGraph(bytes: Uint8Array): Graph {
  const model = decode(bytes);
  const { graph } = model;
  if (!graph || (graph.output ?? []).length === 0) {
    throw new ModelError("the file holds no graph with outputs; it is truncated, damaged, or of another format");
  }
  const constants = new Map((graph.initializer ?? []).map((t) => [t.name ?? "", constantOf(t)]));
  if ((graph.sparseInitializer ?? []).length > 0) throw unsupported("sparse initializers are not supported");
  return {
    opset: defaultOpset(model.opsetImport),
    nodes: inlineFunctions(model).map(nodeOf),
    inputs: (graph.input ?? []).filter((i) => !constants.has(i.name ?? "")).map(inputOf),
    outputs: (graph.output ?? []).map((o) => o.name ?? ""),
    constants,
  };
}

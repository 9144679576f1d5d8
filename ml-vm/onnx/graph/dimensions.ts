import { ModelError, unsupported } from "./error.ts";
import type { GraphInput } from "./graph.ts";

/** Sizes of dimensions that a file leaves open. They become part of the program, and so of the model's id. */
export interface Dimensions {
  /** Sizes of symbolic dimensions, by name. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole shapes of inputs, by name. A symbolic dimension has the same size in all inputs. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

type Inputs = readonly Pick<GraphInput, "name" | "dims">[];

/**
 * The shapes of a model's inputs. An open leading dimension of an input with two or more axes (the batch) is 1 unless its size is given.
 * Every other open dimension must be given.
 *
 * @throws ModelError naming the dimension that is missing or unknown, the size that is out of range, or the shape that does not fit.
 */
export function shapesOf(inputs: Inputs, given: Dimensions = {}): Map<string, readonly number[]> {
  const sizes = namedSizes(inputs, given);
  const batches = leadingNames(inputs);
  const sizeOf = (dim: number | string | null, axis: number, rank: number): number | undefined => {
    if (typeof dim === "number") return dim;
    if (dim !== null && sizes.has(dim)) return sizes.get(dim);
    return (dim === null ? axis === 0 && rank > 1 : batches.has(dim)) ? 1 : undefined;
  };
  return new Map(
    inputs.map((input) => {
      const shape =
        given.shapes?.[input.name] ??
        input.dims?.map((dim, axis, { length }) => sizeOf(dim, axis, length) ?? refuseOpen(input, dim));
      return [input.name, inRange(input, shape ?? refuseRank(input))];
    }),
  );
}

/** The symbolic dimensions that default to 1. */
export function assumedOnes(inputs: Inputs, given: Dimensions = {}): string[] {
  const sizes = namedSizes(inputs, given);
  return [...leadingNames(inputs)].filter((name) => !sizes.has(name));
}

const leadingNames = (inputs: Inputs): Set<string> =>
  new Set(inputs.flatMap(({ dims }) => (dims && dims.length > 1 && typeof dims[0] === "string" ? [dims[0]] : [])));

/** Sizes by name: the given ones, and those that follow from given shapes. */
function namedSizes(inputs: Inputs, { dims = {}, shapes = {} }: Dimensions): Map<string, number> {
  const names = new Set(inputs.flatMap((input) => (input.dims ?? []).filter((d) => typeof d === "string")));
  const sizes = new Map(Object.entries(dims));
  for (const name of sizes.keys()) {
    if (!names.has(name))
      throw new ModelError(`no input has a dimension "${name}"; ${listed("open dimensions", names)}`);
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const input = inputs.find((i) => i.name === name);
    if (!input)
      throw new ModelError(`no input is named "${name}"; ${listed("inputs", new Set(inputs.map((i) => i.name)))}`);
    if (input.dims && input.dims.length !== shape.length)
      throw new ModelError(`shape ${written(shape)} of input "${name}": the model says ${written(input.dims)}`);
    for (const [axis, dim] of (input.dims ?? []).entries()) {
      const size = shape[axis] as number;
      const known = typeof dim === "string" ? sizes.get(dim) : (dim ?? undefined);
      if (known !== undefined && known !== size)
        throw new ModelError(
          `shape ${written(shape)} of input "${name}": the model says ${written(input.dims as readonly number[])}, and ${typeof dim === "string" ? `"${dim}" is ${known}` : `axis ${axis} is ${known}`}`,
        );
      if (typeof dim === "string") sizes.set(dim, size);
    }
  }
  return sizes;
}

const listed = (what: string, names: ReadonlySet<string>): string =>
  names.size === 0 ? `it has no ${what}` : `its ${what} are ${[...names].join(", ")}`;

const written = (dims: readonly (number | string | null)[]): string => `[${dims.map((d) => d ?? "?").join(", ")}]`;

function refuseOpen({ name, dims }: Inputs[number], dim: number | string | null): never {
  const shape = written(dims ?? []);
  const example = (dims ?? []).map((d) => (typeof d === "number" ? d : "N")).join("x");
  throw unsupported(
    typeof dim === "string"
      ? `dimension "${dim}" of input "${name}" ${shape} has no size: give --dim ${dim}=N, or --shape ${name}=${example}`
      : `input "${name}" ${shape} has a dimension without a size: give --shape ${name}=${example}`,
  );
}

function refuseRank({ name }: Inputs[number]): never {
  throw unsupported(`the file says nothing of the shape of input "${name}": give it, as --shape ${name}=1x3x224x224`);
}

function inRange({ name }: Inputs[number], shape: readonly number[]): readonly number[] {
  const bad = shape.find((n) => !Number.isInteger(n) || n < 1 || n >= 2 ** 31);
  if (bad === undefined) return shape;
  if (bad === 0)
    throw unsupported(`input "${name}" has the shape [${shape}]; tensors without elements are not supported`);
  throw new ModelError(`input "${name}" has the shape [${shape}]; dimensions are from 1 to 2^31 − 1`);
}

import { type Coordinate, type TensorInstruction, VARIABLES } from "@elench/tensor/program/program";
import { indicesOf } from "@elench/tensor/stepper/views";

/**
 * Detects instructions with ascending writes: each write has a greater address than the one before. Nearly all instructions do. Then the state after some
 * writes is the finished content below one address (`prefix.ts`).
 */
export interface RisingWrites {
  /** Element of a write, whether or not it is inside the target. */
  address(element: number, term: number): number;
}

/** A variable in a write's address: its greatest value, and its factor. */
interface Axis {
  readonly variable: number;
  readonly greatest: number;
  factor: number;
}

/** Axes of the writes, slowest first. */
function axesOf({ dims, reduction, scan }: TensorInstruction): Axis[] {
  const axes = (first: number, space: readonly number[]): Axis[] =>
    space.map((size, i) => ({ variable: first + i, greatest: size - 1, factor: 0 }));
  return [...axes(VARIABLES.output, dims), ...axes(VARIABLES.reduction, scan ? reduction : [])];
}

/** @returns null if addresses do not ascend, or the view alone does not show it. */
export function risingWrites(instruction: TensorInstruction, counters: readonly number[]): RisingWrites | null {
  const axes = axesOf(instruction);
  let [origin, magnitude] = [0, 0];
  for (const coordinate of instruction.write) {
    const range = addCoordinate(coordinate, axes, counters);
    if (range === null) return null;
    const within = range.least >= 0 && range.greatest < coordinate.extent;
    if (!within && coordinate.outside === "clamp") return null;
    origin += coordinate.stride * range.origin;
    magnitude += coordinate.stride * range.magnitude;
  }
  // A padded coordinate may have any stride and factor. Beyond 2^53 the sums below are not exact.
  if (magnitude > Number.MAX_SAFE_INTEGER) return null;
  let reach = 0;
  for (const { greatest, factor } of axes.toReversed()) {
    if (greatest === 0) continue;
    if (factor <= reach) return null;
    reach += factor * greatest;
  }
  const terms = instruction.scan ? instruction.reduction : [];
  return {
    address: (element, term) => {
      const indices = [...indicesOf(element, instruction.dims), ...indicesOf(term, terms)];
      return indices.reduce((sum, index, i) => sum + index * (axes[i] as Axis).factor, origin);
    },
  };
}

/**
 * Adds a coordinate's share to the axes' factors.
 * @returns its range, its value if all axes are 0, and a bound of every sum of its parts; null unless it is linear
 */
function addCoordinate(
  { stride, offset, indirect, terms }: Coordinate,
  axes: readonly Axis[],
  counters: readonly number[],
) {
  if (indirect !== null) return null;
  let [origin, least, greatest, magnitude] = [offset, 0, 0, Math.abs(offset)];
  for (const { variable, shift, bits, factor } of terms) {
    const axis = axes.find((a) => a.variable === variable && a.greatest > 0);
    if (axis === undefined) {
      const value = Math.floor((counters[variable - VARIABLES.counter] ?? 0) / 2 ** shift);
      const added = factor * (bits > 0 ? value % 2 ** bits : value);
      origin += added;
      magnitude += Math.abs(added);
    } else {
      if (shift > 0 || (bits > 0 && axis.greatest >= 2 ** bits)) return null;
      axis.factor += stride * factor;
      least += Math.min(0, factor * axis.greatest);
      greatest += Math.max(0, factor * axis.greatest);
      magnitude += Math.abs(factor) * axis.greatest;
    }
  }
  return { origin, magnitude, least: origin + least, greatest: origin + greatest };
}

import type { DType } from "../../program/dtype.ts";
import type { Constant, Stage, View } from "../../program/program.ts";
import { elementCount, VARIABLES } from "../../program/program.ts";
import type { Storage } from "../graph/tensor.ts";
import { type Index, type Ranges, variable, viewOf } from "./affine.ts";

/** A tensor instruction before storages have places in a program; reads name `operands` by position. */
export interface Draft {
  readonly target: Storage;
  readonly write: View;
  readonly operands: readonly Storage[];
  readonly dims: readonly number[];
  readonly reduction: readonly number[];
  readonly scan: boolean;
  readonly accumulators: readonly Constant[];
  readonly body: Stage | null;
  readonly finish: Stage;
  /** Whether a half type that it reads or writes must be rounded as it would be stored, also where it is not stored. */
  readonly exact: boolean;
}

/** Sizes of the loop variables of an instruction. */
export const rangesOf =
  (dims: readonly number[], reduction: readonly number[]): Ranges =>
  (v) =>
    (v < VARIABLES.reduction ? dims[v] : reduction[v - VARIABLES.reduction]) ?? 1;

/** The view that walks a row-major tensor of these dimensions. */
export const identityView = (dims: readonly number[]): View =>
  viewOf(
    dims,
    dims.map((_, i): Index => variable(VARIABLES.output + i)),
    rangesOf(dims, []),
  );

export const newStorage = (dtype: DType, shape: readonly number[]): Storage => ({
  kind: "result",
  dtype,
  shape,
  elements: elementCount(shape),
  data: null,
});

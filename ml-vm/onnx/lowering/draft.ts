import type { DType } from "../../program/dtype.ts";
import type { Constant, Stage, View } from "../../program/program.ts";
import { elementCount, VARIABLES } from "../../program/program.ts";
import type { Storage } from "../graph/tensor.ts";
import { type Index, type Ranges, variable, viewOf } from "./affine.ts";

/** A tensor instruction whose storages have no places in a program yet; reads name `operands` by position. */
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
  /** Whether half types that it reads or writes are rounded as if stored, even if fusion skips the store. */
  readonly exact: boolean;
}

/** Sizes of the loop variables of an instruction. */
export const rangesOf =
  (dims: readonly number[], reduction: readonly number[]): Ranges =>
  (v) =>
    (v < VARIABLES.reduction ? dims[v] : reduction[v - VARIABLES.reduction]) ?? 1;

/** The view that traverses a row-major tensor of these dimensions. */
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

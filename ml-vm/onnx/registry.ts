import type { Operator } from "./lowering/call.ts";
import { CONSTANTS } from "./operators/constants.ts";
import { CONVOLUTION } from "./operators/convolution.ts";
import { ELEMENTWISE } from "./operators/elementwise.ts";
import { INDEXING } from "./operators/indexing.ts";
import { MOVEMENT } from "./operators/movement.ts";
import { NORMALISATION } from "./operators/normalisation.ts";
import { PADDING } from "./operators/padding.ts";
import { POOLING } from "./operators/pooling.ts";
import { PRODUCTS } from "./operators/products.ts";
import { QUANTISATION } from "./operators/quantisation.ts";
import { REDUCTION } from "./operators/reduction.ts";
import { RESIZE } from "./operators/resize.ts";

const FAMILIES = [
  CONSTANTS,
  CONVOLUTION,
  ELEMENTWISE,
  INDEXING,
  MOVEMENT,
  NORMALISATION,
  PADDING,
  POOLING,
  PRODUCTS,
  QUANTISATION,
  REDUCTION,
  RESIZE,
];

/** Every operator of the default set by name. Operators whose meaning changed between versions read `call.opset`. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(FAMILIES.flatMap((family) => Object.entries(family)));

/**
 * Operators that are discontinuous, or that state a type. The half types that they read and write are rounded as if
 * stored; between other operators values keep more digits (docs/importer.md, "Fusion").
 */
const EXACT: ReadonlySet<string> = new Set([
  ...["Cast", "CastLike", "QuantizeLinear", "Floor", "Ceil", "Round", "Sign", "Mod", "IsInf", "IsNaN", "Hardmax"],
  ...["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "ThresholdedRelu", "Shrink"],
]);

export const readsHalvesAsStored = (op: string): boolean => EXACT.has(op);

/** The operator, or undefined if it is not supported. */
export const operatorFor = (op: string, domain: string): Operator | undefined =>
  domain === "" ? OPERATORS.get(op) : undefined;

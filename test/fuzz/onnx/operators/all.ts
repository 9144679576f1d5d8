import type { Generators } from "../draw.ts";
import { CONSTANTS } from "./constants.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import { MOVEMENT } from "./movement.ts";
import { NORMALISATION } from "./normalisation.ts";
import { PRODUCTS } from "./products.ts";
import { QUANTISATION } from "./quantisation.ts";
import { REDUCTION } from "./reduction.ts";
import { RESIZE } from "./resize.ts";
import { WINDOWS } from "./windows.ts";

/** The generator of every operator that the importer knows. */
export const GENERATORS: Generators = {
  ...CONSTANTS,
  ...ELEMENTWISE,
  ...INDEXING,
  ...MOVEMENT,
  ...NORMALISATION,
  ...PRODUCTS,
  ...QUANTISATION,
  ...REDUCTION,
  ...RESIZE,
  ...WINDOWS,
};

import { loadSoftfloat } from "@elench/tensor/softfloat/load";
import type { Softfloat } from "@elench/tensor/softfloat/softfloat";
import type { Scalar } from "@elench/tensor/stepper/element";

let softfloat: Softfloat | undefined;

/** The scalar operations, by one shared instance of softfloat: operations have no visible state. */
export const scalarOperation: Scalar = (code, a, b, c) => {
  softfloat ??= loadSoftfloat();
  return softfloat.scalar(code, a, b, c);
};

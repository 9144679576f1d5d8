import { loadSoftfloat } from "../ml-vm/softfloat/load.ts";
import type { Softfloat } from "../ml-vm/softfloat/softfloat.ts";
import type { Scalar } from "../ml-vm/stepper/element.ts";

let softfloat: Softfloat | undefined;

/** The scalar operations, by one instance of softfloat for all: none has a state that another could see. */
export const scalarOperation: Scalar = (code, a, b, c) => {
  softfloat ??= loadSoftfloat();
  return softfloat.scalar(code, a, b, c);
};

import { DTYPE_NAMES, type Dtype, type DtypeName, DTYPES as TABLE } from "@elench/spec/tensor/dtypes";
import { EncodingError } from "./encoding-error.ts";

export { DTYPE_NAMES as DTYPES, type DtypeName as DType } from "@elench/spec/tensor/dtypes";

export const dtypeSpec = (dtype: DtypeName): Dtype => TABLE[dtype];

export function dtypeFromCode(code: number): DtypeName {
  const dtype = DTYPE_NAMES[code - 1];
  if (dtype === undefined)
    throw new EncodingError(`no element type has code ${code}; known codes are 1 to ${DTYPE_NAMES.length}`);
  return dtype;
}

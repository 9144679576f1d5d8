import { NAN32, NAN64 } from "../../functions/builder.ts";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import type { Softfloat } from "../../softfloat/softfloat.ts";
import { readInteger } from "../graph/tensor.ts";

/** The register value of element `index`. */
export function loadElement(softfloat: Softfloat, dtype: DType, view: DataView, index: number): bigint {
  switch (dtype) {
    case "f32": {
      const bits = view.getUint32(4 * index, true);
      return (bits & 0x7fffffff) > 0x7f800000 ? NAN32 : BigInt(bits);
    }
    case "f64": {
      const bits = view.getBigUint64(8 * index, true);
      return BigInt.asUintN(63, bits) > 0x7ff0000000000000n ? NAN64 : bits;
    }
    case "f16":
      return BigInt(softfloat.f16_to_f32(view.getUint16(2 * index, true)));
    case "bf16":
      return BigInt(softfloat.bf16_to_f32(view.getUint16(2 * index, true)));
    default:
      return BigInt.asUintN(64, readInteger(dtype, view, index));
  }
}

/** Stores a register in element `index`. */
export function storeElement(
  softfloat: Softfloat,
  dtype: DType,
  view: DataView,
  index: number,
  register: bigint,
): void {
  const { size } = dtypeSpec(dtype);
  let bits = register;
  if (dtype === "f16") bits = BigInt(softfloat.f32_to_f16(Number(register)));
  if (dtype === "bf16") bits = BigInt(softfloat.f32_to_bf16(Number(register)));
  if (size === 8) view.setBigUint64(8 * index, bits, true);
  else if (size === 4) view.setUint32(4 * index, Number(bits & 0xffffffffn), true);
  else if (size === 2) view.setUint16(2 * index, Number(bits & 0xffffn), true);
  else view.setUint8(index, Number(bits & 0xffn));
}

import { dtypeSpec } from "@elench/tensor/program/dtype";
import type { TensorType } from "@elench/tensor/program/program";

const SHOWN = 16;

/** The first values of a tensor, as text. */
export function describeValues({ dtype }: TensorType, data: Uint8Array): string {
  const { size } = dtypeSpec(dtype);
  const count = data.length / size;
  const values = Array.from({ length: Math.min(count, SHOWN) }, (_, i) =>
    describeElement(dtype, data.subarray(i * size, (i + 1) * size)),
  );
  return `${values.join(" ")}${count > SHOWN ? ` … (${count} values)` : ""}`;
}

/** One element, little-endian, in decimal. */
export function describeElement(dtype: TensorType["dtype"], bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (dtype) {
    case "f32":
      return String(shortest(view.getFloat32(0, true)));
    case "f64":
      return String(view.getFloat64(0, true));
    case "f16":
      return String(shortest(halfToNumber(view.getUint16(0, true), 10, 15)));
    case "bf16":
      return String(shortest(halfToNumber(view.getUint16(0, true), 7, 127)));
    case "i8":
      return String(view.getInt8(0));
    case "u8":
    case "bool":
      return String(view.getUint8(0));
    case "i16":
      return String(view.getInt16(0, true));
    case "u16":
      return String(view.getUint16(0, true));
    case "i32":
      return String(view.getInt32(0, true));
    case "u32":
      return String(view.getUint32(0, true));
    case "i64":
      return String(view.getBigInt64(0, true));
    case "u64":
      return String(view.getBigUint64(0, true));
  }
}

/** The value of a 16-bit float. */
export function halfToNumber(bits: number, fractionBits: number, bias: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & ((1 << fractionBits) - 1)) / 2 ** fractionBits;
  if (exponent === (1 << (15 - fractionBits)) - 1) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - bias) : fraction * 2 ** (1 - bias));
}

/** Nine significant digits distinguish any two binary32 values; fewer are shown if they suffice. */
const shortest = (value: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
};

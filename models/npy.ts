/** NumPy's .npy, version 1.0 (numpy.org/doc/stable/reference/generated/numpy.lib.format.html), of float32. */

const MAGIC = Buffer.from("\x93NUMPY\x01\x00", "latin1");
const ALIGNMENT = 64;

/** A .npy file of a tensor in row-major order. */
export function encodeNpy(shape: readonly number[], values: Float32Array): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const unpadded = MAGIC.length + 2 + description.length + 1;
  const header = `${description.padEnd(description.length + ((ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT))}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const data = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    data.writeFloatLE(value, 4 * i);
  });
  return Buffer.concat([MAGIC, length, Buffer.from(header, "latin1"), data]);
}

/** The values in a .npy file written by `encodeNpy`, in row-major order. */
export function decodeNpy(file: Uint8Array): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = MAGIC.length + 2 + view.getUint16(MAGIC.length, true);
  return Float32Array.from({ length: (file.length - start) / 4 }, (_, i) => view.getFloat32(start + 4 * i, true));
}

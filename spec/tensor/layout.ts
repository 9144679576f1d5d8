/** Layouts of bytes. All integers are big-endian. */
export type FieldType = keyof typeof FIELD_BYTES;

export const FIELD_BYTES = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8 } as const;

/** Fields in order, without padding. */
export type Layout = Readonly<Record<string, FieldType>>;

/** A word of 32 bytes: fields at stated bytes, zeros elsewhere. */
export type Word = Readonly<Record<string, { readonly at: number; readonly type: FieldType; readonly count?: number }>>;

export const WORD_BYTES = 32;

export const sizeOf = (layout: Layout): number =>
  Object.values(layout).reduce((bytes, type) => bytes + FIELD_BYTES[type], 0);

/** Offset of a field in bytes. @throws RangeError if the layout has no such field. */
export function offsetOf(layout: Layout, name: string): number {
  let offset = 0;
  for (const [field, type] of Object.entries(layout)) {
    if (field === name) return offset;
    offset += FIELD_BYTES[type];
  }
  throw new RangeError(`the layout has no field ${name}; its fields are ${Object.keys(layout).join(", ")}`);
}

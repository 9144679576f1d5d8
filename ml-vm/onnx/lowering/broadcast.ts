import { ModelError } from "../graph/error.ts";

/** NumPy's broadcast of shapes. @throws ModelError if they are incompatible. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    let size = 1;
    for (const shape of shapes) {
      const n = shape[i - rank + shape.length] ?? 1;
      if (n !== 1 && size !== 1 && n !== size) {
        throw new ModelError(`shapes ${shapes.map((s) => `[${s}]`).join(" and ")} cannot be broadcast together`);
      }
      if (n !== 1) size = n;
    }
    return size;
  });
}

import type { Attack } from "./attack.ts";

/** Every known attack. */
export const BOOK: readonly Attack[] = [];

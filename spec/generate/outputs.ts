import type { Output } from "./output.ts";

/** All that is generated. */
export const OUTPUTS: readonly Output[] = [];

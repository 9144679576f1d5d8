import type { Output } from "./output.ts";
import { TENSOR_OUTPUTS } from "./tensor.ts";

/** All that is generated. */
export const OUTPUTS: readonly Output[] = [...TENSOR_OUTPUTS];

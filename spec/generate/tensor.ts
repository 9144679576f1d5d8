import type { Output } from "./output.ts";
import { TENSOR_C } from "./tensor-c.ts";
import { TENSOR_DOCS } from "./tensor-docs.ts";
import { TENSOR_SOLIDITY } from "./tensor-solidity.ts";

/** Files generated from `spec/tensor/`. */
export const TENSOR_OUTPUTS: readonly Output[] = [...TENSOR_C, ...TENSOR_SOLIDITY, ...TENSOR_DOCS];

import { EVM_OUTPUTS } from "./evm.ts";
import { GAME_OUTPUTS } from "./game.ts";
import type { Output } from "./output.ts";
import { ROLLUP_OUTPUTS } from "./rollup.ts";
import { TENSOR_OUTPUTS } from "./tensor.ts";

/** All generated files. */
export const OUTPUTS: readonly Output[] = [...TENSOR_OUTPUTS, ...EVM_OUTPUTS, ...GAME_OUTPUTS, ...ROLLUP_OUTPUTS];

import { EVM_C } from "./evm-c.ts";
import { EVM_DOCS } from "./evm-docs.ts";
import { EVM_SOLIDITY } from "./evm-solidity.ts";
import type { Output } from "./output.ts";

/** Files generated from the tables of the EVM machine, for contracts and documentation. */
export const EVM_OUTPUTS: readonly Output[] = [...EVM_SOLIDITY, ...EVM_DOCS, ...EVM_C];

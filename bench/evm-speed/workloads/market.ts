import { compile } from "../world/solidity.ts";

/** A token, and an exchange of two by a constant product. */
export const { Token, Exchange } = compile<"Token" | "Exchange">(new URL("../../evm/Workload.sol", import.meta.url));

import { toHex } from "@elench/bytes/hex";
import type { AccessList } from "@ethereumjs/tx";
import { decodeErrorResult, type Hex } from "viem";
import type { Sequencer } from "../../devnet/sequencer.ts";
import { type Call, estimateGas, ImpossibleCall, type Outcome, simulate } from "../../devnet/simulate.ts";
import { blockAt } from "../blocks.ts";
import { CODE, RpcError } from "../errors.ts";
import { quantityHex } from "../format.ts";
import { address, data, fields, list, optional, quantity } from "../params.ts";
import type { Methods } from "../server.ts";

/** Calls without state changes. */
export function callMethods({ chain }: Sequencer): Methods {
  return {
    eth_call: async ([call, block, overrides]) => {
      if (overrides !== undefined && overrides !== null)
        throw new RpcError(CODE.invalidParams, "invalid params: state overrides are not supported");
      const asked = readCall(call);
      const { gasLimit } = chain.rules;
      const gas = asked.gas !== null && asked.gas < gasLimit ? asked.gas : gasLimit;
      const outcome = await possible(simulate(chain, blockAt(chain, block), asked, gas));
      if (outcome.failure !== null) throw failed(outcome);
      return toHex(outcome.data);
    },
    eth_estimateGas: async ([call, block]) => {
      const outcome = await possible(estimateGas(chain, blockAt(chain, block), readCall(call)));
      if (typeof outcome !== "bigint") throw failed(outcome);
      return quantityHex(outcome);
    },
  };
}

/** Parses a transaction object. Gas prices are ignored, because a simulated call costs nothing. */
export function readCall(value: unknown): Call {
  const { from, to, gas, value: wei, data: old, input, accessList } = fields("the transaction", value);
  return {
    from: optional(address, "from", from) ?? 0n,
    to: optional(address, "to", to),
    gas: optional(quantity, "gas", gas),
    value: optional(quantity, "value", wei) ?? 0n,
    data: optional(data, "input", input ?? old) ?? new Uint8Array(),
    accessList: optional(readAccessList, "accessList", accessList) ?? [],
  };
}

const readAccessList = (name: string, value: unknown): AccessList =>
  list(name, value).map((item) => {
    const { address: of, storageKeys } = fields(name, item);
    return {
      address: toHex(data("accessList.address", of, 20)),
      storageKeys: list("accessList.storageKeys", storageKeys).map((key) =>
        toHex(data("accessList.storageKeys", key, 32)),
      ),
    };
  });

async function possible<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ImpossibleCall ? new RpcError(CODE.server, error.message) : error;
  }
}

/** A revert error contains the revert data: libraries decode the custom error from it. */
function failed({ failure, data: returned }: Outcome): RpcError {
  if (failure !== "revert") return new RpcError(CODE.server, failure ?? "");
  const reason = reasonOf(toHex(returned));
  return new RpcError(CODE.revert, `execution reverted${reason && `: ${reason}`}`, toHex(returned));
}

function reasonOf(returned: Hex): string {
  try {
    // Error(string) and Panic(uint256) can be decoded without an ABI.
    const { errorName, args } = decodeErrorResult({ abi: [], data: returned });
    return errorName === "Error" ? String(args[0]) : `panic ${quantityHex(args[0] as bigint)}`;
  } catch {
    // A custom error or no data: only the caller has the ABI.
    return "";
  }
}

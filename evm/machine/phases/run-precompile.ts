import { InternalError } from "@elench/errors/internal-error";
import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { getActivePrecompiles, type PrecompileInput, paramsEVM } from "@ethereumjs/evm";
import { bn254 } from "../../crypto/bn254.ts";
import { ecrecover } from "../../crypto/ecrecover.ts";
import { exponentiate } from "../../crypto/modexp.ts";
import { evaluatePoint } from "../../crypto/point-evaluation.ts";
import { precompileAddress } from "../../crypto/precompile-address.ts";

const customCrypto = { ecrecover };
const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun, params: paramsEVM, customCrypto });
const active = getActivePrecompiles(common);
/** The part of an EVM that the library's precompiles use. */
const host = { _bn254: bn254 };
const PLENTY = 1n << 62n;

/** Output of one of Ethereum's precompiles, without its price; null if the input is invalid. @param address 1, 5, 6, 7, 8 or 10. */
export function runPrecompile(address: number, data: Uint8Array): Uint8Array | null {
  if (address === PRECOMPILE.MODEXP) return exponentiate(data);
  if (address === PRECOMPILE.POINT_EVALUATION) return evaluatePoint(data);
  const run = active.get(precompileAddress(address).slice(2));
  if (!run) throw new InternalError(`there is no precompile ${address}`);
  const call = { data, gasLimit: PLENTY, common, _EVM: host } as unknown as PrecompileInput;
  const result = run(call);
  if (result instanceof Promise)
    throw new InternalError(`precompile ${address} is asynchronous; it must return at once`);
  return result.exceptionError ? null : result.returnValue;
}

import type { Hex } from "@elench/bytes/hex";
import { type AccountState, accountOf } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { createTx } from "@ethereumjs/tx";
import { createAddressFromPrivateKey } from "@ethereumjs/util";
import type { Signed } from "../contenders/contender.ts";
import { CHAIN_ID } from "./chain.ts";
import { drawnBytes } from "./seed.ts";

const common = nativeCommon(CHAIN_ID);
/** Wei. Enough for the gas of any number of blocks. */
const BALANCE = 10n ** 24n;

export interface Wish {
  /** Undefined for a creation. */
  readonly to: Hex | undefined;
  readonly gasLimit: number;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  /** Wei for a unit of gas. Default: 1. */
  readonly gasPrice?: bigint;
}

/** An account that sends transactions. */
export class Sender {
  readonly address: Hex;
  readonly #key: Uint8Array;
  readonly #bytes: Uint8Array;
  #nonce = 0n;

  constructor(key: Uint8Array) {
    const address = createAddressFromPrivateKey(key);
    this.address = address.toString();
    this.#bytes = address.bytes;
    this.#key = key;
  }

  /** In the genesis. */
  get account(): readonly [Hex, AccountState] {
    return [this.address, accountOf({ balance: BALANCE })];
  }

  /** Signs the account's next transaction. */
  send({ to, gasLimit, value = 0n, data = new Uint8Array(), gasPrice = 1n }: Wish): Signed {
    const fields = {
      type: 2,
      chainId: CHAIN_ID,
      nonce: this.#nonce++,
      gasLimit: BigInt(gasLimit),
      maxFeePerGas: gasPrice,
      maxPriorityFeePerGas: gasPrice,
      value,
      data,
    } as const;
    const transaction = createTx({ ...fields, ...(to && { to }) }, { common, freeze: false });
    return { bytes: transaction.sign(this.#key).serialize(), sender: this.#bytes };
  }
}

export const sendersOf = (seed: string, count: number): Sender[] =>
  Array.from({ length: count }, (_, i) => new Sender(drawnBytes(seed, "sender", i)));

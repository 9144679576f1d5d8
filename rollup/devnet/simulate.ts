import { wordBytes } from "@elench/bytes/words";
import { findCause } from "@elench/errors/causes";
import { ElenchError } from "@elench/errors/elench-error";
import { MissingModel } from "@elench/evm/inference/models";
import { createNativeVm } from "@elench/evm/reference/vm";
import type { BlockHeader } from "@elench/evm/structures/layout";
import { createBlock } from "@ethereumjs/block";
import { type AccessList, createFeeMarket1559Tx } from "@ethereumjs/tx";
import { createAddressFromBigInt } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import type { DevChain, SealedBlock } from "./chain.ts";

/** An unsigned transaction. */
export interface Call {
  readonly from: bigint;
  /** Null for a contract creation. */
  readonly to: bigint | null;
  readonly gas: bigint | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: AccessList;
}

export interface Outcome {
  /** Null for success; otherwise the EVM's reason: "revert", "out of gas". */
  readonly failure: string | null;
  /** Gas used, after the refund. */
  readonly gasUsed: bigint;
  readonly refund: bigint;
  /** Return data or revert data. */
  readonly data: Uint8Array;
}

/** The call cannot begin: insufficient balance for its value, or insufficient gas for its data. */
export class ImpossibleCall extends ElenchError {
  override readonly name = "ImpossibleCall";
  override readonly kind = "input";
}

/**
 * Runs a call on the state after a block, and discards its changes. The gas price is 0. On the latest block, it runs with the next block's header.
 * @param gas its gas limit
 */
export async function simulate(devChain: DevChain, block: SealedBlock, call: Call, gas: bigint): Promise<Outcome> {
  const isLatest = block === devChain.latest;
  const header: BlockHeader = isLatest ? devChain.nextHeader() : block;
  const number = isLatest ? block.number + 1n : block.number;
  const { chain } = devChain;
  return devChain.at(block, async () => {
    const { vm } = await createNativeVm({
      ...chain.options,
      chainId: chain.genesis.chainId,
      blockHash: devChain.hashesAfter(block),
    });
    const sender = createAddressFromBigInt(call.from);
    const { nonce = 0n, balance = 0n } = (await vm.stateManager.getAccount(sender)) ?? {};
    if (balance < call.value)
      throw new ImpossibleCall(`insufficient funds for gas * price + value: have ${balance}, want ${call.value}`);
    const tx = createFeeMarket1559Tx(
      {
        nonce,
        gasLimit: gas,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
        ...(call.to !== null && { to: createAddressFromBigInt(call.to) }),
        value: call.value,
        data: call.data,
        accessList: call.accessList,
      },
      { common: vm.common, freeze: false },
    );
    tx.getSenderAddress = () => sender;
    const { timestamp, gasLimit, coinbase, prevRandao } = header;
    const environment = createBlock(
      {
        header: {
          number,
          timestamp,
          gasLimit,
          baseFeePerGas: 0n,
          coinbase: createAddressFromBigInt(coinbase),
          mixHash: wordBytes(prevRandao),
        },
      },
      { common: vm.common, skipConsensusFormatValidation: true },
    );
    try {
      const { execResult, totalGasSpent, gasRefund } = await runTx(vm, {
        tx,
        block: environment,
        skipBlockGasLimitValidation: true,
      });
      return {
        failure: execResult.exceptionError?.error ?? null,
        gasUsed: totalGasSpent,
        refund: gasRefund ?? 0n,
        data: execResult.returnValue,
      };
    } catch (error) {
      if (findCause(error, MissingModel)) throw error;
      throw new ImpossibleCall((error as Error).message);
    }
  });
}

/** An estimate may be up to 1/64 too high: each attempt runs the call and its models. */
const PRECISION = 64n;

/**
 * The least gas limit with which a call succeeds, by binary search.
 * @returns the gas limit, or the outcome of a call that fails with the maximum.
 */
export async function estimateGas(devChain: DevChain, block: SealedBlock, call: Call): Promise<bigint | Outcome> {
  let enough = call.gas ?? devChain.rules.gasLimit;
  const all = await simulate(devChain, block, call, enough);
  if (all.failure !== null) return all;
  let tooLittle = all.gasUsed - 1n;
  // The gas that inner calls do not get (1/64 each) and the stipend of a transfer rarely exceed this.
  let next = ((all.gasUsed + all.refund + 2_300n) * 64n) / 63n;
  while (enough - tooLittle > 1n + tooLittle / PRECISION) {
    if (next >= enough || next <= tooLittle) next = (enough + tooLittle) / 2n;
    if (await succeeds(devChain, block, call, next)) enough = next;
    else tooLittle = next;
    next = (enough + tooLittle) / 2n;
  }
  return enough;
}

async function succeeds(devChain: DevChain, block: SealedBlock, call: Call, gas: bigint): Promise<boolean> {
  try {
    return (await simulate(devChain, block, call, gas)).failure === null;
  } catch (error) {
    if (error instanceof ImpossibleCall) return false;
    throw error;
  }
}

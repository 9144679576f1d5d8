import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { createBlock, type BlockHeader as LibraryHeader } from "@ethereumjs/block";
import { createTxFromRLP } from "@ethereumjs/tx";
import { Account, createAddressFromBigInt } from "@ethereumjs/util";
import { runTx, type VM } from "@ethereumjs/vm";
import { type BatchInput, firstBlock } from "../batch/claim.ts";
import { historyIndex } from "../batch/history.ts";
import type { NativeBatch, NativeLog, NativeReceipt, NativeTransaction } from "../batch/native-batch.ts";
import { signer } from "../batch/signer.ts";
import { countAccessList, type Decoded, decodeTransaction, type Read } from "../batch/transaction.ts";
import { nextTurn } from "../batch/turn.ts";
import { accessListGas, baseGas, dataGas, isPayable, isTakable } from "../batch/validity.ts";
import type { Models } from "../inference/models.ts";
import { type Block, ZERO_HASH } from "../structures/layout.ts";
import type { NativeState } from "./state.ts";
import { createNativeVm } from "./vm.ts";

export interface ReferenceBatchOptions {
  /** The state before the batch; the state after it on return. */
  readonly state: NativeState;
  readonly models?: Models;
  /** See NativeVmOptions. */
  readonly l1Bounds?: boolean;
}

/** Runs a batch by the rules of docs/evm-machine.md. */
export async function runReferenceBatch(input: BatchInput, options: ReferenceBatchOptions): Promise<NativeBatch> {
  let block = firstBlock(input);
  const { state } = options;
  await state.manager.setStateRoot(block.stateRoot);
  const blockHash = (number: bigint): Hash => block.batch.history[historyIndex(number)] as Hash;
  const { vm } = await createNativeVm({ ...options, chainId: input.config.chainId, blockHash });
  const read: Read = (offset, length) => input.bytes.view(offset, length);
  const transactions: NativeTransaction[] = [];
  // The library's block, shared by all transactions of a block.
  let context: LibraryBlock | undefined;
  while (true) {
    // A block's hash commits to the state at its end.
    if (block.open && block.remaining === 0) block = { ...block, stateRoot: await state.manager.getStateRoot() };
    const turn = nextTurn(block, read);
    if (turn.kind === "end") {
      const { number, stateRoot, batch } = block;
      return { transactions, output: turn.output, next: { number, stateRoot, history: batch.history } };
    }
    block = turn.block;
    if (turn.kind === "block") {
      context = undefined;
      continue;
    }
    context ??= libraryBlock(vm, block);
    const bytes = read(turn.start, turn.end - turn.start);
    const receipt = await runTransaction(vm, block, context, read, turn.start, turn.end);
    if (receipt) block = withReceipt(block, receipt);
    transactions.push({ hash: keccak256(bytes), number: block.number, receipt });
  }
}

/** @returns null if the transaction is malformed or invalid; the state is then unchanged. */
async function runTransaction(
  vm: VM,
  block: Block,
  context: LibraryBlock,
  read: Read,
  start: number,
  end: number,
): Promise<NativeReceipt | null> {
  const decoded = decodeTransaction(read, start, end, block.batch.chainId);
  const intrinsic = decoded && intrinsicGas(read, decoded);
  if (!decoded || intrinsic === null) return null;
  const { prefix, offset, length, suffix } = decoded.signed;
  const sender = signer(decoded.signature, keccak256(concat(prefix, read(offset, length), suffix)));
  if (sender === null || !isTakable({ ...decoded, intrinsic }, block)) return null;
  const account = (await vm.stateManager.getAccount(createAddressFromBigInt(sender))) ?? new Account();
  if (!isPayable({ ...decoded, intrinsic }, account)) return null;
  const tx = createTxFromRLP(read(start, end - start).slice(), { common: vm.common, freeze: false });
  // Recovering the signer takes most of a simple transaction's time, so it is done only once.
  const from = createAddressFromBigInt(sender);
  tx.getSenderAddress = () => from;
  const result = await runTx(vm, { tx, block: context });
  const { execResult, totalGasSpent, createdAddress } = result;
  return {
    success: execResult.exceptionError === undefined,
    sender,
    gasUsed: totalGasSpent,
    gasPrice: priceOf(decoded, block),
    logs: execResult.logs ?? [],
    created: decoded.creates && createdAddress ? toBigInt(createdAddress.bytes) : null,
  };
}

const priceOf = ({ maxFee, maxPriority }: Decoded, { baseFee }: Block): bigint =>
  baseFee + (maxPriority < maxFee - baseFee ? maxPriority : maxFee - baseFee);

/** @returns null if the access list is malformed. */
function intrinsicGas(read: Read, d: Decoded): bigint | null {
  const list = countAccessList(read, d.accessList, d.accessEnd);
  if (!list) return null;
  return baseGas(d.creates, d.dataLength) + dataGas(read(d.dataOffset, d.dataLength)) + accessListGas(list);
}

type LibraryBlock = ReturnType<typeof createBlock>;

/** The library's block, without the fields that change between transactions. Its blob base fee is the header's own, not computed from excess blob gas. */
function libraryBlock(
  vm: VM,
  { number, timestamp, gasLimit, baseFee, blobBaseFee, coinbase, prevRandao }: Block,
): LibraryBlock {
  const header = {
    number,
    timestamp,
    gasLimit,
    baseFeePerGas: baseFee,
    coinbase: createAddressFromBigInt(coinbase),
    mixHash: wordBytes(prevRandao),
  };
  const block = createBlock({ header }, { common: vm.common, skipConsensusFormatValidation: true, freeze: false });
  (block.header as { getBlobGasPrice: LibraryHeader["getBlobGasPrice"] }).getBlobGasPrice = () => blobBaseFee;
  return block;
}

/** The hash chain of receipts, as in the phase RECEIPT. */
function withReceipt(block: Block, { success, gasUsed: used, logs }: NativeReceipt): Block {
  const gasUsed = block.gasUsed + used;
  const receipts = hashWords([block.receipts, hashWords([success, gasUsed, logsChain(logs)])]);
  return { ...block, gasUsed, receipts, batch: { ...block.batch, gasLeft: block.batch.gasLeft - used } };
}

/** The hash chain of logs, as in the phase LOG. */
const logsChain = (logs: readonly NativeLog[]): Hash =>
  logs.reduce<Hash>((chain, [address, topics, data]) => {
    const argument = hashWords([toBigInt(address), topics.length, ...topics]);
    return hashWords([chain, hashWords([argument, keccak256(data)])]);
  }, ZERO_HASH);

import { toBigInt } from "@elench/bytes/words";
import { OP } from "@elench/spec/evm/opcodes";
import { HISTORY_LENGTH, historyIndex, historyTree } from "../../batch/history.ts";
import type { Block, Frame, Tx } from "../../structures/layout.ts";
import type { Machine } from "../state/machine.ts";
import { openBatch, openBlock, openFrame, openSlice, openTx } from "../state/opening.ts";
import type { Operation, Operations } from "../state/operation.ts";

const push =
  (value: (m: Machine) => bigint | number): Operation =>
  (m) =>
    m.stack.push(BigInt(value(m)));

const ofFrame = (value: (frame: Frame) => bigint): Operation => push((m) => value(openFrame(m)));
const ofTx = (value: (tx: Tx) => bigint): Operation => push((m) => value(openTx(m)));
const ofBlock = (value: (block: Block) => bigint): Operation => push((m) => value(openTxBlock(m)));

function openTxBlock(m: Machine): Block {
  openTx(m);
  return openBlock(m);
}

/** The hash of one of the last 256 blocks; 0 for any other number. Opens the hash with its siblings in the history. */
function blockHash(m: Machine): void {
  const number = m.stack.pop();
  const block = openTxBlock(m);
  if (number >= block.number || number + BigInt(HISTORY_LENGTH) < block.number) {
    m.stack.push(0n);
    return;
  }
  const { history } = openBatch(m);
  const index = historyIndex(number);
  const tree = historyTree(history);
  m.tape?.bytes(tree.node(0, index), ...tree.path(index));
  m.stack.push(toBigInt(tree.node(0, index)));
}

function chainId(m: Machine): bigint {
  openTxBlock(m);
  return openBatch(m).chainId;
}

/** Always 0: the chain has no blob transactions. */
function blobHash(m: Machine): void {
  m.stack.pop();
  m.stack.push(0n);
}

/** Opcodes that read the frame, the transaction and the block (Yellow Paper, H.2, sections 30s and 40s; EIP-1344, 3198, 4399, 4844, 7516). */
export const CONTEXT: Operations = {
  [OP.ADDRESS]: ofFrame(({ address }) => address),
  [OP.ORIGIN]: ofTx(({ origin }) => origin),
  [OP.CALLER]: ofFrame(({ caller }) => caller),
  [OP.CALLVALUE]: ofFrame(({ value }) => value),
  [OP.CALLDATASIZE]: push((m) => openSlice(m, openFrame(m).data).length),
  [OP.CODESIZE]: push((m) => m.code.size),
  [OP.GASPRICE]: ofTx(({ gasPrice }) => gasPrice),
  [OP.RETURNDATASIZE]: push((m) => openSlice(m, m.returned).length),
  [OP.BLOCKHASH]: blockHash,
  [OP.COINBASE]: ofBlock(({ coinbase }) => coinbase),
  [OP.TIMESTAMP]: ofBlock(({ timestamp }) => timestamp),
  [OP.NUMBER]: ofBlock(({ number }) => number),
  [OP.PREVRANDAO]: ofBlock(({ prevRandao }) => prevRandao),
  [OP.GASLIMIT]: ofBlock(({ gasLimit }) => gasLimit),
  [OP.CHAINID]: push(chainId),
  [OP.BASEFEE]: ofBlock(({ baseFee }) => baseFee),
  [OP.BLOBHASH]: blobHash,
  [OP.BLOBBASEFEE]: ofBlock(({ blobBaseFee }) => blobBaseFee),
};

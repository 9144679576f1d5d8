/** Executes batches: docs/evm-machine.md, "Batches, blocks, transactions". */
#ifndef ELENCH_EVM_BATCH_H
#define ELENCH_EVM_BATCH_H

#include "vm.h"

typedef struct {
  const uint8_t *bytes;
  size_t length;
  Word chain_id;
  /** That the batch may use. */
  uint64_t gas;
  /** Of the last block: before the batch, then after it. */
  Word number;
  uint8_t state_root[32];
  /** Hashes of the last 256 blocks, before the batch, then after it: entry n mod 256 is block n's. */
  uint8_t history[LIMIT_HISTORY_LENGTH][32];
  /**
   * Of each transaction in its order, with big-endian numbers: keccak256 of its bytes (32), its block's number (32), and what became of it (1):
   * 0 dropped, and nothing follows; 1 failed; 2 succeeded. Then its sender (20), the gas that it used (8), its price (32), whether it makes an
   * account (1), that account (20), the number of its logs (4), and the logs as `Vm` has them.
   */
  Buffer receipts;
} Batch;

/** Bytes that `batch_recover` tells of a transaction: whether it has a sender, and that. */
enum { SENDER_BYTES = 21 };

/** Transactions that a batch holds, valid or not. */
uint32_t batch_count(const uint8_t *bytes, size_t length);

/**
 * Recovers senders of a batch's transactions. Reads the bytes alone, so it may run on any thread, before the batch is executed.
 * @param from, to of the transactions by their numbers in the batch: to is excluded.
 * @param senders SENDER_BYTES for each of the batch's; only those of these transactions are written.
 * @returns false if there is no memory for it.
 */
bool batch_recover(const uint8_t *bytes, size_t length, const Word *chain_id, uint32_t from, uint32_t to,
                   uint8_t *senders);

/**
 * @param senders of `batch_recover`, all of them.
 * @returns false if the world has a fault: then nothing of the batch counts, and the world has to be opened again.
 */
bool batch_execute(Vm *vm, Batch *batch, const uint8_t *senders);

#endif

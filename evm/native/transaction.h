/** Transactions of a batch, decoded strictly (EIPs 155, 2718, 2930, 1559): docs/evm-machine.md, "Batches, blocks, transactions". */
#ifndef ELENCH_EVM_TRANSACTION_H
#define ELENCH_EVM_TRANSACTION_H

#include "buffer.h"
#include "rules.h"
#include "word.h"

typedef struct {
  const uint8_t *start, *end;
} Span;

typedef struct {
  int type;
  uint64_t nonce, gas_limit;
  Word max_priority, max_fee, value;
  bool creates;
  Word to;
  Span data;
  /** The items of the access list. Their form is checked by `transaction_intrinsic_gas`. */
  Span access_list;
  int parity;
  uint8_t r[32], s[32];
  /** The signed message is prefix ‖ body ‖ suffix. */
  Span body;
  uint8_t prefix[6], suffix[35];
  unsigned prefix_length, suffix_length;
} Transaction;

/** @returns false if the bytes are not a transaction of this chain. */
bool transaction_decode(Span bytes, const Word *chain_id, Transaction *transaction);

/** Gas of data, access list and creation (Yellow Paper, 6.2; EIPs 2028, 2930, 3860). @returns −1 if the access list is malformed. */
int64_t transaction_intrinsic_gas(const Transaction *transaction);

/**
 * The next item of an access list: an address, then each of its slots.
 * @param at begins as the list, with `slots` empty.
 * @returns false at the list's end.
 */
typedef struct {
  Span rest, slots;
  Word address, slot;
  bool is_slot;
} AccessList;
bool access_list_next(AccessList *at);

/** Who signed. @param scratch for the message. @returns 1; 0 if the signature is invalid; −1 if there is no memory for it. */
int transaction_sender(const Transaction *transaction, Buffer *scratch, uint8_t address[20]);

#endif

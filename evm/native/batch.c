#include "batch.h"

#include "hashes/keccak256.h"
#include "transaction.h"

/** Where a batch is read. Every byte string is a batch: what is truncated is ignored, with everything after it. */
typedef struct {
  const uint8_t *bytes;
  size_t length, position;
  /** Transactions of the block that are left, and those that the batch may have. */
  uint32_t remaining, allowed;
} Cursor;

static uint32_t load_short(const uint8_t *bytes)
{
  uint32_t value;
  memcpy(&value, bytes, 4);
  return __builtin_bswap32(value);
}

/** The block's next transaction. @returns false if it has none. */
static bool next_transaction(Cursor *at, Span *transaction)
{
  if (at->remaining == 0) return false;
  const size_t left = at->length - at->position;
  if (at->allowed > 0 && left >= TRANSACTION_LENGTH_BYTES) {
    const uint8_t *const start = at->bytes + at->position + TRANSACTION_LENGTH_BYTES;
    const uint32_t length = load_short(at->bytes + at->position);
    if (length <= left - TRANSACTION_LENGTH_BYTES) {
      *transaction = (Span){start, start + length};
      at->position += TRANSACTION_LENGTH_BYTES + length;
      at->remaining--;
      at->allowed--;
      return true;
    }
  }
  at->remaining = 0;
  at->position = at->length;
  return false;
}

/** The next block's header. @returns NULL at the batch's end. */
static const uint8_t *next_block(Cursor *at)
{
  if (at->length - at->position < BLOCK_HEADER_BYTES || at->allowed == 0) return NULL;
  const uint8_t *const header = at->bytes + at->position;
  at->position += BLOCK_HEADER_BYTES;
  at->remaining = load_short(header + BLOCK_HEADER_BYTES - HEADER_COUNT_BYTES);
  return header;
}

static Cursor cursor_of(const uint8_t *bytes, size_t length)
{
  return (Cursor){bytes, length, 0, 0, LIMIT_BATCH_TRANSACTIONS};
}

uint32_t batch_count(const uint8_t *bytes, size_t length)
{
  Cursor cursor = cursor_of(bytes, length);
  uint32_t count = 0;
  while (next_block(&cursor) != NULL)
    for (Span span; next_transaction(&cursor, &span);) count++;
  return count;
}

bool batch_recover(const uint8_t *bytes, size_t length, const Word *chain_id, uint32_t from, uint32_t to,
                   uint8_t *senders)
{
  Buffer scratch = {NULL, 0, 0};
  Cursor cursor = cursor_of(bytes, length);
  int found = 0;
  uint32_t number = 0;
  while (found >= 0 && number < to && next_block(&cursor) != NULL)
    for (Span span; found >= 0 && number < to && next_transaction(&cursor, &span); number++) {
      Transaction transaction;
      if (number < from) continue;
      uint8_t *const sender = senders + SENDER_BYTES * (size_t)number;
      memset(sender, 0, SENDER_BYTES);
      if (!transaction_decode(span, chain_id, &transaction)) continue;
      found = transaction_sender(&transaction, &scratch, sender + 1);
      sender[0] = found > 0;
    }
  buffer_free(&scratch);
  return found >= 0;
}

/** keccak256 of words: H of docs/evm-machine.md. */
static void hash_words(const Word *words, unsigned count, uint8_t hash[32])
{
  uint8_t bytes[10][32];
  for (unsigned i = 0; i < count; i++) word_to_bytes(&words[i], bytes[i]);
  keccak256(bytes[0], 32 * (size_t)count, hash);
}

/** The block that is being executed. */
typedef struct {
  uint64_t gas_limit, gas_used;
  /** Hash chain of its receipts. */
  uint8_t receipts[32];
} Progress;

static Word take_number(const uint8_t **at, unsigned bytes)
{
  const Word number = word_from_short(*at, bytes);
  *at += bytes;
  return number;
}

static Progress begin_block(Environment *block, const uint8_t *header)
{
  const uint8_t *at = header;
  const Word one = word_of(1);
  block->number = word_add(&block->number, &one);
  block->timestamp = take_number(&at, HEADER_TIMESTAMP_BYTES);
  block->gas_limit = take_number(&at, HEADER_GAS_LIMIT_BYTES);
  block->base_fee = take_number(&at, HEADER_BASE_FEE_BYTES);
  block->blob_base_fee = take_number(&at, HEADER_BLOB_BASE_FEE_BYTES);
  block->coinbase = take_number(&at, HEADER_COINBASE_BYTES);
  block->prev_randao = take_number(&at, HEADER_PREV_RANDAO_BYTES);
  return (Progress){.gas_limit = block->gas_limit.limb[0]};
}

/** Ends a block: its hash, which commits to the state, enters the history. */
static bool end_block(Vm *vm, Batch *batch, const Progress *progress)
{
  if (!world_root(vm->world, batch->state_root)) return false;
  const Environment *const block = &vm->block;
  const Word words[10] = {
    block->number,
    block->timestamp,
    block->gas_limit,
    block->base_fee,
    block->blob_base_fee,
    block->coinbase,
    block->prev_randao,
    word_of(progress->gas_used),
    word_from_bytes(progress->receipts),
    word_from_bytes(batch->state_root),
  };
  hash_words(words, 10, batch->history[block->number.limb[0] % LIMIT_HISTORY_LENGTH]);
  batch->number = block->number;
  return true;
}

/** gas · price + value. @returns false if it does not fit a word. */
static bool cost_of(uint64_t gas, const Word *price, const Word *value, Word *cost)
{
  uint64_t product[8];
  const Word factor = word_of(gas);
  word_multiply_wide(&factor, price, product);
  Word fee;
  memcpy(fee.limb, product, sizeof fee.limb);
  return (product[4] | product[5] | product[6] | product[7]) == 0 && !word_add_to(cost, &fee, value);
}

/** Whether block and batch have room for the transaction (EIPs 1559, 2681). */
static bool is_takable(const Transaction *t, int64_t intrinsic, const Environment *block, const Progress *progress,
                       uint64_t gas_left)
{
  return t->gas_limit >= (uint64_t)intrinsic && t->gas_limit <= gas_left &&
         progress->gas_used + t->gas_limit <= progress->gas_limit && !word_is_less(&t->max_fee, &t->max_priority) &&
         !word_is_less(&t->max_fee, &block->base_fee) && t->nonce < UINT64_MAX;
}

/** Whether the sender may send it (EIP-3607), and has the balance for its highest price. */
static bool is_payable(const Transaction *t, const Account *sender)
{
  Word cost;
  return sender->nonce == t->nonce && !account_has_code(sender) &&
         cost_of(t->gas_limit, &t->max_fee, &t->value, &cost) && !word_is_less(&sender->balance, &cost);
}

/** EIP-1559. */
static Word price_of(const Transaction *t, const Word *base_fee)
{
  const Word left = word_subtract(&t->max_fee, base_fee);
  return word_add(base_fee, word_is_less(&t->max_priority, &left) ? &t->max_priority : &left);
}

static void pay(World *world, Account *account, uint64_t gas, const Word *price)
{
  const Word factor = word_of(gas), amount = word_multiply(&factor, price);
  const Word balance = word_add(&account->balance, &amount);
  world_set_balance(world, account, &balance);
}

/** Makes what EIPs 2929, 2930 and 3651 name warm. */
static bool warm_up(World *world, const Transaction *t)
{
  AccessList list = {.rest = t->access_list, .slots = {NULL, NULL}};
  Account *account = NULL;
  while (access_list_next(&list)) {
    if (!list.is_slot) {
      account = world_account(world, &list.address);
      if (account == NULL) return false;
      world_warm_account(world, account);
    } else {
      Slot *const slot = world_slot(world, account, &list.slot);
      if (slot == NULL) return false;
      world_warm_slot(world, slot);
    }
  }
  return true;
}

/** Hash chain of the transaction's logs, as the phase LOG makes it. */
static void hash_logs(const Vm *vm, uint8_t chain[32])
{
  memset(chain, 0, 32);
  const uint8_t *at = vm->logs.data;
  for (uint32_t i = 0; i < vm->log_count; i++) {
    const unsigned topics = at[20];
    uint8_t words[6][32] = {{0}}, pair[2][32];
    memcpy(words[0] + 12, at, 20);
    words[1][31] = (uint8_t)topics;
    memcpy(words[2], at + 21, 32 * topics);
    at += 21 + 32 * topics;
    const uint32_t length = load_short(at);
    keccak256(words[0], 64 + 32 * topics, pair[0]);
    keccak256(at + 4, length, pair[1]);
    at += 4 + length;
    uint8_t log[32], link[2][32];
    keccak256(pair[0], sizeof pair, log);
    memcpy(link[0], chain, 32);
    memcpy(link[1], log, 32);
    keccak256(link[0], sizeof link, chain);
  }
}

/** A transaction that was executed. */
typedef struct {
  Word sender, price, created;
  uint64_t gas_used;
  bool succeeded;
} Outcome;

static bool append_receipt(Vm *vm, Progress *progress, const Transaction *t, const Outcome *outcome, Buffer *receipts)
{
  uint8_t logs[32], receipt[32], chain[2][32];
  hash_logs(vm, logs);
  const Word words[3] = {word_of(outcome->succeeded), word_of(progress->gas_used), word_from_bytes(logs)};
  hash_words(words, 3, receipt);
  memcpy(chain[0], progress->receipts, 32);
  memcpy(chain[1], receipt, 32);
  keccak256(chain[0], sizeof chain, progress->receipts);
  uint8_t *const at = buffer_extend(receipts, 1 + 20 + 8 + 32 + 1 + 20 + 4);
  if (at == NULL || !buffer_append(receipts, vm->logs.data, vm->logs.length)) return false;
  uint8_t bytes[32];
  uint8_t *field = receipts->data + receipts->length - vm->logs.length - (1 + 20 + 8 + 32 + 1 + 20 + 4);
  *field++ = outcome->succeeded ? 2 : 1;
  word_to_bytes(&outcome->sender, bytes);
  memcpy(field, bytes + 12, 20);
  store_big_endian(field + 20, outcome->gas_used);
  word_to_bytes(&outcome->price, field + 28);
  field[60] = t->creates;
  word_to_bytes(&outcome->created, bytes);
  memcpy(field + 61, bytes + 12, 20);
  const uint32_t count = __builtin_bswap32(vm->log_count);
  memcpy(field + 81, &count, 4);
  return true;
}

static Status run(Vm *vm, const Transaction *t, Account *sender, Account *target, int64_t *gas)
{
  Call call = {
    .caller = sender,
    .self = target,
    .code_of = target,
    .caller_address = sender->address,
    .value = t->value,
    .transfers = true,
    .data = t->data.start,
    .data_length = (size_t)(t->data.end - t->data.start),
    .gas = *gas,
    .stack = vm->stack,
  };
  const Status status = t->creates ? vm_create_account(vm, &call) : vm_call(vm, &call);
  *gas = call.gas;
  return status;
}

/** Executes a transaction that the batch has room for. @returns 1; 0 if the sender may not send it; −1 if the world has a fault. */
static int execute(Vm *vm, const Transaction *t, int64_t intrinsic, Outcome *outcome)
{
  World *const world = vm->world;
  world_begin(world);
  vm_trim(vm);
  vm->refund = 0;
  vm->logs.length = 0;
  vm->log_count = 0;
  Account *const sender = world_account(world, &outcome->sender);
  if (sender == NULL) return -1;
  if (!is_payable(t, sender)) return 0;
  vm->origin = outcome->sender;
  vm->gas_price = outcome->price = price_of(t, &vm->block.base_fee);
  outcome->created = t->creates ? vm_created_address(&outcome->sender, t->nonce) : WORD_ZERO;
  Account *const coinbase = world_account(world, &vm->block.coinbase);
  Account *const target = world_account(world, t->creates ? &outcome->created : &t->to);
  if (coinbase == NULL || target == NULL || !warm_up(world, t)) return -1;
  Word fee;
  cost_of(t->gas_limit, &outcome->price, &WORD_ZERO, &fee);
  const Word balance = word_subtract(&sender->balance, &fee);
  world_set_balance(world, sender, &balance);
  world_set_nonce(world, sender, t->nonce + 1);
  world_warm_account(world, sender);
  world_warm_account(world, coinbase);
  world_warm_account(world, target);
  int64_t gas = (int64_t)t->gas_limit - intrinsic;
  const Status status = run(vm, t, sender, target, &gas);
  if (status == FATAL) return -1;
  const uint64_t spent = t->gas_limit - (uint64_t)gas, most = spent / GAS_MAX_REFUND_QUOTIENT;
  const uint64_t refund = (uint64_t)vm->refund < most ? (uint64_t)vm->refund : most;
  outcome->gas_used = spent - refund;
  outcome->succeeded = status == ENDED;
  pay(world, sender, (uint64_t)gas + refund, &outcome->price);
  const Word tip = word_subtract(&outcome->price, &vm->block.base_fee);
  pay(world, coinbase, outcome->gas_used, &tip);
  world_commit(world);
  return world_fault(world) == WORLD_SOUND ? 1 : -1;
}

/** Executes one transaction, or drops it. @returns false if the world has a fault. */
static bool take(Vm *vm, Batch *batch, Progress *progress, Span bytes, const uint8_t *sender)
{
  uint8_t *const head = buffer_extend(&batch->receipts, 64);
  if (head == NULL) return false;
  keccak256(bytes.start, (size_t)(bytes.end - bytes.start), head);
  word_to_bytes(&vm->block.number, head + 32);
  Transaction t;
  Outcome outcome;
  int taken = 0;
  if (transaction_decode(bytes, &batch->chain_id, &t)) {
    const int64_t intrinsic = transaction_intrinsic_gas(&t);
    if (intrinsic >= 0 && is_takable(&t, intrinsic, &vm->block, progress, batch->gas)) {
      outcome.sender = word_from_short(sender + 1, 20);
      if (sender[0] == 1) taken = execute(vm, &t, intrinsic, &outcome);
    }
  }
  if (taken < 0) return false;
  if (taken == 0) return buffer_append(&batch->receipts, (const uint8_t[]){0}, 1);
  progress->gas_used += outcome.gas_used;
  batch->gas -= outcome.gas_used;
  return append_receipt(vm, progress, &t, &outcome, &batch->receipts);
}

bool batch_execute(Vm *vm, Batch *batch, const uint8_t *senders)
{
  Cursor cursor = cursor_of(batch->bytes, batch->length);
  batch->receipts.length = 0;
  vm->block = (Environment){.number = batch->number, .chain_id = batch->chain_id, .history = batch->history};
  for (const uint8_t *header; (header = next_block(&cursor)) != NULL;) {
    Progress progress = begin_block(&vm->block, header);
    for (Span bytes; next_transaction(&cursor, &bytes); senders += SENDER_BYTES)
      if (!take(vm, batch, &progress, bytes, senders)) {
        world_fail(vm->world, WORLD_NO_MEMORY);
        return false;
      }
    if (!end_block(vm, batch, &progress)) return false;
  }
  return true;
}

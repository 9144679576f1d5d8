/**
 * The instructions (Yellow Paper, appendix H.2, under Cancun's rules). A frame runs from instruction to instruction by a jump table; its stack,
 * position and gas are in registers. The code is followed by zeros, so that reading past its end finds STOP.
 */
#include <limits.h>

#include "hashes/keccak256.h"
#include "vm.h"

#define EFFECT(name, takes, gives, gas) TAKES_##name = takes, GIVES_##name = gives, COST_##name = gas,
enum { OPCODES(EFFECT) };
#undef EFFECT

/** Words that so many bytes fill. */
static inline uint64_t words_of(uint64_t bytes) { return (bytes + 31) / 32; }

/** Yellow Paper, H.1. @param words at most 2^27. */
static inline int64_t memory_gas(uint64_t words)
{
  return (int64_t)(GAS_MEMORY_WORD * words + words * words / GAS_MEMORY_QUADRATIC_DIVISOR);
}

static bool grow_slowly(Memory *memory, uint64_t end, int64_t *gas)
{
  // The limit of docs/evm-machine.md, 2^32: more would cost more gas than there is.
  if (end > 1ull << 32) return false;
  const uint64_t words = words_of(end);
  *gas -= memory_gas(words) - memory_gas(memory->size / 32);
  if (*gas < 0) return false;
  const size_t size = (size_t)(32 * words);
  if (size > memory->capacity) {
    size_t capacity = memory->capacity < 4096 ? 4096 : memory->capacity;
    while (capacity < size) capacity *= 2;
    uint8_t *const data = realloc(memory->data, capacity);
    // An exceptional halt would be another result than another machine's.
    if (data == NULL) {
      *gas = INT64_MIN;
      return false;
    }
    memory->data = data;
    memory->capacity = capacity;
  }
  memset(memory->data + memory->size, 0, size - memory->size);
  memory->size = size;
  return true;
}

/** Expands memory to offset + length, and pays for it. @returns false if the gas does not do; it is then negative, or what it was. */
static inline bool grow(Memory *memory, const Word *offset, uint64_t length, int64_t *gas)
{
  if (length == 0) return true;
  if (!word_is_short(offset) || offset->limb[0] > 1ull << 32 || length > 1ull << 32) return false;
  const uint64_t end = offset->limb[0] + length;
  return end <= memory->size || grow_slowly(memory, end, gas);
}

/** The same for a length on the stack. */
static inline bool grow_by(Memory *memory, const Word *offset, const Word *length, int64_t *gas)
{
  return word_is_zero(length) || (word_is_short(length) && grow(memory, offset, length->limb[0], gas));
}

/** Where memory begins that has been grown for this offset and length. */
static inline uint8_t *at_offset(const Memory *memory, const Word *offset, const Word *length)
{
  return word_is_zero(length) ? memory->data : memory->data + offset->limb[0];
}

/** Copies from a source as if zeros followed it. @param from any offset. */
static void copy_padded(uint8_t *to, const uint8_t *source, uint64_t size, const Word *from, uint64_t length)
{
  const uint64_t start = word_is_short(from) && from->limb[0] < size ? from->limb[0] : size;
  const uint64_t count = size - start < length ? size - start : length;
  if (count > 0) memcpy(to, source + start, count);
  if (length > count) memset(to + count, 0, length - count);
}

/*
 * Instructions that need room of their own. They are functions, so that a frame of vm_execute stays small: calls nest 1,024 deep on the stack
 * of a thread. Each leaves its result in the place of its last operand; `top` is its first.
 */
#define APART __attribute__((noinline)) static

APART void divide(Word *top)
{
  Word quotient, remainder;
  word_divide(top, top - 1, &quotient, &remainder);
  top[-1] = quotient;
}

APART void reduce(Word *top)
{
  Word remainder;
  word_divide(top, top - 1, NULL, &remainder);
  top[-1] = remainder;
}

APART void divide_signed(Word *top)
{
  const int negative_a = word_is_negative(top), negative_b = word_is_negative(top - 1);
  const Word x = negative_a ? word_negate(top) : *top, y = negative_b ? word_negate(top - 1) : top[-1];
  Word quotient, remainder;
  word_divide(&x, &y, &quotient, &remainder);
  top[-1] = negative_a != negative_b ? word_negate(&quotient) : quotient;
}

APART void reduce_signed(Word *top)
{
  const int negative = word_is_negative(top);
  const Word x = negative ? word_negate(top) : *top;
  const Word y = word_is_negative(top - 1) ? word_negate(top - 1) : top[-1];
  Word remainder;
  word_divide(&x, &y, NULL, &remainder);
  top[-1] = negative ? word_negate(&remainder) : remainder;
}

APART void add_modulo(Word *top)
{
  uint64_t sum[8] = {0};
  Word low;
  sum[4] = word_add_to(&low, top, top - 1);
  memcpy(sum, low.limb, sizeof low.limb);
  top[-2] = word_reduce(sum, top - 2);
}

APART void multiply_modulo(Word *top)
{
  uint64_t product[8];
  word_multiply_wide(top, top - 1, product);
  top[-2] = word_reduce(product, top - 2);
}

APART void exponentiate(Word *top) { top[-1] = word_power(*top, top - 1); }

APART void sign_extend(Word *top)
{
  if (!word_is_short(top) || top->limb[0] > 30) return;
  const unsigned free_bits = 256 - 8 * ((unsigned)top->limb[0] + 1);
  const Word up = word_shift_left(top - 1, free_bits);
  top[-1] = word_shift_right_signed(&up, free_bits);
}

static void byte_of(Word *top)
{
  const unsigned bit = 8 * (31 - ((unsigned)top->limb[0] & 31));
  const bool is_in = word_is_short(top) && top->limb[0] < 32;
  top[-1] = word_of(is_in ? top[-1].limb[bit / 64] >> (bit % 64) & 0xff : 0);
}

static bool is_shift(const Word *n) { return word_is_short(n) && n->limb[0] < 256; }

APART void shift_left(Word *top)
{
  top[-1] = is_shift(top) ? word_shift_left(top - 1, (unsigned)top->limb[0]) : WORD_ZERO;
}

APART void shift_right(Word *top)
{
  top[-1] = is_shift(top) ? word_shift_right(top - 1, (unsigned)top->limb[0]) : WORD_ZERO;
}

APART void shift_right_signed(Word *top)
{
  top[-1] = word_shift_right_signed(top - 1, is_shift(top) ? (unsigned)top->limb[0] : 255);
}

APART void hash(Word *top, const uint8_t *bytes)
{
  uint8_t digest[32];
  keccak256(bytes, (size_t)top[-1].limb[0], digest);
  top[-1] = word_from_bytes(digest);
}

APART void load_data(Word *top, const uint8_t *data, size_t length)
{
  uint8_t bytes[32];
  copy_padded(bytes, data, length, top, 32);
  *top = word_from_bytes(bytes);
}

/** A limb of PUSH's data: of n big-endian bytes. */
static inline __attribute__((always_inline)) uint64_t data_limb(const uint8_t *data, int n, int limb)
{
  const int end = n - 8 * limb;
  if (end <= 0) return 0;
  return end >= 8 ? load_big_endian(data + end - 8) : load_big_endian(data) >> (64 - 8 * end);
}

/** Charges for the access to the account that an item names, and makes it warm. */
APART Account *access_account(Vm *vm, const Word *item, int64_t *gas)
{
  const Word address = word_mask_address(*item);
  Account *const account = world_account(vm->world, &address);
  if (account == NULL) return NULL;
  const bool warm = world_warm_account(vm->world, account) || vm_precompile(&address) != 0;
  *gas -= warm ? GAS_WARM_STORAGE_READ_COST : GAS_COLD_ACCOUNT_ACCESS_COST;
  return account;
}

/** What a write adds to the refund counter (EIP-2200, EIP-3529). */
static int64_t refund_of(const Word *original, const Word *current, const Word *value)
{
  if (word_is_equal(value, current)) return 0;
  const bool was_zero = word_is_zero(original);
  int64_t refund = 0;
  if (!was_zero) {
    if (word_is_zero(value)) refund += GAS_SSTORE_CLEARS_SCHEDULE;
    if (word_is_zero(current)) refund -= GAS_SSTORE_CLEARS_SCHEDULE;
  }
  if (word_is_equal(value, original))
    refund += (was_zero ? GAS_SSTORE_SET_GAS : GAS_SSTORE_RESET_GAS) - GAS_WARM_STORAGE_READ_COST;
  return refund;
}

/** @returns whether the gas does; false too if the world has a fault. */
APART bool store_slot(Vm *vm, Frame *frame, const Word *number, const Word *value, int64_t *gas)
{
  // EIP-2200: the call stipend must not pay for a write.
  if (frame->is_static || *gas <= GAS_CALL_STIPEND) return false;
  Slot *const slot = world_slot(vm->world, frame->self, number);
  if (slot == NULL) return false;
  if (!world_warm_slot(vm->world, slot)) *gas -= GAS_COLD_SLOAD_COST;
  const bool is_first = word_is_equal(&slot->current, &slot->original) && !word_is_equal(value, &slot->current);
  *gas -= !is_first                       ? GAS_WARM_STORAGE_READ_COST
          : word_is_zero(&slot->original) ? GAS_SSTORE_SET_GAS
                                          : GAS_SSTORE_RESET_GAS;
  if (*gas < 0) return false;
  vm->refund += refund_of(&slot->original, &slot->current, value);
  if (!word_is_equal(value, &slot->current)) world_set_slot(vm->world, slot, value);
  return true;
}

APART bool emit_log(Vm *vm, const Frame *frame, const Word *top, unsigned topics, const uint8_t *data, uint32_t length)
{
  uint8_t *at = buffer_extend(&vm->logs, 20 + 1 + 32 * topics + 4 + (size_t)length);
  if (at == NULL) {
    world_fail(vm->world, WORLD_NO_MEMORY);
    return false;
  }
  uint8_t address[32];
  word_to_bytes(&frame->self->address, address);
  memcpy(at, address + 12, 20);
  at[20] = (uint8_t)topics;
  at += 21;
  for (unsigned i = 0; i < topics; i++, at += 32) word_to_bytes(top - i, at);
  const uint32_t size = __builtin_bswap32(length);
  memcpy(at, &size, 4);
  if (length > 0) memcpy(at + 4, data, length);
  vm->log_count++;
  return true;
}

APART void block_hash(const Environment *block, Word *top)
{
  Word age;
  const bool is_past = !word_subtract_to(&age, &block->number, top) && !word_is_zero(&age);
  const bool is_kept = is_past && word_is_short(&age) && age.limb[0] <= LIMIT_HISTORY_LENGTH;
  *top = is_kept ? word_from_bytes(block->history[top->limb[0] % LIMIT_HISTORY_LENGTH]) : WORD_ZERO;
}

/** What an instruction leaves to the rest of the loop. */
typedef enum { GO_ON, HALT, STOP_ALL } Next;

/** CALL, CALLCODE, DELEGATECALL, STATICCALL: gas by EIPs 150, 161, 2929. @param top the first argument. */
APART Next call(Vm *vm, Frame *frame, Memory *memory, uint8_t op, const Word *top, Word *result, int64_t *gas)
{
  const bool has_value = op == OP_CALL || op == OP_CALLCODE;
  const Word requested = top[0];
  const Word value = has_value ? top[-2] : WORD_ZERO;
  const Word *const rest = top - (has_value ? 3 : 2);
  const Word in_offset = rest[0], in_length = rest[-1], out_offset = rest[-2], out_length = rest[-3];
  const bool pays = !word_is_zero(&value);
  if (op == OP_CALL && frame->is_static && pays) return HALT;
  if (!grow_by(memory, &in_offset, &in_length, gas) || !grow_by(memory, &out_offset, &out_length, gas)) return HALT;
  Account *const target = access_account(vm, &top[-1], gas);
  if (target == NULL) return STOP_ALL;
  if (pays) {
    *gas -= GAS_CALL_VALUE;
    if (op == OP_CALL && account_is_empty(target)) *gas -= GAS_NEW_ACCOUNT;
  }
  if (*gas < 0) return HALT;
  int64_t given = *gas - *gas / GAS_CALL_RESERVE_DIVISOR;
  if (word_is_short(&requested) && requested.limb[0] < (uint64_t)given) given = (int64_t)requested.limb[0];
  *gas -= given;
  const bool delegates = op == OP_DELEGATECALL;
  Call callee = {
    .caller = frame->self,
    .self = delegates || op == OP_CALLCODE ? frame->self : target,
    .code_of = target,
    .caller_address = delegates ? frame->caller : frame->self->address,
    .value = delegates ? frame->value : value,
    .transfers = !delegates,
    .is_static = frame->is_static || op == OP_STATICCALL,
    .data = at_offset(memory, &in_offset, &in_length),
    .data_length = (size_t)in_length.limb[0],
    .gas = given + (pays ? GAS_CALL_STIPEND : 0),
    .depth = frame->depth + 1,
    .stack = result + 1,
  };
  const Status status = vm_call(vm, &callee);
  if (status == FATAL) return STOP_ALL;
  *gas += callee.gas;
  *result = word_of(status == ENDED);
  const uint64_t count = out_length.limb[0] < vm->returned.length ? out_length.limb[0] : vm->returned.length;
  if (count > 0) memcpy(memory->data + out_offset.limb[0], vm->returned.data, (size_t)count);
  return GO_ON;
}

/** EIP-1014. */
static Word salted_address(const Word *creator, const Word *salt, const uint8_t *initcode, size_t length)
{
  uint8_t bytes[12 + 73 + 12], digest[32];
  word_to_bytes(creator, bytes);
  bytes[11] = 0xff;
  word_to_bytes(salt, bytes + 32);
  keccak256(initcode, length, bytes + 64);
  keccak256(bytes + 11, 85, digest);
  return word_mask_address(word_from_bytes(digest));
}

/** CREATE, CREATE2 (EIPs 170, 684, 1014, 2681, 3541, 3860). */
APART Next create(Vm *vm, Frame *frame, Memory *memory, uint8_t op, const Word *top, Word *result, int64_t *gas)
{
  const Word value = top[0], offset = top[-1], length = top[-2];
  const Word salt = op == OP_CREATE2 ? top[-3] : WORD_ZERO;
  if (frame->is_static || !word_is_short(&length) || length.limb[0] > LIMIT_INITCODE_BYTES) return HALT;
  if (!grow_by(memory, &offset, &length, gas)) return HALT;
  const int64_t per_word = GAS_INITCODE_WORD_COST + (op == OP_CREATE2 ? GAS_KECCAK256_WORD : 0);
  *gas -= per_word * (int64_t)words_of(length.limb[0]);
  if (*gas < 0) return HALT;
  Account *const creator = frame->self;
  vm->returned.length = 0;
  *result = WORD_ZERO;
  if (frame->depth >= LIMIT_CALL_DEPTH || word_is_less(&creator->balance, &value) || creator->nonce == UINT64_MAX)
    return GO_ON;
  const uint8_t *const initcode = at_offset(memory, &offset, &length);
  const size_t size = (size_t)length.limb[0];
  const Word address = op == OP_CREATE2 ? salted_address(&creator->address, &salt, initcode, size)
                                        : vm_created_address(&creator->address, creator->nonce);
  world_set_nonce(vm->world, creator, creator->nonce + 1);
  Account *const account = world_account(vm->world, &address);
  if (account == NULL) return STOP_ALL;
  world_warm_account(vm->world, account);
  const int64_t given = *gas - *gas / GAS_CALL_RESERVE_DIVISOR;
  *gas -= given;
  Call creation = {
    .caller = creator,
    .self = account,
    .caller_address = creator->address,
    .value = value,
    .transfers = true,
    .data = initcode,
    .data_length = size,
    .gas = given,
    .depth = frame->depth + 1,
    .stack = result + 1,
  };
  const Status status = vm_create_account(vm, &creation);
  if (status == FATAL) return STOP_ALL;
  *gas += creation.gas;
  if (status == ENDED) *result = account->address;
  return GO_ON;
}

/** Moves the balance, and destroys the account only if this transaction created it (EIP-6780). Debits first: the two accounts can be one. */
APART Next self_destruct(Vm *vm, Frame *frame, const Word *to, int64_t *gas)
{
  if (frame->is_static) return HALT;
  World *const world = vm->world;
  Account *const account = frame->self;
  const Word address = word_mask_address(*to), balance = account->balance;
  const bool is_created = world_is_created(world, account);
  Account *const beneficiary = world_account(world, &address);
  if (beneficiary == NULL) return STOP_ALL;
  world_set_balance(world, account, &WORD_ZERO);
  if (is_created) world_destroy_account(world, account);
  const bool warm = world_warm_account(world, beneficiary) || vm_precompile(&address) != 0;
  if (!warm) *gas -= GAS_COLD_ACCOUNT_ACCESS_COST;
  if (!word_is_zero(&balance) && account_is_empty(beneficiary)) *gas -= GAS_NEW_ACCOUNT;
  if (*gas < 0) return HALT;
  const bool burns = is_created && beneficiary == account;
  const Word sum = burns ? beneficiary->balance : word_add(&beneficiary->balance, &balance);
  world_set_balance(world, beneficiary, &sum);
  return GO_ON;
}

Status vm_execute(Vm *vm, Frame *frame)
{
#define LABEL(name, takes, gives, gas) [OP_##name] = &&name,
  // cppcheck-suppress assignBoolToPointer
  static const void *const INSTRUCTIONS[256] = {[0 ... 255] = &&halt, OPCODES(LABEL)};
#undef LABEL

  World *const world = vm->world;
  Code *const code = frame->code;
  Memory *const memory = &vm->memories[frame->depth];
  memory->size = 0;
  Word *const bottom = frame->stack;
  /** The first free item. */
  Word *sp = bottom;
  const uint8_t *ip = code->bytes;
  int64_t gas = frame->gas;

// Each instruction checks its stack and pays its static gas first.
#define NEXT goto *INSTRUCTIONS[*ip++]
#define CASE(name)                                                                                                     \
  name:                                                                                                                \
  if (TAKES_##name > 0 && sp < bottom + TAKES_##name) goto halt;                                                       \
  if (GIVES_##name > TAKES_##name && sp == bottom + LIMIT_STACK) goto halt;                                            \
  gas -= COST_##name;                                                                                                  \
  if (COST_##name > 0 && gas < 0) goto halt;
#define PUSH(value)                                                                                                    \
  do {                                                                                                                 \
    *sp++ = (value);                                                                                                   \
    NEXT;                                                                                                              \
  } while (0)
// Two items become one: by a value, by a function of both and its place, or by a function of its own.
#define BINARY(name, value)                                                                                            \
  CASE(name)                                                                                                           \
  {                                                                                                                    \
    const Word *const a = sp - 1, *const b = sp - 2;                                                                   \
    sp[-2] = (value);                                                                                                  \
    sp--;                                                                                                              \
    NEXT;                                                                                                              \
  }
#define REDUCING(name, items, function)                                                                                \
  CASE(name)                                                                                                           \
  {                                                                                                                    \
    function(sp - 1);                                                                                                  \
    sp -= items - 1;                                                                                                   \
    NEXT;                                                                                                              \
  }
#define EACH_LIMB(operation)                                                                                           \
  ((Word){{a->limb[0] operation b->limb[0], a->limb[1] operation b->limb[1], a->limb[2] operation b->limb[2],          \
           a->limb[3] operation b->limb[3]}})

  NEXT;

  CASE(STOP)
  {
    vm->returned.length = 0;
    frame->gas = gas;
    return ENDED;
  }

  CASE(ADD)
  {
    word_add_to(sp - 2, sp - 1, sp - 2);
    sp--;
    NEXT;
  }
  BINARY(MUL, word_multiply(a, b))
  CASE(SUB)
  {
    word_subtract_to(sp - 2, sp - 1, sp - 2);
    sp--;
    NEXT;
  }
  REDUCING(DIV, 2, divide)
  REDUCING(SDIV, 2, divide_signed)
  REDUCING(MOD, 2, reduce)
  REDUCING(SMOD, 2, reduce_signed)
  REDUCING(ADDMOD, 3, add_modulo)
  REDUCING(MULMOD, 3, multiply_modulo)
  CASE(EXP)
  {
    gas -= GAS_EXP_BYTE * (int64_t)word_byte_length(sp - 2);
    if (gas < 0) goto halt;
    exponentiate(sp - 1);
    sp--;
    NEXT;
  }
  REDUCING(SIGNEXTEND, 2, sign_extend)
  BINARY(LT, word_of((uint64_t)word_is_less(a, b)))
  BINARY(GT, word_of((uint64_t)word_is_less(b, a)))
  BINARY(SLT, word_of((uint64_t)word_is_less_signed(a, b)))
  BINARY(SGT, word_of((uint64_t)word_is_less_signed(b, a)))
  BINARY(EQ, word_of((uint64_t)word_is_equal(a, b)))
  CASE(ISZERO)
  {
    sp[-1] = word_of((uint64_t)word_is_zero(sp - 1));
    NEXT;
  }
  BINARY(AND, EACH_LIMB(&))
  BINARY(OR, EACH_LIMB(|))
  BINARY(XOR, EACH_LIMB(^))
  CASE(NOT)
  {
    for (int i = 0; i < 4; i++) sp[-1].limb[i] = ~sp[-1].limb[i];
    NEXT;
  }
  REDUCING(BYTE, 2, byte_of)
  REDUCING(SHL, 2, shift_left)
  REDUCING(SHR, 2, shift_right)
  REDUCING(SAR, 2, shift_right_signed)

  CASE(KECCAK256)
  {
    if (!grow_by(memory, sp - 1, sp - 2, &gas)) goto out_of_gas;
    gas -= (int64_t)(GAS_KECCAK256_WORD * words_of(sp[-2].limb[0]));
    if (gas < 0) goto halt;
    hash(sp - 1, at_offset(memory, sp - 1, sp - 2));
    sp--;
    NEXT;
  }

  CASE(ADDRESS) PUSH(frame->self->address);
  CASE(BALANCE)
  {
    const Account *const account = access_account(vm, sp - 1, &gas);
    if (account == NULL) goto fatal;
    if (gas < 0) goto halt;
    sp[-1] = account->balance;
    NEXT;
  }
  CASE(ORIGIN) PUSH(vm->origin);
  CASE(CALLER) PUSH(frame->caller);
  CASE(CALLVALUE) PUSH(frame->value);
  CASE(CALLDATALOAD)
  {
    load_data(sp - 1, frame->data, frame->data_length);
    NEXT;
  }
  CASE(CALLDATASIZE) PUSH(word_of(frame->data_length));
#define COPY(name, source, size)                                                                                       \
  CASE(name)                                                                                                           \
  {                                                                                                                    \
    const uint64_t length = sp[-3].limb[0];                                                                            \
    if (!grow_by(memory, sp - 1, sp - 3, &gas)) goto out_of_gas;                                                       \
    gas -= (int64_t)(GAS_COPY_WORD * words_of(length));                                                                \
    if (gas < 0) goto halt;                                                                                            \
    if (length > 0) copy_padded(memory->data + sp[-1].limb[0], source, size, sp - 2, length);                          \
    sp -= 3;                                                                                                           \
    NEXT;                                                                                                              \
  }
  COPY(CALLDATACOPY, frame->data, frame->data_length)
  CASE(CODESIZE) PUSH(word_of(code->size));
  COPY(CODECOPY, code->bytes, code->size)
  CASE(GASPRICE) PUSH(vm->gas_price);
  CASE(EXTCODESIZE)
  {
    Account *const account = access_account(vm, sp - 1, &gas);
    if (account == NULL) goto fatal;
    if (gas < 0) goto halt;
    const Code *const other = world_code(world, account);
    if (other == NULL) goto fatal;
    sp[-1] = word_of(other->size);
    NEXT;
  }
  CASE(EXTCODECOPY)
  {
    Account *const account = access_account(vm, sp - 1, &gas);
    const uint64_t length = sp[-4].limb[0];
    if (account == NULL) goto fatal;
    if (gas < 0) goto halt;
    if (!grow_by(memory, sp - 2, sp - 4, &gas)) goto out_of_gas;
    gas -= (int64_t)(GAS_COPY_WORD * words_of(length));
    if (gas < 0) goto halt;
    if (length > 0) {
      const Code *const other = world_code(world, account);
      if (other == NULL) goto fatal;
      copy_padded(memory->data + sp[-2].limb[0], other->bytes, other->size, sp - 3, length);
    }
    sp -= 4;
    NEXT;
  }
  CASE(RETURNDATASIZE) PUSH(word_of(vm->returned.length));
  CASE(RETURNDATACOPY)
  {
    const uint64_t from = sp[-2].limb[0], length = sp[-3].limb[0];
    // EIP-211: a range beyond the return data halts.
    if (!word_is_short(sp - 2) || !word_is_short(sp - 3) || from > vm->returned.length) goto halt;
    if (length > vm->returned.length - from) goto halt;
    if (!grow_by(memory, sp - 1, sp - 3, &gas)) goto out_of_gas;
    gas -= (int64_t)(GAS_COPY_WORD * words_of(length));
    if (gas < 0) goto halt;
    if (length > 0) memcpy(memory->data + sp[-1].limb[0], vm->returned.data + from, (size_t)length);
    sp -= 3;
    NEXT;
  }
  CASE(EXTCODEHASH)
  {
    const Account *const account = access_account(vm, sp - 1, &gas);
    if (account == NULL) goto fatal;
    if (gas < 0) goto halt;
    sp[-1] = account_is_empty(account) ? WORD_ZERO : word_from_bytes(account->code_hash);
    NEXT;
  }
  CASE(BLOCKHASH)
  {
    block_hash(&vm->block, sp - 1);
    NEXT;
  }
  CASE(COINBASE) PUSH(vm->block.coinbase);
  CASE(TIMESTAMP) PUSH(vm->block.timestamp);
  CASE(NUMBER) PUSH(vm->block.number);
  CASE(PREVRANDAO) PUSH(vm->block.prev_randao);
  CASE(GASLIMIT) PUSH(vm->block.gas_limit);
  CASE(CHAINID) PUSH(vm->block.chain_id);
  CASE(SELFBALANCE) PUSH(frame->self->balance);
  CASE(BASEFEE) PUSH(vm->block.base_fee);
  // The chain has no blob transactions.
  CASE(BLOBHASH)
  {
    sp[-1] = WORD_ZERO;
    NEXT;
  }
  CASE(BLOBBASEFEE) PUSH(vm->block.blob_base_fee);

  CASE(POP)
  {
    sp--;
    NEXT;
  }
  CASE(MLOAD)
  {
    if (!grow(memory, sp - 1, 32, &gas)) goto out_of_gas;
    sp[-1] = word_from_bytes(memory->data + sp[-1].limb[0]);
    NEXT;
  }
  CASE(MSTORE)
  {
    if (!grow(memory, sp - 1, 32, &gas)) goto out_of_gas;
    word_to_bytes(sp - 2, memory->data + sp[-1].limb[0]);
    sp -= 2;
    NEXT;
  }
  CASE(MSTORE8)
  {
    if (!grow(memory, sp - 1, 1, &gas)) goto out_of_gas;
    memory->data[sp[-1].limb[0]] = (uint8_t)sp[-2].limb[0];
    sp -= 2;
    NEXT;
  }
  CASE(SLOAD)
  {
    Slot *const slot = world_slot(world, frame->self, sp - 1);
    if (slot == NULL) goto fatal;
    gas -= world_warm_slot(world, slot) ? GAS_WARM_STORAGE_READ_COST : GAS_COLD_SLOAD_COST;
    if (gas < 0) goto halt;
    sp[-1] = slot->current;
    NEXT;
  }
  CASE(SSTORE)
  {
    if (!store_slot(vm, frame, sp - 1, sp - 2, &gas)) goto halt_or_fatal;
    sp -= 2;
    NEXT;
  }
  CASE(JUMP)
  {
    sp--;
  jump:
    if (!word_is_short(sp) || sp->limb[0] >= code->size) goto halt;
    if (code->destinations == NULL && !code_analyse(code)) goto no_memory;
    if (!code_is_destination(code, sp->limb[0])) goto halt;
    ip = code->bytes + sp->limb[0];
    NEXT;
  }
  CASE(JUMPI)
  {
    sp -= 2;
    if (word_is_zero(sp)) NEXT;
    // The destination lies above the condition.
    sp[0] = sp[1];
    goto jump;
  }
  CASE(PC) PUSH(word_of((uint64_t)(ip - code->bytes - 1)));
  CASE(MSIZE) PUSH(word_of(memory->size));
  CASE(GAS) PUSH(word_of((uint64_t)gas));
  CASE(JUMPDEST) NEXT;
  CASE(TLOAD)
  {
    sp[-1] = world_transient(world, frame->self, sp - 1);
    NEXT;
  }
  CASE(TSTORE)
  {
    if (frame->is_static) goto halt;
    world_set_transient(world, frame->self, sp - 1, sp - 2);
    sp -= 2;
    NEXT;
  }
  CASE(MCOPY)
  {
    const uint64_t length = sp[-3].limb[0];
    if (!grow_by(memory, sp - 2, sp - 3, &gas) || !grow_by(memory, sp - 1, sp - 3, &gas)) goto out_of_gas;
    gas -= (int64_t)(GAS_COPY_WORD * words_of(length));
    if (gas < 0) goto halt;
    if (length > 0) memmove(memory->data + sp[-1].limb[0], memory->data + sp[-2].limb[0], (size_t)length);
    sp -= 3;
    NEXT;
  }

  CASE(PUSH0) PUSH(WORD_ZERO);
#define PUSH_DATA(n)                                                                                                   \
  CASE(PUSH##n)                                                                                                        \
  {                                                                                                                    \
    for (int i = 0; i < 4; i++) sp->limb[i] = data_limb(ip, n, i);                                                     \
    sp++;                                                                                                              \
    ip += n;                                                                                                           \
    NEXT;                                                                                                              \
  }
  PUSH_DATA(1)
  PUSH_DATA(2)
  PUSH_DATA(3)
  PUSH_DATA(4)
  PUSH_DATA(5)
  PUSH_DATA(6)
  PUSH_DATA(7)
  PUSH_DATA(8)
  PUSH_DATA(9)
  PUSH_DATA(10)
  PUSH_DATA(11)
  PUSH_DATA(12)
  PUSH_DATA(13)
  PUSH_DATA(14)
  PUSH_DATA(15)
  PUSH_DATA(16)
  PUSH_DATA(17)
  PUSH_DATA(18)
  PUSH_DATA(19)
  PUSH_DATA(20)
  PUSH_DATA(21)
  PUSH_DATA(22)
  PUSH_DATA(23)
  PUSH_DATA(24)
  PUSH_DATA(25)
  PUSH_DATA(26)
  PUSH_DATA(27)
  PUSH_DATA(28)
  PUSH_DATA(29)
  PUSH_DATA(30)
  PUSH_DATA(31)
  PUSH_DATA(32)
#define DUP(n)                                                                                                         \
  CASE(DUP##n)                                                                                                         \
  {                                                                                                                    \
    *sp = sp[-n];                                                                                                      \
    sp++;                                                                                                              \
    NEXT;                                                                                                              \
  }
  DUP(1)
  DUP(2)
  DUP(3)
  DUP(4)
  DUP(5)
  DUP(6)
  DUP(7)
  DUP(8)
  DUP(9)
  DUP(10)
  DUP(11)
  DUP(12)
  DUP(13)
  DUP(14)
  DUP(15)
  DUP(16)
#define SWAP(n)                                                                                                        \
  CASE(SWAP##n)                                                                                                        \
  {                                                                                                                    \
    for (int i = 0; i < 4; i++) {                                                                                      \
      const uint64_t limb = sp[-1].limb[i];                                                                            \
      sp[-1].limb[i] = sp[-1 - n].limb[i];                                                                             \
      sp[-1 - n].limb[i] = limb;                                                                                       \
    }                                                                                                                  \
    NEXT;                                                                                                              \
  }
  SWAP(1)
  SWAP(2)
  SWAP(3)
  SWAP(4)
  SWAP(5)
  SWAP(6)
  SWAP(7)
  SWAP(8)
  SWAP(9)
  SWAP(10)
  SWAP(11)
  SWAP(12)
  SWAP(13)
  SWAP(14)
  SWAP(15)
  SWAP(16)
#define LOG(n)                                                                                                         \
  CASE(LOG##n)                                                                                                         \
  {                                                                                                                    \
    const uint32_t length = (uint32_t)sp[-2].limb[0];                                                                  \
    if (frame->is_static) goto halt;                                                                                   \
    if (!grow_by(memory, sp - 1, sp - 2, &gas)) goto out_of_gas;                                                       \
    gas -= GAS_LOG_DATA_BYTE * (int64_t)length;                                                                        \
    if (gas < 0) goto halt;                                                                                            \
    if (!emit_log(vm, frame, sp - 3, n, at_offset(memory, sp - 1, sp - 2), length)) goto fatal;                        \
    sp -= 2 + n;                                                                                                       \
    NEXT;                                                                                                              \
  }
  LOG(0)
  LOG(1)
  LOG(2)
  LOG(3)
  LOG(4)

#define FRAME(name, function, takes)                                                                                   \
  CASE(name)                                                                                                           \
  switch (function(vm, frame, memory, OP_##name, sp - 1, sp - takes, &gas)) {                                          \
  case HALT: goto halt_or_fatal;                                                                                       \
  case STOP_ALL: goto fatal;                                                                                           \
  case GO_ON: break;                                                                                                   \
  }                                                                                                                    \
  sp -= takes - 1;                                                                                                     \
  NEXT;
  FRAME(CREATE, create, 3)
  FRAME(CALL, call, 7)
  FRAME(CALLCODE, call, 7)
  FRAME(DELEGATECALL, call, 6)
  FRAME(CREATE2, create, 4)
  FRAME(STATICCALL, call, 6)

#define LEAVE(name, status)                                                                                            \
  CASE(name)                                                                                                           \
  {                                                                                                                    \
    if (!grow_by(memory, sp - 1, sp - 2, &gas)) goto out_of_gas;                                                       \
    frame->gas = gas;                                                                                                  \
    return vm_return(vm, status, at_offset(memory, sp - 1, sp - 2), (size_t)sp[-2].limb[0]);                           \
  }
  LEAVE(RETURN, ENDED)
  LEAVE(REVERT, REVERTED)
  CASE(SELFDESTRUCT)
  {
    const Next next = self_destruct(vm, frame, sp - 1, &gas);
    if (next == STOP_ALL) goto fatal;
    if (next == HALT) goto halt;
    vm->returned.length = 0;
    frame->gas = gas;
    return ENDED;
  }

out_of_gas:
  if (gas != INT64_MIN) goto halt;
no_memory:
  world_fail(world, WORLD_NO_MEMORY);
fatal:
  return FATAL;

halt_or_fatal:
  if (gas == INT64_MIN) goto no_memory;
halt:
  if (world_fault(world) != WORLD_SOUND) return FATAL;
  vm->returned.length = 0;
  frame->gas = 0;
  return HALTED;
}

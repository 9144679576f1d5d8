/** A machine that executes transactions: what its frames share. */
#ifndef ELENCH_EVM_VM_H
#define ELENCH_EVM_VM_H

#include "buffer.h"
#include "rules.h"
#include "world.h"

/** The block in which transactions are executed. */
typedef struct {
  Word number, timestamp, gas_limit, base_fee, blob_base_fee, coinbase, prev_randao, chain_id;
  /** 256 hashes: entry n mod 256 is block n's. */
  const uint8_t (*history)[32];
} Environment;

/** A frame's memory. What lies between size and capacity has any content. */
typedef struct {
  uint8_t *data;
  size_t size, capacity;
} Memory;

typedef struct {
  World *world;
  Environment block;
  /** Whether a precompile that L1 could not execute fails (docs/evm-machine.md, "Precompiles"). */
  bool is_bounded;

  // Of the transaction
  Word origin, gas_price;
  int64_t refund;
  /** Each log: 20 bytes of address, a byte for the number of topics, the topics, 4 bytes of length, the data. */
  Buffer logs;
  uint32_t log_count;

  /** What the last call returned. */
  Buffer returned;
  /** Room for the items of all frames, one above the other. */
  Word *stack;
  /** By depth. */
  Memory memories[LIMIT_CALL_DEPTH + 2];
  /** For precompiles. */
  Buffer scratch;
} Vm;

typedef struct {
  Account *self;
  Word caller, value;
  const uint8_t *data;
  size_t data_length;
  /** Its destinations are found at the first jump. */
  Code *code;
  /** Where its items begin. */
  Word *stack;
  int64_t gas;
  int depth;
  bool is_static;
} Frame;

/** How a frame ends. FATAL: the world has a fault, and nothing counts. */
typedef enum { ENDED, REVERTED, HALTED, FATAL } Status;

Vm *vm_create(World *world, bool is_bounded);
void vm_destroy(Vm *vm);

/** Frees what a transaction made large. Before the next, because its logs are read after it. */
void vm_trim(Vm *vm);

/** Executes a frame's code. `frame->gas` is what is left at its end, and `vm->returned` what it returned. */
Status vm_execute(Vm *vm, Frame *frame);

/** A call or creation, by an instruction or by the transaction itself. */
typedef struct {
  /** Who pays and calls: the frame's account, or the transaction's sender. */
  Account *caller;
  /** The account whose storage and address the callee has, and the one whose code it executes. */
  Account *self, *code_of;
  Word caller_address, value;
  /** The value moves: for all but DELEGATECALL, whose value is what its frame was given. */
  bool transfers;
  bool is_static;
  const uint8_t *data;
  size_t data_length;
  int64_t gas;
  int depth;
  /** First free item. */
  Word *stack;
} Call;

/** Executes a call. `call->gas` is what is left at its end, and `vm->returned` what it returned. */
Status vm_call(Vm *vm, Call *call);

/** Executes the initcode `call->data` for the new account `call->self`. */
Status vm_create_account(Vm *vm, Call *call);

/** Address of an account that a transaction or CREATE makes: keccak256(rlp([creator, nonce])) (Yellow Paper, section 7). */
Word vm_created_address(const Word *creator, uint64_t nonce);

/** Runs a precompile. @returns HALTED if it fails for its input or its gas. */
Status vm_run_precompile(Vm *vm, uint32_t address, const uint8_t *data, size_t length, int64_t *gas);

/** The number of a precompile; 0 if there is none at the address. */
static inline uint32_t vm_precompile(const Word *address)
{
  if (!word_is_short(address)) return 0;
  const uint64_t number = address->limb[0];
  return number <= PRECOMPILE_POINT_EVALUATION || number == PRECOMPILE_INFERENCE ? (uint32_t)number : 0;
}

/** Sets what the frame returns. */
static inline Status vm_return(Vm *vm, Status status, const uint8_t *bytes, size_t length)
{
  vm->returned.length = 0;
  if (buffer_append(&vm->returned, bytes, length)) return status;
  world_fail(vm->world, WORLD_NO_MEMORY);
  return FATAL;
}

static inline Word word_mask_address(Word word)
{
  word.limb[3] = 0;
  word.limb[2] &= 0xffffffff;
  return word;
}

#endif

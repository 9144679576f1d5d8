/** Frames: what calls and creations do around the code (Yellow Paper, sections 7 and 8). */
#include "hashes/keccak256.h"
#include "vm.h"

Vm *vm_create(World *world, bool is_bounded)
{
  Vm *const vm = calloc(1, sizeof *vm);
  if (vm == NULL) return NULL;
  vm->world = world;
  vm->is_bounded = is_bounded;
  // A frame's items begin where its caller's end: pages that nothing reaches are never used.
  vm->stack = malloc((size_t)(LIMIT_CALL_DEPTH + 2) * (LIMIT_STACK + 1) * sizeof *vm->stack);
  if (vm->stack != NULL) return vm;
  free(vm);
  return NULL;
}

void vm_destroy(Vm *vm)
{
  if (vm == NULL) return;
  for (int i = 0; i < LIMIT_CALL_DEPTH + 2; i++) free(vm->memories[i].data);
  buffer_free(&vm->logs);
  buffer_free(&vm->returned);
  buffer_free(&vm->scratch);
  free(vm->stack);
  free(vm);
}

/** Bytes of memories and buffers that are kept for the next transaction. */
enum { KEPT_BYTES = 1 << 20 };

static void trim_buffer(Buffer *buffer)
{
  if (buffer->capacity > KEPT_BYTES) buffer_free(buffer);
}

void vm_trim(Vm *vm)
{
  size_t kept = 0;
  for (int i = 0; i < LIMIT_CALL_DEPTH + 2; i++) {
    Memory *const memory = &vm->memories[i];
    kept += memory->capacity;
    if (kept <= KEPT_BYTES) continue;
    kept -= memory->capacity;
    free(memory->data);
    *memory = (Memory){NULL, 0, 0};
  }
  trim_buffer(&vm->logs);
  trim_buffer(&vm->returned);
  trim_buffer(&vm->scratch);
}

/** What a failing frame goes back to. */
typedef struct {
  uint32_t journal, log_count;
  size_t log_bytes;
  int64_t refund;
} Snapshot;

static Snapshot snapshot(const Vm *vm)
{
  return (Snapshot){world_mark(vm->world), vm->log_count, vm->logs.length, vm->refund};
}

static Status restore_unless_ended(Vm *vm, const Snapshot *before, Status status)
{
  if (status != ENDED && status != FATAL) {
    world_undo(vm->world, before->journal);
    vm->log_count = before->log_count;
    vm->logs.length = before->log_bytes;
    vm->refund = before->refund;
  }
  // What failed may have failed because a change could not be noted.
  return world_fault(vm->world) == WORLD_SOUND ? status : FATAL;
}

/** Moves a value, and touches who gets it. @returns false, with nothing changed, if the payer has less. */
static bool transfer(World *world, Account *payer, Account *payee, const Word *value)
{
  if (word_is_zero(value)) {
    world_touch(world, payee);
    return true;
  }
  if (word_is_less(&payer->balance, value)) return false;
  const Word less = word_subtract(&payer->balance, value);
  world_set_balance(world, payer, &less);
  const Word more = word_add(&payee->balance, value);
  world_set_balance(world, payee, &more);
  return true;
}

static Frame frame_of(const Call *call, Code *code)
{
  return (Frame){
    .self = call->self,
    .caller = call->caller_address,
    .value = call->value,
    .data = call->data,
    .data_length = call->data_length,
    .code = code,
    .stack = call->stack,
    .gas = call->gas,
    .depth = call->depth,
    .is_static = call->is_static,
  };
}

static Status execute(Vm *vm, Call *call)
{
  const uint32_t precompile = vm_precompile(&call->code_of->address);
  if (precompile != 0) return vm_run_precompile(vm, precompile, call->data, call->data_length, &call->gas);
  Code *const code = world_code(vm->world, call->code_of);
  if (code == NULL) return FATAL;
  vm->returned.length = 0;
  if (code->size == 0) return ENDED;
  Frame frame = frame_of(call, code);
  const Status status = vm_execute(vm, &frame);
  call->gas = frame.gas;
  return status;
}

Status vm_call(Vm *vm, Call *call)
{
  const Snapshot before = snapshot(vm);
  if (call->depth > LIMIT_CALL_DEPTH ||
      (call->transfers && !transfer(vm->world, call->caller, call->self, &call->value))) {
    vm->returned.length = 0;
    return REVERTED;
  }
  return restore_unless_ended(vm, &before, execute(vm, call));
}

/** EIP-3541: code must not begin with this byte. */
enum { RESERVED = 0xef };

/** Checks and pays for the code that initcode returned, and gives it to the account. */
static Status deposit(Vm *vm, Call *call)
{
  const Buffer *const code = &vm->returned;
  if (code->length == 0) return ENDED;
  call->gas -= GAS_CODE_DEPOSIT_BYTE * (int64_t)code->length;
  if (code->length > LIMIT_CODE_BYTES || code->data[0] == RESERVED || call->gas < 0) return HALTED;
  world_set_code(vm->world, call->self, code->data, (uint32_t)code->length);
  return ENDED;
}

static Status run_initcode(Vm *vm, Call *call)
{
  World *const world = vm->world;
  Account *const account = call->self;
  // EIP-684, EIP-7610: whoever had the address keeps it.
  if (account->nonce != 0 || account_has_code(account) || account_has_storage(account)) return HALTED;
  world_create_account(world, account);
  world_set_nonce(world, account, 1);
  transfer(world, call->caller, account, &call->value);
  vm->returned.length = 0;
  if (call->data_length == 0) return ENDED;
  Code *const initcode = code_create(call->data, (uint32_t)call->data_length);
  if (initcode == NULL) {
    world_fail(world, WORLD_NO_MEMORY);
    return FATAL;
  }
  Frame frame = frame_of(call, initcode);
  frame.data = NULL;
  frame.data_length = 0;
  const Status status = vm_execute(vm, &frame);
  call->gas = frame.gas;
  code_destroy(initcode);
  return status == ENDED ? deposit(vm, call) : status;
}

Status vm_create_account(Vm *vm, Call *call)
{
  const Snapshot before = snapshot(vm);
  const Status status = run_initcode(vm, call);
  if (status == HALTED) call->gas = 0;
  if (status != REVERTED) vm->returned.length = 0;
  return restore_unless_ended(vm, &before, status);
}

Word vm_created_address(const Word *creator, uint64_t nonce)
{
  uint8_t address[32], list[1 + 21 + 9], digest[32];
  const Word number = word_of(nonce);
  word_to_bytes(creator, address);
  list[1] = 0x80 + 20;
  memcpy(list + 2, address + 12, 20);
  uint8_t *at = list + 22;
  if (nonce > 0 && nonce < 0x80) *at++ = (uint8_t)nonce;
  else {
    uint8_t bytes[32];
    const unsigned length = word_byte_length(&number);
    word_to_bytes(&number, bytes);
    *at++ = (uint8_t)(0x80 + length);
    memcpy(at, bytes + 32 - length, length);
    at += length;
  }
  list[0] = (uint8_t)(0xc0 + (at - list - 1));
  keccak256(list, (size_t)(at - list), digest);
  return word_mask_address(word_from_bytes(digest));
}

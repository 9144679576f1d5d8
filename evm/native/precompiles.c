/** Precompiles of Cancun, and the one that runs models: docs/evm-machine.md, "Precompiles". */
#include "curves/curves.h"
#include "hashes/blake2f.h"
#include "hashes/keccak256.h"
#include "hashes/ripemd160.h"
#include "hashes/sha256.h"
#include "modexp.h"
#include "vm.h"

typedef struct {
  const uint8_t *data;
  size_t length;
  int64_t *gas;
} Input;

static int64_t words_of(size_t bytes) { return (int64_t)((bytes + 31) / 32); }

/** @returns whether the gas does. */
static bool charge(const Input *input, int64_t gas)
{
  *input->gas -= gas;
  return *input->gas >= 0;
}

static Status out_of_memory(Vm *vm)
{
  world_fail(vm->world, WORLD_NO_MEMORY);
  return FATAL;
}

/** Bytes from … from + length; those beyond the input are zeros. */
static void read_padded(const Input *input, size_t from, size_t length, uint8_t *bytes)
{
  const size_t there = from < input->length ? input->length - from : 0;
  const size_t count = there < length ? there : length;
  if (count > 0) memcpy(bytes, input->data + from, count);
  if (length > count) memset(bytes + count, 0, length - count);
}

static Status recover(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_ECRECOVER)) return HALTED;
  uint8_t bytes[INPUT_ECRECOVER_BYTES], key[64], address[32];
  read_padded(input, 0, sizeof bytes, bytes);
  const Word v = word_from_bytes(bytes + 32);
  const bool is_v = word_is_short(&v) && (v.limb[0] == 27 || v.limb[0] == 28);
  if (!is_v || !secp256k1_recover(bytes, bytes + 64, bytes + 96, (int)v.limb[0] - 27, key))
    return vm_return(vm, ENDED, NULL, 0);
  keccak256(key, sizeof key, address);
  memset(address, 0, 12);
  return vm_return(vm, ENDED, address, sizeof address);
}

static Status run_sha256(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_SHA256 + GAS_SHA256_WORD * words_of(input->length))) return HALTED;
  uint8_t digest[32];
  sha256(input->data, input->length, digest);
  return vm_return(vm, ENDED, digest, sizeof digest);
}

static Status run_ripemd160(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_RIPEMD160 + GAS_RIPEMD160_WORD * words_of(input->length))) return HALTED;
  uint8_t digest[32] = {0};
  ripemd160(input->data, input->length, digest + 12);
  return vm_return(vm, ENDED, digest, sizeof digest);
}

static Status identity(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_IDENTITY + GAS_IDENTITY_WORD * words_of(input->length))) return HALTED;
  return vm_return(vm, ENDED, input->data, input->length);
}

/** Lengths of MODEXP's numbers, and the first bytes of its exponent. */
typedef struct {
  Word base, exponent, modulus;
  Word head;
} Modexp;

/** More than this costs more gas than there is, unless it is the exponent of no base and no modulus. */
static const uint64_t LONGEST = 1ull << 32;

static bool is_within(const Word *length, uint64_t limit) { return word_is_short(length) && length->limb[0] <= limit; }

static uint64_t longer(const Modexp *m)
{
  return m->base.limb[0] > m->modulus.limb[0] ? m->base.limb[0] : m->modulus.limb[0];
}

/** Multiplications that a price counts. @param per_byte for each byte of the exponent beyond 32. */
static uint64_t iterations_of(const Modexp *m, uint64_t per_byte)
{
  const uint64_t length = m->exponent.limb[0];
  uint64_t iterations = length > 32 ? per_byte * (length - 32) : 0;
  for (int i = 3; i >= 0; i--)
    if (m->head.limb[i] != 0) {
      iterations += (uint64_t)(64 * i + 63 - __builtin_clzll(m->head.limb[i]));
      break;
    }
  return iterations > 1 ? iterations : 1;
}

/** min(price, 2^62). */
static int64_t bounded_price(Wide complexity, uint64_t iterations, unsigned divisor, int64_t least)
{
  const Wide price = complexity * iterations / divisor;
  return price > (Wide)1 << 62 ? 1ll << 62 : (int64_t)price > least ? (int64_t)price : least;
}

/** EIP-2565. */
static int64_t modexp_price(const Modexp *m)
{
  const Wide words = (longer(m) + 7) / 8;
  return bounded_price(words * words, iterations_of(m, GAS_MODEXP_EXPONENT_BYTE), GAS_MODEXP_DIVISOR, GAS_MODEXP_MIN);
}

/** EIP-7883, without the division that EIP-2565 has. */
static int64_t modexp_price_on_l1(const Modexp *m)
{
  const Wide words = (longer(m) + 7) / 8;
  const Wide complexity = longer(m) <= 32 ? GAS_MODEXP_SHORT_COMPLEXITY_ON_L1 : 2 * words * words;
  return bounded_price(complexity, iterations_of(m, GAS_MODEXP_EXPONENT_BYTE_ON_L1), 1, GAS_MODEXP_MIN_ON_L1);
}

static Status exponentiate(Vm *vm, const Input *input)
{
  uint8_t bytes[INPUT_MODEXP_HEADER_BYTES], head[32];
  read_padded(input, 0, sizeof bytes, bytes);
  Modexp m = {word_from_bytes(bytes), word_from_bytes(bytes + 32), word_from_bytes(bytes + 64), WORD_ZERO};
  if (!is_within(&m.base, LONGEST) || !is_within(&m.modulus, LONGEST)) return HALTED;
  const bool is_nothing = m.base.limb[0] == 0 && m.modulus.limb[0] == 0;
  if (!is_within(&m.exponent, LONGEST) && !is_nothing) return HALTED;
  const size_t base = (size_t)m.base.limb[0], modulus = (size_t)m.modulus.limb[0];
  const size_t lead = is_within(&m.exponent, 32) ? (size_t)m.exponent.limb[0] : 32;
  read_padded(input, sizeof bytes + base, lead, head);
  m.head = word_from_short(head, lead);
  if (!charge(input, is_nothing ? GAS_MODEXP_MIN : modexp_price(&m))) return HALTED;
  if (vm->is_bounded) {
    const bool fits = is_within(&m.base, LIMIT_MODEXP_BYTES) && is_within(&m.exponent, LIMIT_MODEXP_BYTES) &&
                      is_within(&m.modulus, LIMIT_MODEXP_BYTES);
    if (!fits || modexp_price_on_l1(&m) > LIMIT_PRECOMPILE_L1_GAS) return HALTED;
  }
  if (modulus == 0) return vm_return(vm, ENDED, NULL, 0);
  const size_t exponent = (size_t)m.exponent.limb[0], numbers = base + exponent + modulus;
  const size_t aligned = (numbers + 7) & ~(size_t)7;
  if (base > MODEXP_MAX_BYTES || exponent > MODEXP_MAX_BYTES || modulus > MODEXP_MAX_BYTES) return out_of_memory(vm);
  if (!buffer_reserve(&vm->scratch, aligned + modexp_scratch(base, exponent, modulus))) return out_of_memory(vm);
  uint8_t *const b = vm->scratch.data;
  read_padded(input, sizeof bytes, numbers, b);
  vm->returned.length = 0;
  uint8_t *const result = buffer_extend(&vm->returned, modulus);
  if (result == NULL) return out_of_memory(vm);
  modexp(b, base, b + base, exponent, b + base + exponent, modulus, result, b + aligned);
  return ENDED;
}

static Status add_points(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_ECADD)) return HALTED;
  uint8_t bytes[INPUT_ECADD_BYTES], sum[64];
  read_padded(input, 0, sizeof bytes, bytes);
  return bn254_add(bytes, sum) ? vm_return(vm, ENDED, sum, sizeof sum) : HALTED;
}

static Status multiply_point(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_ECMUL)) return HALTED;
  uint8_t bytes[INPUT_ECMUL_BYTES], product[64];
  read_padded(input, 0, sizeof bytes, bytes);
  return bn254_multiply(bytes, product) ? vm_return(vm, ENDED, product, sizeof product) : HALTED;
}

static Status pair(Vm *vm, const Input *input)
{
  if (input->length % INPUT_ECPAIRING_PAIR_BYTES != 0) return HALTED;
  const size_t pairs = input->length / INPUT_ECPAIRING_PAIR_BYTES;
  const int64_t gas = GAS_ECPAIRING + GAS_ECPAIRING_PAIR * (int64_t)pairs;
  if (!charge(input, gas) || (vm->is_bounded && gas > LIMIT_PRECOMPILE_L1_GAS)) return HALTED;
  int is_one;
  if (!bn254_pairing(input->data, pairs, &is_one)) return HALTED;
  uint8_t answer[32] = {0};
  answer[31] = (uint8_t)is_one;
  return vm_return(vm, ENDED, answer, sizeof answer);
}

static Status run_blake2f(Vm *vm, const Input *input)
{
  if (input->length != INPUT_BLAKE2F_BYTES || input->data[INPUT_BLAKE2F_BYTES - 1] > 1) return HALTED;
  uint32_t rounds;
  memcpy(&rounds, input->data, 4);
  rounds = __builtin_bswap32(rounds);
  if (!charge(input, GAS_BLAKE2F_ROUND * (int64_t)rounds)) return HALTED;
  uint8_t state[64];
  memcpy(state, input->data + 4, sizeof state);
  blake2f(rounds, state, input->data + 68, input->data + 196, input->data[INPUT_BLAKE2F_BYTES - 1]);
  return vm_return(vm, ENDED, state, sizeof state);
}

/** Has the host run a precompile. */
static Status ask_host(Vm *vm, uint32_t address, const uint8_t *data, size_t length, size_t capacity)
{
  vm->returned.length = 0;
  if (!buffer_reserve(&vm->returned, capacity)) return out_of_memory(vm);
  const Host *const host = world_host(vm->world);
  const long written = host->run(host->context, address, data, length, vm->returned.data, capacity);
  if (written == -1) return HALTED;
  if (written < 0 || (size_t)written > capacity) {
    world_fail(vm->world, WORLD_HOST_FAILED);
    return FATAL;
  }
  vm->returned.length = (size_t)written;
  return ENDED;
}

/** Two numbers of 32 bytes (EIP-4844). */
enum { POINT_EVALUATION_OUTPUT = 64 };

static Status evaluate_point(Vm *vm, const Input *input)
{
  if (!charge(input, GAS_POINT_EVALUATION) || input->length != INPUT_POINT_EVALUATION_BYTES) return HALTED;
  return ask_host(vm, PRECOMPILE_POINT_EVALUATION, input->data, input->length, POINT_EVALUATION_OUTPUT);
}

/** A field of a model's entry. */
static Word field(const Word *entry, unsigned shift, unsigned bits)
{
  const Word up = word_shift_left(entry, 256 - shift - bits);
  return word_shift_right(&up, 256 - bits);
}

/** Whether a model of this entry can be called: evm/inference/directory.ts. */
static bool is_callable(const Word *entry, const Word *input_bytes, const Word *output_bytes, const Word *price)
{
  const Word level = field(entry, ENTRY_LEVEL_SHIFT, ENTRY_LEVEL_BITS);
  const Word depth = field(entry, ENTRY_TABLE_DEPTH_SHIFT, ENTRY_TABLE_DEPTH_BITS);
  if (level.limb[0] == 0 || level.limb[0] > ENTRY_MAX_LEVEL || depth.limb[0] > ENTRY_MAX_TABLE_DEPTH) return false;
  const Word per_gas = word_of(ENTRY_BYTES_PER_GAS), steps = word_of(input_bytes->limb[0] + 2 * output_bytes->limb[0]);
  const Word paid = word_multiply(&per_gas, price);
  return !word_is_less(&paid, &steps);
}

static Status infer(Vm *vm, const Input *input)
{
  if (input->length < INPUT_INFERENCE_HEADER_BYTES) return HALTED;
  uint8_t place[64] = {0}, digest[32];
  memcpy(place, input->data, 32);
  keccak256(place, sizeof place, digest);
  const Word directory = word_of(MODEL_DIRECTORY), number = word_from_bytes(digest);
  Account *const account = world_account(vm->world, &directory);
  const Slot *const slot = account == NULL ? NULL : world_slot(vm->world, account, &number);
  if (slot == NULL) return FATAL;
  const Word entry = slot->current;
  const Word input_bytes = field(&entry, ENTRY_INPUT_BYTES_SHIFT, ENTRY_INPUT_BYTES_BITS);
  const Word output_bytes = field(&entry, ENTRY_OUTPUT_BYTES_SHIFT, ENTRY_OUTPUT_BYTES_BITS);
  const Word price = field(&entry, ENTRY_PRICE_SHIFT, ENTRY_PRICE_BITS);
  const Word stated = word_from_bytes(input->data + 32);
  if (!is_callable(&entry, &input_bytes, &output_bytes, &price)) return HALTED;
  if (input->length - INPUT_INFERENCE_HEADER_BYTES != input_bytes.limb[0]) return HALTED;
  if (!word_is_equal(&stated, &output_bytes)) return HALTED;
  if (!word_is_short(&price) || price.limb[0] > (uint64_t)*input->gas) return HALTED;
  *input->gas -= (int64_t)price.limb[0];
  uint8_t *const request = buffer_reserve(&vm->scratch, 32 + (size_t)input_bytes.limb[0]) ? vm->scratch.data : NULL;
  if (request == NULL) return out_of_memory(vm);
  memcpy(request, input->data, 32);
  memcpy(request + 32, input->data + INPUT_INFERENCE_HEADER_BYTES, (size_t)input_bytes.limb[0]);
  const size_t capacity = (size_t)output_bytes.limb[0];
  const Status status = ask_host(vm, PRECOMPILE_INFERENCE, request, 32 + (size_t)input_bytes.limb[0], capacity);
  if (status != ENDED || vm->returned.length == capacity) return status;
  // The directory says another size than the model: the entry is wrong, and no machine can go on.
  world_fail(vm->world, WORLD_HOST_FAILED);
  return FATAL;
}

static Status run(Vm *vm, uint32_t address, const Input *input)
{
  switch (address) {
  case PRECOMPILE_ECRECOVER: return recover(vm, input);
  case PRECOMPILE_SHA256: return run_sha256(vm, input);
  case PRECOMPILE_RIPEMD160: return run_ripemd160(vm, input);
  case PRECOMPILE_IDENTITY: return identity(vm, input);
  case PRECOMPILE_MODEXP: return exponentiate(vm, input);
  case PRECOMPILE_ECADD: return add_points(vm, input);
  case PRECOMPILE_ECMUL: return multiply_point(vm, input);
  case PRECOMPILE_ECPAIRING: return pair(vm, input);
  case PRECOMPILE_BLAKE2F: return run_blake2f(vm, input);
  case PRECOMPILE_POINT_EVALUATION: return evaluate_point(vm, input);
  default: return infer(vm, input);
  }
}

Status vm_run_precompile(Vm *vm, uint32_t address, const uint8_t *data, size_t length, int64_t *gas)
{
  const Input input = {data, length, gas};
  const Status status = run(vm, address, &input);
  if (status == HALTED) {
    *gas = 0;
    vm->returned.length = 0;
  }
  return status;
}

/** The engine as a WebAssembly module; `ml-vm/engine/wasm.ts` is the only caller. Addresses are 32 bits. */
#include <stdlib.h>

#include "decode.h"
#include "engine.h"
#include "tree.h"

#include "simd.h"

#define EXPORT(name) __attribute__((export_name(#name)))

extern const Engine elench_engine_wasm;

EXPORT(allocate) void *allocate(size_t size) { return aligned_alloc(64, (size + 63) / 64 * 64); }
EXPORT(release) void release(void *memory) { free(memory); }

static const char *error;

/** Address of the last error's text, zero-terminated. */
EXPORT(lastError) const char *last_error(void) { return error; }

/** Decodes an instruction. Returns null, and sets the error, if the bytes do not encode one. */
EXPORT(prepare) Instruction *prepare(const uint8_t *bytes, size_t length)
{
  return elench_decode(bytes, length, &error);
}

EXPORT(discard) void discard(Instruction *instruction) { elench_free(instruction); }

static int refuse(const char *text)
{
  error = text;
  return 0;
}

/**
 * `memory` holds an address and a size for each operand, then for the target; counters and bounds are integers. `to` -1: all.
 * Returns 0, and sets the error, if the instruction reaches beyond them.
 */
EXPORT(execute)
int execute(const Instruction *in, const uint32_t *memory, int operands, f64 c0, f64 c1, f64 c2, f64 from, f64 to,
            int interpreted)
{
  if (operands != in->operands) return refuse("the instruction has another number of operands than was given");
  Run run = {.counter = {(i64)c0, (i64)c1, (i64)c2}, .from = (i64)from, .to = to < 0 ? in->output.size : (i64)to};
  for (int i = 0; i < operands; i++) {
    if (memory[2 * i + 1] < in->operandBytes[i])
      return refuse("an operand has fewer bytes than the instruction's views reach");
    run.operand[i] = (const uint8_t *)memory[2 * i];
  }
  if (memory[2 * operands + 1] < in->targetBytes)
    return refuse("the target has fewer bytes than the instruction's write reaches");
  run.target = (uint8_t *)memory[2 * operands];
  if (run.from < 0 || run.from > run.to || run.to > in->output.size) return refuse("there are no such elements");
  if (interpreted) elench_engine_wasm.interpret(in, &run);
  else elench_engine_wasm.execute(in, &run, 1);
  return 1;
}

EXPORT(dataTree) void data_tree(const uint8_t *data, size_t length, uint8_t *nodes)
{
  elench_data_tree(&elench_engine_wasm, 1, data, length, nodes);
}

/**
 * Whether vec_fma rounds once: (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, which a rounded product loses. The other cases cover
 * cancellation, subnormal results and each lane.
 */
EXPORT(fuses) int fuses(void)
{
  static const f32 cases[4][4] = {
    {0x1.001p0f, 0x1.001p0f, -0x1.002p0f, 0x1p-24f},
    {0x1.fffffep0f, 0x1.fffffep0f, -0x1.fffffcp1f, 0x1p-46f},
    {0x1p-75f, 0x1p-75f, 0x1p-149f, 0x1p-148f},
    {0x1.000002p-63f, 0x1.000002p-63f, -0x1.000004p-126f, 0},
  };
  Vec a = {cases[0][0], cases[1][0], cases[2][0], cases[3][0]},
      b = {cases[0][1], cases[1][1], cases[2][1], cases[3][1]};
  Vec c = {cases[0][2], cases[1][2], cases[2][2], cases[3][2]};
  for (int turn = 0; turn < 4; turn++) {
    f32 result[4];
    // Opaque, so that the compiler cannot fold it.
    __asm__ volatile("" : : "r"(&a), "r"(&b), "r"(&c) : "memory");
    vec_store(result, vec_fma(a, b, c));
    for (int lane = 0; lane < 4; lane++)
      if (result[lane] != cases[(lane + turn) % 4][3]) return 0;
    Vec ra = {a[1], a[2], a[3], a[0]}, rb = {b[1], b[2], b[3], b[0]}, rc = {c[1], c[2], c[3], c[0]};
    a = ra, b = rb, c = rc;
  }
  return 1;
}

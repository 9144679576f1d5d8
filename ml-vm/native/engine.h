/** Interface of one build of the engine, for one instruction set (engine.c). */
#ifndef ELENCH_NATIVE_ENGINE_H
#define ELENCH_NATIVE_ENGINE_H

#include "instruction.h"

typedef struct {
  const char *name;
  /** Elements [run->from, run->to) by the fastest available method, on up to `threads` threads. */
  void (*execute)(const Instruction *, const Run *, int threads);
  /** The same by the interpreter. */
  void (*interpret)(const Instruction *, const Run *);
  /** Hashes of the `count` chunks of 128 bytes of `data`, which has `length` bytes and is padded with zeros. */
  void (*hashLeaves)(const uint8_t *data, uint64_t length, uint64_t count, uint8_t *hashes);
  /** Hashes of `count` pairs of 64 bytes each. */
  void (*hashPairs)(const uint8_t *pairs, uint64_t count, uint8_t *hashes);
} Engine;

extern const Engine elench_engine_portable, elench_engine_avx2, elench_engine_avx512;

#endif

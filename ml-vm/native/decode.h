/**
 * Decodes an `Instruction`. For all input bytes, a decoded instruction accesses no memory beyond the sizes that it
 * states (`operandBytes`, `targetBytes`) and has no undefined operation.
 */
#ifndef ELENCH_NATIVE_DECODE_H
#define ELENCH_NATIVE_DECODE_H

#include "instruction.h"

/** Returns null and sets `error` to a static text if the bytes do not encode a tensor instruction. */
Instruction *elench_decode(const uint8_t *bytes, size_t length, const char **error);
void elench_free(Instruction *instruction);

#endif

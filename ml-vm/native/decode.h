/**
 * Bytes to an `Instruction`. Whatever the bytes are, an instruction that comes out of here touches no memory beyond the
 * sizes that it states (`operandBytes`, `targetBytes`) and asks for no undefined operation.
 */
#ifndef ELENCH_NATIVE_DECODE_H
#define ELENCH_NATIVE_DECODE_H

#include "instruction.h"

/** Returns null and sets `error` to a static text if the bytes are no tensor instruction. */
Instruction *elench_decode(const uint8_t *bytes, size_t length, const char **error);
void elench_free(Instruction *instruction);

#endif

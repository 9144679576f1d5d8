/** An account's code, or initcode, ready to be executed. */
#ifndef ELENCH_EVM_CODE_H
#define ELENCH_EVM_CODE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t size;
  /** One bit for each byte: whether it is a JUMPDEST that no PUSH has as its data. NULL until the first jump. */
  uint64_t *destinations;
  /** Followed by CODE_PADDING zeros: STOP, and the data of a PUSH at the end. */
  uint8_t bytes[];
} Code;

enum { CODE_PADDING = 40 };

/** A copy of the bytes. @returns NULL if there is no memory for it. */
Code *code_create(const uint8_t *bytes, uint32_t size);

void code_destroy(Code *code);

/** Finds the destinations (Yellow Paper, 9.4.3). @returns 0 if there is no memory for them. */
int code_analyse(Code *code);

/** Whether a jump may lead there. @param code analysed. @param to below the size. */
static inline int code_is_destination(const Code *code, uint64_t to)
{
  return code->destinations[to / 64] >> (to % 64) & 1;
}

#endif

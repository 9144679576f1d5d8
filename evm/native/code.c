#include "code.h"

#include <stdlib.h>
#include <string.h>

#include "rules.h"

Code *code_create(const uint8_t *bytes, uint32_t size)
{
  Code *const code = malloc(sizeof *code + size + CODE_PADDING);
  if (code == NULL) return NULL;
  *code = (Code){.size = size};
  if (size > 0) memcpy(code->bytes, bytes, size);
  memset(code->bytes + size, 0, CODE_PADDING);
  return code;
}

void code_destroy(Code *code)
{
  if (code == NULL) return;
  free(code->destinations);
  free(code);
}

int code_analyse(Code *code)
{
  uint64_t *const found = calloc(code->size / 64 + 1, sizeof *found);
  if (found == NULL) return 0;
  const uint8_t *const bytes = code->bytes;
  for (uint32_t i = 0; i < code->size; i++) {
    const uint8_t op = bytes[i];
    if (op >= OP_PUSH1 && op <= OP_PUSH32) i += op - OP_PUSH1 + 1u;
    else if (op == OP_JUMPDEST) found[i / 64] |= 1ull << (i % 64);
  }
  code->destinations = found;
  return 1;
}

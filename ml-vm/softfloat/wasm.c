/** What only the WebAssembly build needs: registers at a fixed address, where both sides find them. */
#include <stdint.h>

/** Register numbers have 8 bits, and a program appends at most as many results again. */
static uint64_t values[512];
static int64_t vars[256];

uint64_t *elench_values(void) { return values; }
int64_t *elench_vars(void) { return vars; }

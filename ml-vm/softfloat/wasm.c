/** Only for the WebAssembly build: registers at a fixed address, which both sides know. */
#include <stdint.h>

/** Register numbers have 8 bits, and a program appends at most 256 results. */
static uint64_t values[512];
static int64_t vars[256];

uint64_t *elench_values(void) { return values; }
int64_t *elench_vars(void) { return vars; }

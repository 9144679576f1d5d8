/** A pool of threads that lives as long as the process. Results never depend on their number. */
#ifndef ELENCH_NATIVE_THREADS_H
#define ELENCH_NATIVE_THREADS_H

#include <stdint.h>

typedef void (*Task)(void *context, int64_t index);

/** Runs task(context, 0 ... count - 1), each once, in any order, on up to `threads` threads; returns when all are done. */
void elench_parallel(int threads, int64_t count, Task task, void *context);

#endif

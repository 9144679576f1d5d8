/** Selects the method for an instruction, and distributes its elements over threads. */
#ifndef ELENCH_NATIVE_EXECUTE_H
#define ELENCH_NATIVE_EXECUTE_H

#include "product.h"
#include "threads.h"
#include "window.h"

/** Approximate number of scalar operations that pays for a second thread; and parts per thread, to balance the load. */
enum { WORTH_SHARING = 1 << 16, PARTS = 4 };

typedef struct {
  const Instruction *in;
  const Run *run;
  i64 part;
} Share;

static void run_share(void *context, int64_t index)
{
  const Share *share = context;
  i64 from = share->run->from + index * share->part, to = from + share->part;
  if (to > share->run->to) to = share->run->to;
  Scratch scratch = {thread_memory(block_memory(share->in)), 0};
  Run run = *share->run;
  run.from = from;
  run.to = to;
  if (scratch.base == NULL) {
    interpret(share->in, &run);
    return;
  }
  Block block;
  set_up_block(&block, share->in, &run, scratch);
  run_blocks(&block, from, to);
}

/** Whether all writes of the run go to different elements, so that their order does not matter. */
static bool writes_once(const Instruction *in, const Run *run)
{
  Ranges ranges = ranges_of(in);
  bool used[FIRST_COUNTER] = {false};
  for (int d = 0; d < in->output.rank; d++) used[d] = true;
  for (int d = 0; in->scan && d < in->reduction.rank; d++) used[FIRST_REDUCTION + d] = true;
  return is_injective(&in->write, &ranges, run->counter, used);
}

static f64 work_of(const Instruction *in, const Run *run)
{
  f64 term = in->bodyStage.values + (f64)in->inner.size * in->innerStage.values;
  return (f64)(run->to - run->from) * ((f64)in->reduction.size * term + in->finishStage.values);
}

static void execute(const Instruction *in, const Run *run, int threads)
{
  bool free = writes_once(in, run);
  if (in->scan && !free) {
    interpret(in, run);
    return;
  }
  Product product;
  if (free && plan_product(&product, in, run)) {
    run_product(&product, work_of(in, run) >= WORTH_SHARING ? threads : 1);
    return;
  }
  Window window;
  if (free && plan_window(&window, in, run)) {
    run_window(&window, work_of(in, run) >= WORTH_SHARING ? threads : 1);
    return;
  }
  Share share = {in, run, run->to - run->from};
  if (share.part == 0) return;
  if (free && threads > 1 && work_of(in, run) >= WORTH_SHARING) {
    i64 parts = (i64)threads * PARTS;
    share.part = (share.part + parts - 1) / parts;
  }
  elench_parallel(threads, (run->to - run->from + share.part - 1) / share.part, run_share, &share);
}

#endif

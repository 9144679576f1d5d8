#include "threads.h"

#if defined(__wasm__)
void elench_parallel(int threads, int64_t count, Task task, void *context)
{
  (void)threads;
  for (int64_t i = 0; i < count; i++) task(context, i);
}
#else
#include <pthread.h>
#include <stdatomic.h>

enum { MAX_WORKERS = 63 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;
/** Only one call at a time uses the pool (worker threads of Node can call concurrently). */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int workers, wanted, busy;
static uint64_t generation;
static Task task_now;
static void *context_now;
static int64_t count_now;
static atomic_int_least64_t next;

static void work(void)
{
  for (;;) {
    int64_t index = atomic_fetch_add(&next, 1);
    if (index >= count_now) return;
    task_now(context_now, index);
  }
}

static void *worker(void *argument)
{
  int number = (int)(intptr_t)argument;
  uint64_t seen = 0;
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (generation == seen || number >= wanted) {
      seen = generation;
      pthread_cond_wait(&wake, &mutex);
    }
    seen = generation;
    pthread_mutex_unlock(&mutex);
    work();
    pthread_mutex_lock(&mutex);
    if (--busy == 0) pthread_cond_signal(&done);
  }
  return NULL;
}

static void start_workers(int count)
{
  while (workers < count) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, (void *)(intptr_t)workers) != 0) return;
    pthread_detach(thread);
    workers++;
  }
}

void elench_parallel(int threads, int64_t count, Task task, void *context)
{
  if (threads > count) threads = (int)count;
  if (threads > MAX_WORKERS + 1) threads = MAX_WORKERS + 1;
  if (threads <= 1) {
    for (int64_t i = 0; i < count; i++) task(context, i);
    return;
  }
  pthread_mutex_lock(&turn);
  pthread_mutex_lock(&mutex);
  start_workers(threads - 1);
  wanted = busy = workers < threads - 1 ? workers : threads - 1;
  task_now = task;
  context_now = context;
  count_now = count;
  atomic_store(&next, 0);
  generation++;
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&mutex);
  work();
  pthread_mutex_lock(&mutex);
  while (busy > 0) pthread_cond_wait(&done, &mutex);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&turn);
}
#endif

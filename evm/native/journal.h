/** The changes of a transaction, in their order, with what was there before. */
#ifndef ELENCH_EVM_JOURNAL_H
#define ELENCH_EVM_JOURNAL_H

#include <stdlib.h>

#include "word.h"

typedef enum {
  CHANGED_BALANCE,
  CHANGED_NONCE,
  CHANGED_CODE,
  CHANGED_SLOT,
  CHANGED_TRANSIENT,
  ACCOUNT_TOUCHED,
  ACCOUNT_CREATED,
  ACCOUNT_DESTROYED,
  ACCOUNT_WARM,
  SLOT_WARM,
} Change;

typedef struct {
  void *item;
  Change change;
  Word before;
} JournalEntry;

typedef struct {
  JournalEntry *entries;
  uint32_t length, capacity;
} Journal;

/** @returns the new entry; NULL if there is no memory for it. */
static inline JournalEntry *journal_add(Journal *journal, Change change, void *item)
{
  if (journal->length == journal->capacity) {
    const uint32_t capacity = journal->capacity == 0 ? 1024 : 2 * journal->capacity;
    JournalEntry *const entries = realloc(journal->entries, capacity * sizeof *entries);
    if (entries == NULL) return NULL;
    journal->entries = entries;
    journal->capacity = capacity;
  }
  JournalEntry *const entry = &journal->entries[journal->length++];
  entry->item = item;
  entry->change = change;
  return entry;
}

#endif

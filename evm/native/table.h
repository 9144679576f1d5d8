/** A hash table of pointers by 64-bit hashes that the caller makes with a secret. Entries are never removed one by one. */
#ifndef ELENCH_EVM_TABLE_H
#define ELENCH_EVM_TABLE_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
  uint64_t hash;
  void *item;
} TableEntry;

typedef struct {
  TableEntry *entries;
  uint32_t mask, count;
} Table;

enum { TABLE_FIRST_SIZE = 256 };

/** The entry of an item, or the free one where it belongs. @param at where to go on: hash & mask first. */
static inline TableEntry *table_next(const Table *table, uint64_t hash, uint32_t *at)
{
  for (;; *at = (*at + 1) & table->mask) {
    TableEntry *const entry = &table->entries[*at];
    if (entry->item == NULL || entry->hash == hash) return entry;
  }
}

static inline int table_create(Table *table, uint32_t size)
{
  *table = (Table){calloc(size, sizeof *table->entries), size - 1, 0};
  return table->entries != NULL;
}

static inline void table_destroy(Table *table)
{
  free(table->entries);
  *table = (Table){NULL, 0, 0};
}

/** Puts an item that is not in the table. @returns 0 if there is no memory for it. */
static inline int table_put(Table *table, uint64_t hash, void *item)
{
  if (table->entries == NULL && !table_create(table, TABLE_FIRST_SIZE)) return 0;
  if (2 * (table->count + 1) > table->mask) {
    Table larger;
    if (!table_create(&larger, 4 * (table->mask + 1))) return 0;
    for (uint32_t i = 0; i <= table->mask; i++)
      if (table->entries[i].item != NULL) table_put(&larger, table->entries[i].hash, table->entries[i].item);
    table_destroy(table);
    *table = larger;
  }
  uint32_t at = (uint32_t)hash & table->mask;
  while (table->entries[at].item != NULL) at = (at + 1) & table->mask;
  table->entries[at] = (TableEntry){hash, item};
  table->count++;
  return 1;
}

static inline size_t table_bytes(const Table *table)
{
  return table->entries == NULL ? 0 : ((size_t)table->mask + 1) * sizeof *table->entries;
}

#endif

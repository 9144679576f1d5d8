#include "world.h"

#include "blocks.h"
#include "hashes/keccak256.h"
#include "journal.h"
#include "rlp.h"
#include "table.h"

/** keccak256 of no bytes. */
static const uint8_t NO_CODE[32] = {0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                    0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                    0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70};
/** keccak256 of 0x80: the root of the trie without entries. */
static const uint8_t NO_ENTRIES[32] = {0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45,
                                       0xe6, 0x92, 0xc0, 0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c,
                                       0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21};

typedef struct {
  uint8_t hash[32];
  Code *code;
} KnownCode;

typedef struct {
  Account *account;
  Word number, value;
} Transient;

struct World {
  Host host;
  struct trie_host trie_host;
  uint64_t secret[4];
  size_t capacity;
  Fault fault;
  uint8_t root[32];

  struct trie_pool *pool;
  struct trie accounts_trie;
  Blocks accounts, slots, codes, transients;
  Table account_table, slot_table, code_table, transient_table;
  size_t code_bytes;
  Code *no_code;

  /** The transaction's number in this world, from 1 on. */
  uint32_t transaction;
  Journal journal;
  /** Accounts that wait for the block's end. */
  Account **changed;
  uint32_t changed_count, changed_capacity;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
  const Wide product = (Wide)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/** A hash that nobody without the secret can foresee. */
static uint64_t hash_word(const World *world, const Word *word, uint64_t salt)
{
  const uint64_t *const s = world->secret, *const w = word->limb;
  return mix(mix(w[0] ^ s[0], w[1] ^ s[1]) ^ s[2] ^ salt, mix(w[2] ^ s[1], w[3] ^ s[3]) ^ s[0]);
}

static const uint8_t *read_node(void *context, const uint8_t hash[32], uint32_t *length)
{
  const World *const world = context;
  return world->host.read_node(world->host.context, hash, length);
}

static void write_node(void *context, const uint8_t hash[32], const uint8_t *rlp, uint32_t length)
{
  const World *const world = context;
  world->host.write_node(world->host.context, hash, rlp, length);
}

World *world_create(const Host *host, const uint8_t secret[32], size_t capacity)
{
  World *const world = calloc(1, sizeof *world);
  if (world == NULL) return NULL;
  world->host = *host;
  world->trie_host = (struct trie_host){world, read_node, write_node};
  world->capacity = capacity;
  // Odd factors lose nothing.
  memcpy(world->secret, secret, 32);
  world->no_code = code_create(NULL, 0);
  if (world->no_code == NULL || !code_analyse(world->no_code)) {
    world_destroy(world);
    return NULL;
  }
  world_open(world, NO_ENTRIES);
  return world;
}

static void forget(World *world)
{
  for (uint32_t i = 0; world->code_table.entries != NULL && i <= world->code_table.mask; i++) {
    const KnownCode *const known = world->code_table.entries[i].item;
    if (known != NULL) code_destroy(known->code);
  }
  if (world->pool != NULL) trie_pool_destroy(world->pool);
  world->pool = NULL;
  blocks_free(&world->accounts);
  blocks_free(&world->slots);
  blocks_free(&world->codes);
  blocks_free(&world->transients);
  table_destroy(&world->account_table);
  table_destroy(&world->slot_table);
  table_destroy(&world->code_table);
  table_destroy(&world->transient_table);
  world->code_bytes = 0;
  world->journal.length = 0;
  world->changed_count = 0;
  world->transaction = 0;
}

void world_destroy(World *world)
{
  if (world == NULL) return;
  forget(world);
  code_destroy(world->no_code);
  free(world->journal.entries);
  free(world->changed);
  free(world);
}

void world_open(World *world, const uint8_t root[32])
{
  memmove(world->root, root, 32);
  forget(world);
  world->fault = WORLD_SOUND;
  world->pool = trie_pool_create(&world->trie_host);
  if (world->pool == NULL || trie_open(world->pool, &world->accounts_trie, world->root) != TRIE_FOUND)
    world->fault = WORLD_NO_MEMORY;
}

size_t world_bytes(const World *world)
{
  return world->accounts.bytes + world->slots.bytes + world->codes.bytes + world->transients.bytes +
         table_bytes(&world->account_table) + table_bytes(&world->slot_table) + table_bytes(&world->code_table) +
         table_bytes(&world->transient_table) + world->code_bytes +
         world->journal.capacity * sizeof *world->journal.entries + trie_pool_bytes(world->pool);
}

void world_trim(World *world)
{
  if (world_bytes(world) <= world->capacity) return;
  free(world->journal.entries);
  world->journal = (Journal){NULL, 0, 0};
  world_open(world, world->root);
}

Fault world_fault(const World *world) { return world->fault; }

void world_fail(World *world, Fault fault)
{
  if (world->fault == WORLD_SOUND) world->fault = fault;
}

const Host *world_host(const World *world) { return &world->host; }

static void *failed(World *world, Fault fault)
{
  world_fail(world, fault);
  return NULL;
}

/** @returns whether the trie could answer. */
static bool answered(World *world, enum trie_result result)
{
  if (!trie_failed(result)) return true;
  world_fail(world, result == TRIE_MISSING_NODE ? WORLD_NODE_MISSING
                    : result == TRIE_NO_MEMORY  ? WORLD_NO_MEMORY
                                                : WORLD_NODE_CORRUPT);
  return false;
}

/** The RLP of [nonce, balance, storage root, code hash]. */
static bool decode_account(Account *account, const uint8_t *rlp, uint32_t length)
{
  const uint8_t *const end = rlp + length;
  if (length < 2 || rlp[0] != 0xf8 || rlp[1] != length - 2) return false;
  Word nonce;
  const uint8_t *at = rlp_get_word(rlp + 2, end, &nonce);
  if (at != NULL) at = rlp_get_word(at, end, &account->balance);
  if (at != NULL) at = rlp_get_hash(at, end, account->storage_root);
  if (at != NULL) at = rlp_get_hash(at, end, account->code_hash);
  account->nonce = nonce.limb[0];
  return at == end && word_is_short(&nonce);
}

Account *world_account(World *world, const Word *address)
{
  const uint64_t hash = hash_word(world, address, 0);
  if (world->account_table.entries != NULL) {
    uint32_t at = (uint32_t)hash & world->account_table.mask;
    for (Account *known; (known = table_next(&world->account_table, hash, &at)->item) != NULL;
         at = (at + 1) & world->account_table.mask)
      if (word_is_equal(&known->address, address)) return known;
  }
  Account *const account = blocks_take(&world->accounts, sizeof *account);
  if (account == NULL) return failed(world, WORLD_NO_MEMORY);
  account->address = *address;
  uint8_t bytes[32], rlp[TRIE_MAX_VALUE];
  word_to_bytes(address, bytes);
  keccak256(bytes + 12, 20, account->key);
  uint32_t length;
  const enum trie_result result = trie_get(world->pool, &world->accounts_trie, account->key, rlp, &length);
  if (!answered(world, result)) return NULL;
  if (result == TRIE_ABSENT) {
    memcpy(account->code_hash, NO_CODE, 32);
    memcpy(account->storage_root, NO_ENTRIES, 32);
  } else if (!decode_account(account, rlp, length)) return failed(world, WORLD_NODE_CORRUPT);
  if (!table_put(&world->account_table, hash, account)) return failed(world, WORLD_NO_MEMORY);
  return account;
}

static bool open_storage(World *world, Account *account)
{
  if (account->is_storage_open) return true;
  if (!answered(world, trie_open(world->pool, &account->storage, account->storage_root))) return false;
  account->is_storage_open = true;
  return true;
}

static bool load_slot(World *world, Account *account, Slot *slot)
{
  if (!account_has_storage(account)) return true;
  uint8_t rlp[TRIE_MAX_VALUE];
  uint32_t length;
  if (!open_storage(world, account)) return false;
  const enum trie_result result = trie_get(world->pool, &account->storage, slot->key, rlp, &length);
  if (!answered(world, result)) return false;
  if (result == TRIE_ABSENT) return true;
  if (rlp_get_word(rlp, rlp + length, &slot->stored) == rlp + length) return true;
  world_fail(world, WORLD_NODE_CORRUPT);
  return false;
}

/** The value before the transaction is the one that it finds. */
static Slot *seen(const World *world, Slot *slot)
{
  if (slot->seen != world->transaction) {
    slot->seen = world->transaction;
    slot->original = slot->current;
  }
  return slot;
}

Slot *world_slot(World *world, Account *account, const Word *number)
{
  const uint64_t hash = hash_word(world, number, (uintptr_t)account + account->generation);
  if (world->slot_table.entries != NULL) {
    uint32_t at = (uint32_t)hash & world->slot_table.mask;
    for (Slot *known; (known = table_next(&world->slot_table, hash, &at)->item) != NULL;
         at = (at + 1) & world->slot_table.mask)
      if (known->account == account && known->generation == account->generation &&
          word_is_equal(&known->number, number))
        return seen(world, known);
  }
  Slot *const slot = blocks_take(&world->slots, sizeof *slot);
  if (slot == NULL) return failed(world, WORLD_NO_MEMORY);
  slot->account = account;
  slot->generation = account->generation;
  slot->number = *number;
  uint8_t bytes[32];
  word_to_bytes(number, bytes);
  keccak256(bytes, 32, slot->key);
  if (!load_slot(world, account, slot)) return NULL;
  slot->current = slot->stored;
  if (!table_put(&world->slot_table, hash, slot)) return failed(world, WORLD_NO_MEMORY);
  return seen(world, slot);
}

static uint64_t hash_digest(const World *world, const uint8_t hash[32])
{
  Word word;
  memcpy(word.limb, hash, 32);
  return hash_word(world, &word, 0);
}

static KnownCode *known_code(World *world, const uint8_t hash[32])
{
  if (world->code_table.entries == NULL) return NULL;
  const uint64_t digest = hash_digest(world, hash);
  uint32_t at = (uint32_t)digest & world->code_table.mask;
  for (KnownCode *known; (known = table_next(&world->code_table, digest, &at)->item) != NULL;
       at = (at + 1) & world->code_table.mask)
    if (memcmp(known->hash, hash, 32) == 0) return known;
  return NULL;
}

static Code *keep_code(World *world, const uint8_t hash[32], const uint8_t *bytes, uint32_t size)
{
  KnownCode *const known = blocks_take(&world->codes, sizeof *known);
  Code *const code = known == NULL ? NULL : code_create(bytes, size);
  if (code == NULL) return failed(world, WORLD_NO_MEMORY);
  memcpy(known->hash, hash, 32);
  known->code = code;
  if (!table_put(&world->code_table, hash_digest(world, hash), known)) {
    code_destroy(code);
    return failed(world, WORLD_NO_MEMORY);
  }
  world->code_bytes += sizeof *code + size + size / 8;
  return code;
}

Code *world_code(World *world, Account *account)
{
  if (account->code != NULL) return account->code;
  if (!account_has_code(account)) return account->code = world->no_code;
  const KnownCode *const known = known_code(world, account->code_hash);
  if (known != NULL) return account->code = known->code;
  uint32_t size;
  const uint8_t *const bytes = world->host.read_code(world->host.context, account->code_hash, &size);
  if (bytes == NULL) return failed(world, WORLD_CODE_MISSING);
  return account->code = keep_code(world, account->code_hash, bytes, size);
}

bool account_has_code(const Account *account) { return memcmp(account->code_hash, NO_CODE, 32) != 0; }

bool account_has_storage(const Account *account) { return memcmp(account->storage_root, NO_ENTRIES, 32) != 0; }

bool account_is_empty(const Account *account)
{
  return account->nonce == 0 && word_is_zero(&account->balance) && !account_has_code(account);
}

void world_begin(World *world)
{
  world->transaction++;
  world->journal.length = 0;
  if (world->transient_table.count > 0) {
    table_destroy(&world->transient_table);
    blocks_free(&world->transients);
  }
}

uint32_t world_mark(const World *world) { return world->journal.length; }

static void undo(const JournalEntry *entry)
{
  Account *const account = entry->item;
  switch (entry->change) {
  case CHANGED_BALANCE: account->balance = entry->before; break;
  case CHANGED_NONCE: account->nonce = entry->before.limb[0]; break;
  case CHANGED_CODE:
    memcpy(account->code_hash, NO_CODE, 32);
    account->code = NULL;
    break;
  case CHANGED_SLOT: ((Slot *)entry->item)->current = entry->before; break;
  case CHANGED_TRANSIENT: ((Transient *)entry->item)->value = entry->before; break;
  case ACCOUNT_TOUCHED: account->touched = 0; break;
  case ACCOUNT_CREATED: account->created = 0; break;
  case ACCOUNT_DESTROYED: account->destroyed = 0; break;
  case ACCOUNT_WARM: account->warm = 0; break;
  case SLOT_WARM: ((Slot *)entry->item)->warm = 0; break;
  }
}

void world_undo(World *world, uint32_t mark)
{
  Journal *const journal = &world->journal;
  while (journal->length > mark) undo(&journal->entries[--journal->length]);
}

/** @returns NULL if there is no memory for it: then nothing may be changed. */
static JournalEntry *note(World *world, Change change, void *item)
{
  JournalEntry *const entry = journal_add(&world->journal, change, item);
  return entry != NULL ? entry : failed(world, WORLD_NO_MEMORY);
}

/** Notes that a transaction's mark on an account or slot is set, unless it is. @returns whether it was. */
static bool mark(World *world, Change change, void *item, uint32_t *last)
{
  if (*last == world->transaction) return true;
  if (note(world, change, item) != NULL) *last = world->transaction;
  return false;
}

void world_touch(World *world, Account *account) { mark(world, ACCOUNT_TOUCHED, account, &account->touched); }

bool world_warm_account(World *world, Account *account) { return mark(world, ACCOUNT_WARM, account, &account->warm); }

bool world_warm_slot(World *world, Slot *slot) { return mark(world, SLOT_WARM, slot, &slot->warm); }

void world_create_account(World *world, Account *account)
{
  mark(world, ACCOUNT_CREATED, account, &account->created);
  world_touch(world, account);
}

void world_destroy_account(World *world, Account *account)
{
  mark(world, ACCOUNT_DESTROYED, account, &account->destroyed);
  world_touch(world, account);
}

bool world_is_created(const World *world, const Account *account) { return account->created == world->transaction; }

void world_set_balance(World *world, Account *account, const Word *balance)
{
  world_touch(world, account);
  JournalEntry *const entry = note(world, CHANGED_BALANCE, account);
  if (entry == NULL) return;
  entry->before = account->balance;
  account->balance = *balance;
}

void world_set_nonce(World *world, Account *account, uint64_t nonce)
{
  world_touch(world, account);
  JournalEntry *const entry = note(world, CHANGED_NONCE, account);
  if (entry == NULL) return;
  entry->before = word_of(account->nonce);
  account->nonce = nonce;
}

void world_set_code(World *world, Account *account, const uint8_t *bytes, uint32_t size)
{
  world_touch(world, account);
  uint8_t hash[32];
  keccak256(bytes, size, hash);
  const KnownCode *const known = known_code(world, hash);
  Code *const code = known != NULL ? known->code : keep_code(world, hash, bytes, size);
  if (code == NULL || note(world, CHANGED_CODE, account) == NULL) return;
  memcpy(account->code_hash, hash, 32);
  account->code = code;
}

void world_set_slot(World *world, Slot *slot, const Word *value)
{
  JournalEntry *const entry = note(world, CHANGED_SLOT, slot);
  if (entry == NULL) return;
  entry->before = slot->current;
  slot->current = *value;
}

static Transient *find_transient(const World *world, const Account *account, const Word *number, uint64_t hash)
{
  if (world->transient_table.entries == NULL) return NULL;
  uint32_t at = (uint32_t)hash & world->transient_table.mask;
  for (Transient *known; (known = table_next(&world->transient_table, hash, &at)->item) != NULL;
       at = (at + 1) & world->transient_table.mask)
    if (known->account == account && word_is_equal(&known->number, number)) return known;
  return NULL;
}

Word world_transient(World *world, Account *account, const Word *number)
{
  const Transient *const known = find_transient(world, account, number, hash_word(world, number, (uintptr_t)account));
  return known == NULL ? WORD_ZERO : known->value;
}

void world_set_transient(World *world, Account *account, const Word *number, const Word *value)
{
  const uint64_t hash = hash_word(world, number, (uintptr_t)account);
  Transient *slot = find_transient(world, account, number, hash);
  if (slot == NULL) {
    slot = blocks_take(&world->transients, sizeof *slot);
    if (slot == NULL || !table_put(&world->transient_table, hash, slot)) {
      world_fail(world, WORLD_NO_MEMORY);
      return;
    }
    slot->account = account;
    slot->number = *number;
  }
  JournalEntry *const entry = note(world, CHANGED_TRANSIENT, slot);
  if (entry == NULL) return;
  entry->before = slot->value;
  slot->value = *value;
}

/** Puts an account on the list for the block's end. */
static void set_changed(World *world, Account *account)
{
  if (account->is_changed) return;
  if (world->changed_count == world->changed_capacity) {
    const uint32_t capacity = world->changed_capacity == 0 ? 256 : 2 * world->changed_capacity;
    Account **const changed = realloc(world->changed, capacity * sizeof *changed);
    if (changed == NULL) {
      world_fail(world, WORLD_NO_MEMORY);
      return;
    }
    world->changed = changed;
    world->changed_capacity = capacity;
  }
  world->changed[world->changed_count++] = account;
  account->is_changed = true;
}

/** The account is no longer in the state, nor is its storage. */
static void remove_account(World *world, Account *account)
{
  account->nonce = 0;
  account->balance = WORD_ZERO;
  memcpy(account->code_hash, NO_CODE, 32);
  account->code = NULL;
  memcpy(account->storage_root, NO_ENTRIES, 32);
  if (account->is_storage_open) trie_close(world->pool, &account->storage);
  account->is_storage_open = false;
  account->generation++;
  account->changed_slots = NULL;
  set_changed(world, account);
}

static void commit_slot(World *world, Slot *slot)
{
  Account *const account = slot->account;
  if (slot->generation != account->generation || slot->is_changed) return;
  slot->is_changed = true;
  slot->next_changed = account->changed_slots;
  account->changed_slots = slot;
  set_changed(world, account);
}

static void commit_account(World *world, Account *account)
{
  if (account->destroyed == world->transaction || account_is_empty(account)) remove_account(world, account);
  else set_changed(world, account);
}

void world_commit(World *world)
{
  const Journal *const journal = &world->journal;
  for (uint32_t i = 0; i < journal->length; i++) {
    const JournalEntry *const entry = &journal->entries[i];
    Account *const account = entry->item;
    if (entry->change == CHANGED_SLOT) commit_slot(world, entry->item);
    else if (entry->change == ACCOUNT_TOUCHED) commit_account(world, account);
    else if (entry->change == CHANGED_CODE && account_has_code(account))
      world->host.write_code(world->host.context, account->code_hash, account->code->bytes, account->code->size);
  }
}

static int store_slots(World *world, Account *account)
{
  for (Slot *slot = account->changed_slots; slot != NULL; slot = slot->next_changed) {
    slot->is_changed = false;
    if (word_is_equal(&slot->current, &slot->stored)) continue;
    uint8_t rlp[33];
    const bool is_zero = word_is_zero(&slot->current);
    const uint32_t length = is_zero ? 0 : (uint32_t)(rlp_put_word(rlp, &slot->current) - rlp);
    if (!open_storage(world, account)) return 0;
    if (!answered(world, trie_put(world->pool, &account->storage, slot->key, rlp, length))) return 0;
    slot->stored = slot->current;
  }
  account->changed_slots = NULL;
  if (account->is_storage_open) trie_root(world->pool, &account->storage, account->storage_root);
  return 1;
}

static uint32_t encode_account(const Account *account, uint8_t rlp[TRIE_MAX_VALUE])
{
  const Word nonce = word_of(account->nonce);
  uint8_t *at = rlp_put_word(rlp + 2, &nonce);
  at = rlp_put_word(at, &account->balance);
  at = rlp_put_bytes(at, account->storage_root, 32);
  at = rlp_put_bytes(at, account->code_hash, 32);
  rlp[0] = 0xf8;
  rlp[1] = (uint8_t)(at - rlp - 2);
  return (uint32_t)(at - rlp);
}

static int store_account(World *world, Account *account)
{
  uint8_t rlp[TRIE_MAX_VALUE];
  account->is_changed = false;
  if (!store_slots(world, account)) return 0;
  const uint32_t length = account_is_empty(account) ? 0 : encode_account(account, rlp);
  return answered(world, trie_put(world->pool, &world->accounts_trie, account->key, rlp, length));
}

int world_root(World *world, uint8_t root[32])
{
  for (uint32_t i = 0; i < world->changed_count; i++)
    if (!store_account(world, world->changed[i])) return 0;
  world->changed_count = 0;
  trie_root(world->pool, &world->accounts_trie, world->root);
  memcpy(root, world->root, 32);
  return world->fault == WORLD_SOUND;
}

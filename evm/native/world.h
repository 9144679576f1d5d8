/**
 * The accounts and slots of the chain's state that execution has met, over the tries that hold all of them; and the journal of the
 * transaction's changes, so that a frame which fails can be undone.
 */
#ifndef ELENCH_EVM_WORLD_H
#define ELENCH_EVM_WORLD_H

#include <stdbool.h>

#include "code.h"
#include "host.h"
#include "trie.h"
#include "word.h"

typedef struct Slot Slot;

typedef struct Account {
  Word address;
  /** keccak256 of the address: its key in the trie. */
  uint8_t key[32];
  Word balance;
  uint64_t nonce;
  uint8_t code_hash[32];
  /** NULL until it is needed. Of the world, which keeps it while the batch lasts. */
  Code *code;
  /** As the trie has it: changed slots are not in it before the block's end. */
  uint8_t storage_root[32];
  struct trie storage;
  bool is_storage_open;
  /** Counts deletions: a slot of an earlier generation is gone. */
  uint32_t generation;
  /** The last transaction in which the account was so. */
  uint32_t warm, touched, created, destroyed;
  /** Whether it waits, with the slots, for the block's end. */
  bool is_changed;
  Slot *changed_slots;
} Account;

struct Slot {
  Account *account;
  uint32_t generation;
  /** The last transaction in which it was warm, and the one that `original` is about. */
  uint32_t warm, seen;
  bool is_changed;
  Word number;
  /** keccak256 of the number. */
  uint8_t key[32];
  Word current;
  /** Before the transaction `seen`. */
  Word original;
  /** In the trie. */
  Word stored;
  Slot *next_changed;
};

typedef struct World World;

/** Why execution cannot go on. The world has then to be opened again: nothing of the batch counts. */
typedef enum {
  WORLD_SOUND,
  WORLD_NODE_MISSING,
  WORLD_NODE_CORRUPT,
  WORLD_CODE_MISSING,
  WORLD_NO_MEMORY,
  WORLD_HOST_FAILED
} Fault;

/**
 * @param secret random bytes for the hash tables: who knows them can make an access slow.
 * @param capacity bytes of cached accounts, slots, codes and nodes above which `world_trim` drops them.
 * @returns NULL if there is no memory for it.
 */
World *world_create(const Host *host, const uint8_t secret[32], size_t capacity);
void world_destroy(World *world);

/** Goes to a state, and forgets what the world was at, its fault included. */
void world_open(World *world, const uint8_t root[32]);

/** Forgets everything that can be read again, if it is more than the capacity. Between batches. */
void world_trim(World *world);

/** Bytes that are in memory. */
size_t world_bytes(const World *world);

Fault world_fault(const World *world);
void world_fail(World *world, Fault fault);
const Host *world_host(const World *world);

/** @returns NULL if it cannot be read: the world has a fault then. So do the functions below. */
Account *world_account(World *world, const Word *address);
Slot *world_slot(World *world, Account *account, const Word *number);
/** The account's code. */
Code *world_code(World *world, Account *account);

/** Whether an account is empty (EIP-161). */
bool account_is_empty(const Account *account);
bool account_has_code(const Account *account);
bool account_has_storage(const Account *account);

/** Begins a transaction: nothing is warm, touched or created, and no transient slot is set. */
void world_begin(World *world);

/** A point in the transaction to which it can be undone. */
uint32_t world_mark(const World *world);
void world_undo(World *world, uint32_t mark);

/** Changes of the transaction. All of them can be undone, and make the account touched unless it says otherwise. */
void world_set_balance(World *world, Account *account, const Word *balance);
void world_set_nonce(World *world, Account *account, uint64_t nonce);
/** @param bytes are kept by the world and by the host. */
void world_set_code(World *world, Account *account, const uint8_t *bytes, uint32_t size);
void world_touch(World *world, Account *account);
void world_create_account(World *world, Account *account);
void world_destroy_account(World *world, Account *account);
/** Does not touch the account: the block's end sees to that if the value has changed. */
void world_set_slot(World *world, Slot *slot, const Word *value);
/** @returns whether it was warm before. Does not touch the account. */
bool world_warm_account(World *world, Account *account);
bool world_warm_slot(World *world, Slot *slot);

bool world_is_created(const World *world, const Account *account);

/** EIP-1153. The value is 0 if there is none. */
Word world_transient(World *world, Account *account, const Word *number);
void world_set_transient(World *world, Account *account, const Word *number, const Word *value);

/** Ends a transaction: destroyed accounts, and touched ones that are empty, are gone. */
void world_commit(World *world);

/** Writes what the transactions have changed into the tries. @returns 0 if the world has a fault. */
int world_root(World *world, uint8_t root[32]);

#endif

/**
 * Merkle-Patricia tries (Yellow Paper, appendix D) of 32-byte keys, which the caller has hashed, and values of 1 to
 * 110 bytes. All tries of a world share one pool of nodes in memory, for one thread. A node that is not there yet is
 * known by its hash, and loaded when a key leads to it. Changes stay in memory until the caller asks for the root.
 */
#ifndef ELENCH_EVM_TRIE_H
#define ELENCH_EVM_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of the longest value: the RLP of an account with a nonce of 8 bytes, a balance of 32 and two hashes. */
enum { TRIE_MAX_VALUE = 110 };

enum trie_result {
  TRIE_FOUND,
  TRIE_ABSENT,
  /** `read` has no node with this hash. */
  TRIE_MISSING_NODE,
  /** `read` gave bytes that are not the canonical encoding of a node of such a trie. */
  TRIE_CORRUPT,
  TRIE_NO_MEMORY,
  /** The value to put is longer than TRIE_MAX_VALUE. */
  TRIE_TOO_LONG,
};

static inline bool trie_failed(enum trie_result result) { return result > TRIE_ABSENT; }

/** Where nodes come from and go to. Its functions must not use the pool. */
struct trie_host {
  void *context;
  /** @returns the RLP with this keccak256, valid until the next call, and its length; NULL if there is none. */
  const uint8_t *(*read)(void *context, const uint8_t hash[32], uint32_t *length);
  /** Takes a new node. The same bytes can come more than once: equal parts of tries have equal nodes. */
  void (*write)(void *context, const uint8_t hash[32], const uint8_t *rlp, uint32_t length);
};

struct trie_pool;

/** A trie in a pool. The caller owns it, and must not use a copy beside it. Zero: the trie without entries. */
struct trie {
  uint32_t root;
};

/** @returns NULL if there is no memory for it. */
struct trie_pool *trie_pool_create(const struct trie_host *host);

/** Frees the pool, and with it the nodes of all its tries. */
void trie_pool_destroy(struct trie_pool *pool);

/** Bytes of the nodes in memory. The pool keeps the memory of freed ones for others until it is destroyed. */
size_t trie_pool_bytes(const struct trie_pool *pool);

/**
 * Begins a trie at the hash of its root node: reads nothing yet. What `trie` held before is not closed.
 * @returns TRIE_FOUND or TRIE_NO_MEMORY.
 */
enum trie_result trie_open(struct trie_pool *pool, struct trie *trie, const uint8_t root[32]);

/** Drops all nodes, and the changes since the last root. The trie is then the one without entries. */
void trie_close(struct trie_pool *pool, struct trie *trie);

/**
 * Looks up a key.
 * @returns TRIE_FOUND and the value, TRIE_ABSENT, or why a node on the way could not be loaded.
 */
enum trie_result trie_get(struct trie_pool *pool, struct trie *trie, const uint8_t key[32],
                          uint8_t value[TRIE_MAX_VALUE], uint32_t *length);

/**
 * Inserts or replaces a value; deletes it if `length` is 0. Reads the nodes on the way to the key, and last, if a
 * deletion leaves a branch with one child, that child.
 * @returns whether there was a value before: TRIE_FOUND or TRIE_ABSENT; or a failure, and then the trie is as before.
 */
enum trie_result trie_put(struct trie_pool *pool, struct trie *trie, const uint8_t key[32], const uint8_t *value,
                          uint32_t length);

/** Hashes what has changed since the last root, children first, and writes each changed node that has a hash. */
void trie_root(struct trie_pool *pool, struct trie *trie, uint8_t root[32]);

/** Drops from memory all nodes that can be read again: every one that has not changed since the last root. */
void trie_forget(struct trie_pool *pool, struct trie *trie);

#endif

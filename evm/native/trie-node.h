/** Nodes of tries in memory. */
#ifndef ELENCH_EVM_TRIE_NODE_H
#define ELENCH_EVM_TRIE_NODE_H

#include "trie-cells.h"
#include "trie-path.h"
#include "trie.h"

/** A node: its kind in the low three bits, above them the number of its cell. 0: no node. */
typedef uint32_t node_id;

enum node_kind { NOTHING, UNLOADED, LEAF, LARGE_LEAF, EXTENSION, BRANCH };
enum { KIND_BITS = 3, KIND_MASK = (1 << KIND_BITS) - 1 };

/**
 * How the parent refers to a node: by its hash (32 bytes), or by its RLP if that is shorter. Length 0: the node has
 * changed since the last root, and so have all above it. Every node begins with this; an unloaded one has no more.
 */
struct reference {
  uint8_t bytes[32];
  uint8_t length;
};

/** It has its whole key, not only what follows from its depth on: so it can move up and down as it is. */
struct leaf {
  struct reference reference;
  uint8_t length;
  uint8_t key[KEY_BYTES];
  uint8_t value[];
};

struct extension {
  struct reference reference;
  /** Depth of the child, a branch. */
  uint8_t end;
  /** From the root to the child, for the same reason. Nibbles from `end` on mean nothing. */
  uint8_t path[KEY_BYTES];
  node_id child;
};

/** At least two children. It has no value, as all keys are equally long. */
struct branch {
  struct reference reference;
  node_id child[16];
};

/** Bytes of the longest value in a leaf no larger than a branch. The RLP of a storage slot has up to 33. */
enum { SHORT_VALUE = sizeof(struct branch) - sizeof(struct leaf) };

/** Cells of what is not loaded; of branches, extensions and leaves with a short value; of leaves with any value. */
enum { SMALL_CELL, MIDDLE_CELL, LARGE_CELL, CELL_SIZES };

struct trie_pool {
  struct trie_host host;
  struct cells cells[CELL_SIZES];
};

static inline enum node_kind kind_of(node_id node) { return node & KIND_MASK; }

static inline int cell_size_of(enum node_kind kind)
{
  return kind == UNLOADED ? SMALL_CELL : kind == LARGE_LEAF ? LARGE_CELL : MIDDLE_CELL;
}

/** The struct of a node that is not NOTHING. */
static inline void *node_at(const struct trie_pool *pool, node_id node)
{
  return cell_at(&pool->cells[cell_size_of(kind_of(node))], node >> KIND_BITS);
}

/** @returns a node of zeros, hence a changed one; NOTHING if there is no memory. */
static node_id new_node(struct trie_pool *pool, enum node_kind kind)
{
  struct cells *cells = &pool->cells[cell_size_of(kind)];
  uint32_t number;
  if (!take_cell(cells, &number)) return NOTHING;
  memset(cell_at(cells, number), 0, cells->size);
  return number << KIND_BITS | kind;
}

/** @returns NOTHING if there is no memory. */
static node_id new_unloaded(struct trie_pool *pool, const uint8_t hash[32])
{
  node_id node = new_node(pool, UNLOADED);
  if (node == NOTHING) return NOTHING;
  struct reference *reference = node_at(pool, node);
  memcpy(reference->bytes, hash, 32);
  reference->length = 32;
  return node;
}

static inline enum node_kind leaf_kind(uint32_t length) { return length <= SHORT_VALUE ? LEAF : LARGE_LEAF; }

/** @param length 1 … TRIE_MAX_VALUE. @returns NOTHING if there is no memory. */
static node_id new_leaf(struct trie_pool *pool, const uint8_t key[KEY_BYTES], const uint8_t *value, uint32_t length)
{
  node_id node = new_node(pool, leaf_kind(length));
  if (node == NOTHING) return NOTHING;
  struct leaf *leaf = node_at(pool, node);
  memcpy(leaf->key, key, KEY_BYTES);
  memcpy(leaf->value, value, length);
  leaf->length = (uint8_t)length;
  return node;
}

/** @returns NOTHING if there is no memory. */
static node_id new_extension(struct trie_pool *pool, const uint8_t path[KEY_BYTES], int end, node_id child)
{
  node_id node = new_node(pool, EXTENSION);
  if (node == NOTHING) return NOTHING;
  struct extension *extension = node_at(pool, node);
  memcpy(extension->path, path, KEY_BYTES);
  extension->end = (uint8_t)end;
  extension->child = child;
  return node;
}

/** Frees a node, but not its children. */
static void free_node(struct trie_pool *pool, node_id node)
{
  if (node != NOTHING) give_cell(&pool->cells[cell_size_of(kind_of(node))], node >> KIND_BITS);
}

/** Where a node's children stand, and their depth. */
struct children {
  node_id *child;
  int count, depth;
};

/** @param depth of the node. */
static inline struct children children_of(const struct trie_pool *pool, node_id node, int depth)
{
  if (kind_of(node) == BRANCH) {
    struct branch *branch = node_at(pool, node);
    return (struct children){branch->child, 16, depth + 1};
  }
  if (kind_of(node) == EXTENSION) {
    struct extension *extension = node_at(pool, node);
    return (struct children){&extension->child, 1, extension->end};
  }
  return (struct children){NULL, 0, 0};
}

/** Frees a node and all below it. */
static void free_tree(struct trie_pool *pool, node_id node)
{
  struct children children = children_of(pool, node, 0);
  for (int i = 0; i < children.count; i++) free_tree(pool, children.child[i]);
  free_node(pool, node);
}

#endif

#include "trie.h"

#include "hashes/keccak256.h"
#include "trie-node.h"
#include "trie-rlp.h"

/** keccak256(0x80), the root of the trie without entries. */
static const uint8_t EMPTY_ROOT[32] = {
  0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
  0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21,
};

struct trie_pool *trie_pool_create(const struct trie_host *host)
{
  struct trie_pool *pool = calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  pool->host = *host;
  pool->cells[SMALL_CELL].size = (sizeof(struct reference) + 3) / 4 * 4;
  pool->cells[MIDDLE_CELL].size = sizeof(struct branch);
  pool->cells[LARGE_CELL].size = sizeof(struct leaf) + TRIE_MAX_VALUE;
  return pool;
}

void trie_pool_destroy(struct trie_pool *pool)
{
  for (int size = 0; size < CELL_SIZES; size++) free_cells(&pool->cells[size]);
  free(pool);
}

size_t trie_pool_bytes(const struct trie_pool *pool)
{
  size_t bytes = 0;
  for (int size = 0; size < CELL_SIZES; size++) bytes += (size_t)pool->cells[size].used * pool->cells[size].size;
  return bytes;
}

enum trie_result trie_open(struct trie_pool *pool, struct trie *trie, const uint8_t root[32])
{
  trie->root = NOTHING;
  if (memcmp(root, EMPTY_ROOT, 32) == 0) return TRIE_FOUND;
  trie->root = new_unloaded(pool, root);
  return trie->root == NOTHING ? TRIE_NO_MEMORY : TRIE_FOUND;
}

void trie_close(struct trie_pool *pool, struct trie *trie)
{
  free_tree(pool, trie->root);
  trie->root = NOTHING;
}

/* ---- looking up ---- */

/**
 * Loads the node in a slot if it is known by its hash alone.
 * @param key any that begins with the path to the node.
 * @param parent NOTHING for the root.
 * @returns TRIE_FOUND also if there is no node.
 */
static enum trie_result load(struct trie_pool *pool, node_id *slot, const uint8_t key[KEY_BYTES], int depth,
                             enum node_kind parent)
{
  if (kind_of(*slot) != UNLOADED) return TRIE_FOUND;
  const struct reference *unloaded = node_at(pool, *slot);
  struct item item;
  uint32_t length;
  const uint8_t *rlp = pool->host.read(pool->host.context, unloaded->bytes, &length);
  if (rlp == NULL) return TRIE_MISSING_NODE;
  // A shorter node would stand in its parent. No root is shorter: it would have to hold all nibbles of some key.
  if (length < 32 || !read_item(rlp, length, &item) || !item.list || item.rlp_length != length) return TRIE_CORRUPT;
  uint8_t path[KEY_BYTES];
  memcpy(path, key, KEY_BYTES);
  node_id node = NOTHING;
  enum trie_result result = decode_node(pool, &item, path, depth, &node);
  if (result == TRIE_FOUND && parent == EXTENSION && kind_of(node) != BRANCH) result = TRIE_CORRUPT;
  if (result != TRIE_FOUND) {
    free_tree(pool, node);
    return result;
  }
  struct reference *reference = node_at(pool, node);
  *reference = *unloaded;
  free_node(pool, *slot);
  *slot = node;
  return TRIE_FOUND;
}

/** The slots on the way to a key, each with its depth. Depths rise by at least 1 from slot to slot. */
struct way {
  int length;
  node_id *slot[KEY_NIBBLES + 1];
  int depth[KEY_NIBBLES + 1];
};

/**
 * Follows a key as far as it agrees with the trie.
 * @returns TRIE_FOUND if the last slot has its leaf; TRIE_ABSENT if it has nothing or a node from which the key parts.
 */
static enum trie_result follow(struct trie_pool *pool, struct trie *trie, const uint8_t key[KEY_BYTES], struct way *way)
{
  node_id *slot = &trie->root;
  enum node_kind kind = NOTHING;
  int depth = 0;
  way->length = 0;
  for (;;) {
    enum trie_result result = load(pool, slot, key, depth, kind);
    if (result != TRIE_FOUND) return result;
    way->slot[way->length] = slot;
    way->depth[way->length++] = depth;
    kind = kind_of(*slot);
    if (kind == BRANCH) {
      struct branch *branch = node_at(pool, *slot);
      slot = &branch->child[nibble(key, depth++)];
    } else if (kind == EXTENSION) {
      struct extension *extension = node_at(pool, *slot);
      if (common_nibbles(extension->path, key) < extension->end) return TRIE_ABSENT;
      slot = &extension->child;
      depth = extension->end;
    } else {
      if (kind == NOTHING) return TRIE_ABSENT;
      const struct leaf *leaf = node_at(pool, *slot);
      return memcmp(leaf->key, key, KEY_BYTES) == 0 ? TRIE_FOUND : TRIE_ABSENT;
    }
  }
}

enum trie_result trie_get(struct trie_pool *pool, struct trie *trie, const uint8_t key[32],
                          uint8_t value[TRIE_MAX_VALUE], uint32_t *length)
{
  struct way way;
  enum trie_result result = follow(pool, trie, key, &way);
  if (result != TRIE_FOUND) return result;
  const struct leaf *leaf = node_at(pool, *way.slot[way.length - 1]);
  memcpy(value, leaf->value, leaf->length);
  *length = leaf->length;
  return TRIE_FOUND;
}

/* ---- changing ---- */

// Whatever can fail comes before the first change, so that a failure leaves the trie as it was.

static void mark_changed(struct trie_pool *pool, node_id node)
{
  if (node == NOTHING) return;
  struct reference *reference = node_at(pool, node);
  reference->length = 0;
}

/** Marks the first `count` nodes of the way. */
static void mark_way(struct trie_pool *pool, const struct way *way, int count)
{
  for (int i = 0; i < count; i++) mark_changed(pool, *way->slot[i]);
}

/** Gives the leaf at the end of the way another value. @returns false if there is no memory. */
static bool replace(struct trie_pool *pool, const struct way *way, const uint8_t *value, uint32_t length)
{
  node_id *slot = way->slot[way->length - 1];
  struct leaf *leaf = node_at(pool, *slot);
  if (leaf->length == length && memcmp(leaf->value, value, length) == 0) return true;
  if (leaf_kind(length) == kind_of(*slot)) {
    memcpy(leaf->value, value, length);
    leaf->length = (uint8_t)length;
  } else {
    node_id other = new_leaf(pool, leaf->key, value, length);
    if (other == NOTHING) return false;
    free_node(pool, *slot);
    *slot = other;
  }
  mark_way(pool, way, way->length);
  return true;
}

static const uint8_t *path_of(const struct trie_pool *pool, node_id node)
{
  if (kind_of(node) == EXTENSION) {
    const struct extension *extension = node_at(pool, node);
    return extension->path;
  }
  const struct leaf *leaf = node_at(pool, node);
  return leaf->key;
}

/** Makes a leaf or extension the child of a branch at `depth`, above its end. */
static void hang(struct trie_pool *pool, struct branch *branch, node_id node, int depth)
{
  node_id *slot = &branch->child[nibble(path_of(pool, node), depth)];
  const struct extension *extension = node_at(pool, node);
  if (kind_of(node) == EXTENSION && extension->end == depth + 1) {
    *slot = extension->child;
    free_node(pool, node);
  } else {
    *slot = node;
    mark_changed(pool, node);
  }
}

/**
 * A branch with a leaf and with the leaf or extension `old` from which it parts; under an extension if they have common
 * nibbles from `depth` on.
 * @returns NOTHING if there is no memory, or no leaf.
 */
static node_id branch_off(struct trie_pool *pool, node_id old, node_id leaf, int depth)
{
  if (leaf == NOTHING) return NOTHING;
  const uint8_t *key = path_of(pool, leaf);
  int parting = common_nibbles(path_of(pool, old), key);
  node_id node = new_node(pool, BRANCH);
  node_id top = node == NOTHING || parting == depth ? node : new_extension(pool, key, parting, node);
  if (top == NOTHING) {
    free_node(pool, node);
    return NOTHING;
  }
  struct branch *branch = node_at(pool, node);
  hang(pool, branch, leaf, parting);
  hang(pool, branch, old, parting);
  return top;
}

/** Puts a leaf where the way ends. @returns false if there is no memory. */
static bool insert(struct trie_pool *pool, const struct way *way, const uint8_t key[KEY_BYTES], const uint8_t *value,
                   uint32_t length)
{
  int last = way->length - 1;
  node_id *slot = way->slot[last];
  node_id leaf = new_leaf(pool, key, value, length);
  node_id node = *slot == NOTHING ? leaf : branch_off(pool, *slot, leaf, way->depth[last]);
  if (node == NOTHING) {
    free_node(pool, leaf);
    return false;
  }
  *slot = node;
  mark_way(pool, way, last);
  return true;
}

/** @returns the digit of the only child beside that at `digit`; -1 if there are more. */
static int only_other(const struct branch *branch, int digit)
{
  int only = -1;
  for (int other = 0; other < 16; other++) {
    if (other == digit || branch->child[other] == NOTHING) continue;
    if (only >= 0) return -1;
    only = other;
  }
  return only;
}

/**
 * Removes the leaf at the end of the way and the branch above it, whose only other child is at `digit`. If that is a
 * leaf or an extension, it takes the branch's place; if it is a branch, an extension to it does. Either replaces an
 * extension above, too.
 */
static enum trie_result collapse(struct trie_pool *pool, const struct way *way, const uint8_t key[KEY_BYTES], int digit)
{
  int at = way->length - 2, depth = way->depth[at];
  struct branch *branch = node_at(pool, *way->slot[at]);
  node_id *slot = &branch->child[digit];
  uint8_t path[KEY_BYTES];
  memcpy(path, key, KEY_BYTES);
  set_nibble(path, depth, (uint8_t)digit);
  enum trie_result result = load(pool, slot, path, depth + 1, BRANCH);
  if (result != TRIE_FOUND) return result;
  node_id node = kind_of(*slot) == BRANCH ? new_extension(pool, path, depth + 1, *slot) : *slot;
  if (node == NOTHING) return TRIE_NO_MEMORY;
  mark_changed(pool, node);
  free_node(pool, *way->slot[at + 1]);
  free_node(pool, *way->slot[at]);
  if (at > 0 && kind_of(*way->slot[at - 1]) == EXTENSION) free_node(pool, *way->slot[--at]);
  *way->slot[at] = node;
  mark_way(pool, way, at);
  return TRIE_FOUND;
}

/** Removes the leaf at the end of the way. */
static enum trie_result take_out(struct trie_pool *pool, const struct way *way, const uint8_t key[KEY_BYTES])
{
  int last = way->length - 1;
  if (last > 0) {
    int digit = nibble(key, way->depth[last - 1]);
    int other = only_other(node_at(pool, *way->slot[last - 1]), digit);
    if (other >= 0) return collapse(pool, way, key, other);
  }
  free_node(pool, *way->slot[last]);
  *way->slot[last] = NOTHING;
  mark_way(pool, way, last);
  return TRIE_FOUND;
}

enum trie_result trie_put(struct trie_pool *pool, struct trie *trie, const uint8_t key[32], const uint8_t *value,
                          uint32_t length)
{
  if (length > TRIE_MAX_VALUE) return TRIE_TOO_LONG;
  struct way way;
  enum trie_result result = follow(pool, trie, key, &way);
  if (trie_failed(result)) return result;
  if (length == 0) return result == TRIE_FOUND ? take_out(pool, &way, key) : TRIE_ABSENT;
  bool done = result == TRIE_FOUND ? replace(pool, &way, value, length) : insert(pool, &way, key, value, length);
  return done ? result : TRIE_NO_MEMORY;
}

/* ---- hashing ---- */

/** Makes the reference to a changed node whose children have theirs, and writes the node if that is a hash. */
static void refer(struct trie_pool *pool, node_id node, int depth)
{
  struct reference *reference = node_at(pool, node);
  struct encoding encoding;
  encode_node(pool, node, depth, &encoding);
  if (encoding.length < 32) {
    memcpy(reference->bytes, encoding.rlp, encoding.length);
    reference->length = (uint8_t)encoding.length;
  } else {
    keccak256(encoding.rlp, encoding.length, reference->bytes);
    reference->length = 32;
    pool->host.write(pool->host.context, reference->bytes, encoding.rlp, encoding.length);
  }
}

/** Makes the references to a node and to all changed nodes below it. */
static void refer_below(struct trie_pool *pool, node_id node, int depth)
{
  if (node == NOTHING) return;
  const struct reference *reference = node_at(pool, node);
  if (reference->length != 0) return;
  struct children children = children_of(pool, node, depth);
  // Most children lie far apart in memory.
  for (int i = 0; i < children.count; i++) {
    if (children.child[i] != NOTHING) __builtin_prefetch(node_at(pool, children.child[i]));
  }
  for (int i = 0; i < children.count; i++) refer_below(pool, children.child[i], children.depth);
  refer(pool, node, depth);
}

void trie_root(struct trie_pool *pool, struct trie *trie, uint8_t root[32])
{
  if (trie->root == NOTHING) {
    memcpy(root, EMPTY_ROOT, 32);
    return;
  }
  refer_below(pool, trie->root, 0);
  const struct reference *reference = node_at(pool, trie->root);
  memcpy(root, reference->bytes, 32);
}

/* ---- forgetting ---- */

/** Leaves of each unchanged subtree its hash; the whole, if there is no memory for it. */
static void forget(struct trie_pool *pool, node_id *slot)
{
  if (*slot == NOTHING || kind_of(*slot) == UNLOADED) return;
  const struct reference *reference = node_at(pool, *slot);
  if (reference->length == 32) {
    node_id unloaded = new_unloaded(pool, reference->bytes);
    if (unloaded == NOTHING) return;
    free_tree(pool, *slot);
    *slot = unloaded;
  } else {
    struct children children = children_of(pool, *slot, 0);
    for (int i = 0; i < children.count; i++) forget(pool, &children.child[i]);
  }
}

void trie_forget(struct trie_pool *pool, struct trie *trie) { forget(pool, &trie->root); }

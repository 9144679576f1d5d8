/** The RLP of nodes (Yellow Paper, appendices B and D). */
#ifndef ELENCH_EVM_TRIE_RLP_H
#define ELENCH_EVM_TRIE_RLP_H

#include "trie-node.h"

/* ---- encoding ---- */

/** Bytes before a list's content, and of the longest content: that of a branch with 16 hashes. */
enum { MAX_LIST_HEADER = 3, MAX_CONTENT = 16 * 33 + 1 };

struct encoding {
  uint8_t room[MAX_LIST_HEADER + MAX_CONTENT];
  const uint8_t *rlp;
  uint32_t length;
};

/** The empty string: no child, and no value. */
enum { EMPTY_STRING = 0x80 };

/** @param length 1 … 255. @returns the end. */
static uint8_t *encode_string(uint8_t *out, const uint8_t *bytes, uint32_t length)
{
  bool direct = length == 1 && bytes[0] < 0x80;
  if (length > 55) *out++ = 0xb8;
  if (!direct) *out++ = (uint8_t)(length > 55 ? length : 0x80 + length);
  memcpy(out, bytes, length);
  return out + length;
}

static uint8_t *encode_path(uint8_t *out, const uint8_t key[KEY_BYTES], int from, int to, bool leaf)
{
  uint8_t compact[MAX_COMPACT];
  const uint32_t length = compact_path(key, from, to, leaf, compact);
  return encode_string(out, compact, length);
}

/** What a parent holds of an unchanged child. */
static uint8_t *encode_reference(const struct trie_pool *pool, uint8_t *out, node_id child)
{
  if (child == NOTHING) {
    *out = EMPTY_STRING;
    return out + 1;
  }
  const struct reference *reference = node_at(pool, child);
  if (reference->length == 32) return encode_string(out, reference->bytes, 32);
  memcpy(out, reference->bytes, reference->length);
  return out + reference->length;
}

static uint8_t *encode_content(const struct trie_pool *pool, uint8_t *out, node_id node, int depth)
{
  if (kind_of(node) == BRANCH) {
    const struct branch *branch = node_at(pool, node);
    for (int digit = 0; digit < 16; digit++) out = encode_reference(pool, out, branch->child[digit]);
    *out = EMPTY_STRING;
    return out + 1;
  }
  if (kind_of(node) == EXTENSION) {
    const struct extension *extension = node_at(pool, node);
    out = encode_path(out, extension->path, depth, extension->end, false);
    return encode_reference(pool, out, extension->child);
  }
  const struct leaf *leaf = node_at(pool, node);
  out = encode_path(out, leaf->key, depth, KEY_NIBBLES, true);
  return encode_string(out, leaf->value, leaf->length);
}

/** Encodes a loaded node whose children are unchanged. */
static void encode_node(const struct trie_pool *pool, node_id node, int depth, struct encoding *encoding)
{
  // cppcheck-suppress ctuuninitvar
  uint8_t *start = encoding->room + MAX_LIST_HEADER;
  uint32_t length = (uint32_t)(encode_content(pool, start, node, depth) - start);
  uint8_t *rlp = start;
  if (length > 55) {
    int sizes = 0;
    for (uint32_t rest = length; rest > 0; rest >>= 8, sizes++) *--rlp = (uint8_t)rest;
    *--rlp = (uint8_t)(0xf7 + sizes);
  } else {
    *--rlp = (uint8_t)(0xc0 + length);
  }
  encoding->rlp = rlp;
  encoding->length = length + (uint32_t)(start - rlp);
}

/* ---- decoding ---- */

/** A string or list. */
struct item {
  bool list;
  const uint8_t *rlp, *content;
  uint32_t rlp_length, length;
};

/** Bytes of the length of a content longer than 55 bytes: no node needs more. */
enum { MAX_LENGTH_BYTES = 2 };

/** Reads a length of some bytes. @returns false if it is cut off, not in its shortest form, or too long for a node. */
static bool read_length(const uint8_t *at, uint32_t left, uint32_t bytes, uint32_t *length)
{
  if (bytes > MAX_LENGTH_BYTES || bytes > left || at[0] == 0) return false;
  *length = 0;
  for (uint32_t i = 0; i < bytes; i++) *length = *length << 8 | at[i];
  return *length > 55;
}

/** Reads the item at the start of `left` bytes, at least 1. @returns false if there is none in its only encoding. */
static bool read_item(const uint8_t *at, uint32_t left, struct item *item)
{
  uint8_t first = at[0];
  *item = (struct item){.list = first >= 0xc0, .rlp = at, .content = at, .rlp_length = 1, .length = 1};
  if (first < 0x80) return true;
  uint32_t header = 1, size = first - (item->list ? 0xc0u : 0x80u);
  if (size > 55) {
    header += size - 55;
    if (!read_length(at + 1, left - 1, size - 55, &size)) return false;
  }
  if (size > left - header) return false;
  item->content = at + header;
  item->length = size;
  item->rlp_length = header + size;
  return item->list || size != 1 || item->content[0] >= 0x80;
}

/** A branch's items: its children, then its value. */
enum { MAX_ITEMS = 17 };

/** @returns the number of items of a list; 0 if there are none, more than MAX_ITEMS, or one that is malformed. */
static int read_items(const struct item *list, struct item items[MAX_ITEMS])
{
  int count = 0;
  uint32_t at = 0;
  while (at < list->length) {
    if (count == MAX_ITEMS || !read_item(list->content + at, list->length - at, &items[count])) return 0;
    at += items[count++].rlp_length;
  }
  return count;
}

/**
 * Decodes a node.
 * @param path to the node; below it, it is overwritten.
 * @param node NOTHING; the caller frees what stands there after a failure.
 */
static enum trie_result decode_node(struct trie_pool *pool, const struct item *list, uint8_t path[KEY_BYTES], int depth,
                                    node_id *node);

/** Decodes what a parent holds of a child: nothing, its hash, or the child itself if that is shorter. */
static enum trie_result decode_reference(struct trie_pool *pool, const struct item *item, uint8_t path[KEY_BYTES],
                                         int depth, node_id *node)
{
  if (item->list) {
    if (item->rlp_length >= 32) return TRIE_CORRUPT;
    enum trie_result result = decode_node(pool, item, path, depth, node);
    if (result != TRIE_FOUND) return result;
    struct reference *reference = node_at(pool, *node);
    memcpy(reference->bytes, item->rlp, item->rlp_length);
    reference->length = (uint8_t)item->rlp_length;
    return TRIE_FOUND;
  }
  if (item->length == 0) return TRIE_FOUND;
  if (item->length != 32) return TRIE_CORRUPT;
  *node = new_unloaded(pool, item->content);
  return *node == NOTHING ? TRIE_NO_MEMORY : TRIE_FOUND;
}

static enum trie_result decode_branch(struct trie_pool *pool, const struct item items[MAX_ITEMS],
                                      uint8_t path[KEY_BYTES], int depth, node_id *node)
{
  if (depth == KEY_NIBBLES || items[16].list || items[16].length != 0) return TRIE_CORRUPT;
  *node = new_node(pool, BRANCH);
  if (*node == NOTHING) return TRIE_NO_MEMORY;
  struct branch *branch = node_at(pool, *node);
  int children = 0;
  for (int digit = 0; digit < 16; digit++) {
    set_nibble(path, depth, (uint8_t)digit);
    enum trie_result result = decode_reference(pool, &items[digit], path, depth + 1, &branch->child[digit]);
    if (result != TRIE_FOUND) return result;
    children += branch->child[digit] != NOTHING;
  }
  return children < 2 ? TRIE_CORRUPT : TRIE_FOUND;
}

static enum trie_result decode_leaf(struct trie_pool *pool, const struct item *value, const uint8_t key[KEY_BYTES],
                                    node_id *node)
{
  if (value->list || value->length == 0 || value->length > TRIE_MAX_VALUE) return TRIE_CORRUPT;
  *node = new_leaf(pool, key, value->content, value->length);
  return *node == NOTHING ? TRIE_NO_MEMORY : TRIE_FOUND;
}

static enum trie_result decode_extension(struct trie_pool *pool, const struct item *child, uint8_t path[KEY_BYTES],
                                         int end, node_id *node)
{
  *node = new_extension(pool, path, end, NOTHING);
  if (*node == NOTHING) return TRIE_NO_MEMORY;
  struct extension *extension = node_at(pool, *node);
  enum trie_result result = decode_reference(pool, child, path, end, &extension->child);
  if (result != TRIE_FOUND) return result;
  enum node_kind kind = kind_of(extension->child);
  return kind == BRANCH || kind == UNLOADED ? TRIE_FOUND : TRIE_CORRUPT;
}

static enum trie_result decode_node(struct trie_pool *pool, const struct item *list, uint8_t path[KEY_BYTES], int depth,
                                    node_id *node)
{
  struct item items[MAX_ITEMS];
  int count = read_items(list, items);
  if (count == MAX_ITEMS) return decode_branch(pool, items, path, depth, node);
  if (count != 2 || items[0].list) return TRIE_CORRUPT;
  bool leaf = false;
  int end = expand_path(items[0].content, items[0].length, path, depth, &leaf);
  if (leaf && end == KEY_NIBBLES) return decode_leaf(pool, &items[1], path, node);
  if (leaf || end <= depth || end == KEY_NIBBLES) return TRIE_CORRUPT;
  return decode_extension(pool, &items[1], path, end, node);
}

#endif

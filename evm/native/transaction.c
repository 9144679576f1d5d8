#include "transaction.h"

#include "curves/curves.h"
#include "hashes/keccak256.h"

/** Reads RLP items one after the other (Yellow Paper, appendix B), each in its shortest form. */
typedef struct {
  const uint8_t *at, *end;
  bool valid;
} Reader;

/** More bytes of a length do not fit in a batch. */
enum { LENGTH_BYTES = 4 };

/** Reads past an item's header. @returns its content's length, which may reach beyond the end. */
static uint64_t read_header(Reader *reader, bool is_list)
{
  if (reader->valid && reader->at < reader->end) {
    const uint8_t first = *reader->at;
    if (!is_list && first < 0x80) return 1;
    const int short_length = first - (is_list ? 0xc0 : 0x80);
    const size_t left = (size_t)(reader->end - reader->at) - 1;
    if (short_length >= 0 && short_length < 56) {
      // A single byte under 0x80 is its own encoding.
      if (is_list || short_length != 1 || (left > 0 && reader->at[1] >= 0x80)) {
        reader->at++;
        return (uint64_t)short_length;
      }
    } else if (short_length >= 56 && short_length - 55 <= LENGTH_BYTES && first >= (is_list ? 0xf8 : 0xb8) &&
               (is_list || first < 0xc0)) {
      const size_t bytes = (size_t)short_length - 55;
      if (bytes <= left && reader->at[1] != 0) {
        uint64_t length = 0;
        for (size_t i = 1; i <= bytes; i++) length = length << 8 | reader->at[i];
        if (length >= 56) {
          reader->at += 1 + bytes;
          return length;
        }
      }
    }
  }
  reader->valid = false;
  return 0;
}

/** A string's content of at most `limit` bytes. */
static Span read_string(Reader *reader, uint64_t limit)
{
  const uint64_t length = read_header(reader, false);
  if (length > limit || length > (uint64_t)(reader->end - reader->at)) reader->valid = false;
  const Span content = {reader->at, reader->valid ? reader->at + length : reader->at};
  if (reader->valid) reader->at = content.end;
  return content;
}

static size_t length_of(Span span) { return (size_t)(span.end - span.start); }

/** A number without leading zeros, of at most `limit` bytes. */
static Word read_number(Reader *reader, uint64_t limit)
{
  const Span bytes = read_string(reader, limit);
  if (length_of(bytes) > 0 && *bytes.start == 0) reader->valid = false;
  return reader->valid ? word_from_short(bytes.start, length_of(bytes)) : WORD_ZERO;
}

/** Writes the header of a list of so many bytes, below 2^32. @returns its length. */
static unsigned put_list_header(uint8_t *at, uint64_t length)
{
  if (length < 56) {
    *at = (uint8_t)(0xc0 + length);
    return 1;
  }
  unsigned bytes = 0;
  while (length >> 8 * bytes != 0) bytes++;
  at[0] = (uint8_t)(0xf7 + bytes);
  for (unsigned i = 0; i < bytes; i++) at[1 + i] = (uint8_t)(length >> 8 * (bytes - 1 - i));
  return 1 + bytes;
}

static unsigned put_number(uint8_t *at, const Word *number)
{
  const unsigned length = word_byte_length(number);
  uint8_t bytes[32];
  word_to_bytes(number, bytes);
  if (length == 1 && bytes[31] < 0x80) {
    *at = bytes[31];
    return 1;
  }
  *at = (uint8_t)(0x80 + length);
  memcpy(at + 1, bytes + 32 - length, length);
  return 1 + length;
}

/** Which parity a signature's v means, and whether it binds the chain (EIP-155). @returns −1 if it means none. */
static int parity_of(int type, const Word *v, const Word *chain_id, bool *is_bound)
{
  const Word unbound = word_of(27);
  *is_bound = type == 0 && !(word_is_short(v) && (v->limb[0] == 27 || v->limb[0] == 28));
  Word even = type != 0 ? WORD_ZERO : unbound;
  if (*is_bound) {
    const Word offset = word_of(35), twice = word_add(chain_id, chain_id);
    even = word_add(&twice, &offset);
  }
  Word parity;
  if (word_subtract_to(&parity, v, &even) || !word_is_short(&parity) || parity.limb[0] > 1) return -1;
  return (int)parity.limb[0];
}

bool transaction_decode(Span bytes, const Word *chain_id, Transaction *t)
{
  if (bytes.start == bytes.end) return false;
  const uint8_t first = *bytes.start;
  if (first < 0x80 && first != 1 && first != 2) return false;
  t->type = first < 0x80 ? first : 0;
  Reader fields = {bytes.start + (t->type != 0), bytes.end, true};
  const uint64_t length = read_header(&fields, true);
  if (!fields.valid || length != (uint64_t)(bytes.end - fields.at)) return false;
  t->body.start = fields.at;
  if (t->type != 0) {
    const Word id = read_number(&fields, 32);
    if (!fields.valid || !word_is_equal(&id, chain_id)) return false;
  }
  t->nonce = read_number(&fields, 8).limb[0];
  t->max_priority = read_number(&fields, 32);
  t->max_fee = t->type == 2 ? read_number(&fields, 32) : t->max_priority;
  t->gas_limit = read_number(&fields, 8).limb[0];
  const Span to = read_string(&fields, 20);
  t->value = read_number(&fields, 32);
  if (!fields.valid || (length_of(to) != 0 && length_of(to) != 20)) return false;
  t->creates = length_of(to) == 0;
  t->to = word_from_short(to.start, length_of(to));
  t->data = read_string(&fields, UINT64_MAX);
  if (!fields.valid || (t->creates && length_of(t->data) > LIMIT_INITCODE_BYTES)) return false;
  t->access_list = (Span){fields.at, fields.at};
  if (t->type != 0) {
    const uint64_t items = read_header(&fields, true);
    if (!fields.valid || items > (uint64_t)(fields.end - fields.at)) return false;
    t->access_list = (Span){fields.at, fields.at + items};
    fields.at += items;
  }
  t->body.end = fields.at;
  const Word v = read_number(&fields, 32), r = read_number(&fields, 32), s = read_number(&fields, 32);
  if (!fields.valid || fields.at != fields.end) return false;
  word_to_bytes(&r, t->r);
  word_to_bytes(&s, t->s);
  bool is_bound;
  t->parity = parity_of(t->type, &v, chain_id, &is_bound);
  if (t->parity < 0) return false;
  t->suffix_length = 0;
  if (is_bound) {
    t->suffix_length = put_number(t->suffix, chain_id);
    t->suffix[t->suffix_length++] = 0x80;
    t->suffix[t->suffix_length++] = 0x80;
  }
  t->prefix_length = 0;
  if (t->type != 0) t->prefix[t->prefix_length++] = (uint8_t)t->type;
  t->prefix_length += put_list_header(t->prefix + t->prefix_length, length_of(t->body) + t->suffix_length);
  return true;
}

bool access_list_next(AccessList *at)
{
  at->is_slot = length_of(at->slots) > 0;
  if (at->is_slot) {
    at->slot = word_from_bytes(at->slots.start + 1);
    at->slots.start += 33;
    return true;
  }
  if (length_of(at->rest) == 0) return false;
  Reader reader = {at->rest.start, at->rest.end, true};
  read_header(&reader, true);
  const Span address = read_string(&reader, 20);
  at->address = word_from_short(address.start, length_of(address));
  const uint64_t slots = read_header(&reader, true);
  at->slots = (Span){reader.at, reader.at + slots};
  at->rest.start = at->slots.end;
  return true;
}

/** A slot's number with its header. */
enum { SLOT_BYTES = 33, SLOT_HEADER = 0xa0 };

/** Gas of an access list; −1 if it is malformed. */
static int64_t access_list_gas(Span list)
{
  int64_t gas = 0;
  while (length_of(list) > 0) {
    Reader reader = {list.start, list.end, true};
    const uint64_t entry = read_header(&reader, true);
    const uint8_t *const content = reader.at;
    const Span address = read_string(&reader, 20);
    const uint64_t slots = read_header(&reader, true);
    if (!reader.valid || length_of(address) != 20 || slots > (uint64_t)(list.end - reader.at)) return -1;
    if (reader.at + slots != content + entry || slots % SLOT_BYTES != 0) return -1;
    for (const uint8_t *slot = reader.at; slot < reader.at + slots; slot += SLOT_BYTES)
      if (*slot != SLOT_HEADER) return -1;
    gas += GAS_ACCESS_LIST_ADDRESS_COST + (int64_t)(slots / SLOT_BYTES) * GAS_ACCESS_LIST_STORAGE_KEY_COST;
    list.start = reader.at + slots;
  }
  return gas;
}

int64_t transaction_intrinsic_gas(const Transaction *t)
{
  int64_t gas = access_list_gas(t->access_list);
  if (gas < 0) return -1;
  gas += GAS_TX_BASE;
  const size_t length = length_of(t->data);
  if (t->creates) gas += GAS_TX_CREATE + GAS_INITCODE_WORD_COST * (int64_t)((length + 31) / 32);
  size_t zeros = 0;
  for (size_t i = 0; i < length; i++) zeros += t->data.start[i] == 0;
  return gas + GAS_TX_DATA_ZERO_BYTE * (int64_t)zeros + GAS_TX_DATA_NON_ZERO_BYTE * (int64_t)(length - zeros);
}

/** Half of the order of secp256k1's group, big-endian: EIP-2. */
static const uint8_t MAX_S[32] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
                                  0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

int transaction_sender(const Transaction *t, Buffer *scratch, uint8_t address[20])
{
  if (memcmp(t->s, MAX_S, 32) > 0) return 0;
  scratch->length = 0;
  if (!buffer_append(scratch, t->prefix, t->prefix_length) ||
      !buffer_append(scratch, t->body.start, length_of(t->body)) ||
      !buffer_append(scratch, t->suffix, t->suffix_length))
    return -1;
  uint8_t digest[32], key[64];
  keccak256(scratch->data, scratch->length, digest);
  if (!secp256k1_recover(digest, t->r, t->s, t->parity, key)) return 0;
  keccak256(key, sizeof key, digest);
  memcpy(address, digest + 12, 20);
  return 1;
}

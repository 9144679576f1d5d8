/** What the engine asks of the process around it. Its functions run on the thread that executes, and must not call the engine. */
#ifndef ELENCH_EVM_HOST_H
#define ELENCH_EVM_HOST_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  void *context;
  /** A trie's node, or an account's code, by its keccak256. Valid until the next call. @returns NULL if it cannot be had. */
  const uint8_t *(*read_node)(void *context, const uint8_t hash[32], uint32_t *length);
  const uint8_t *(*read_code)(void *context, const uint8_t hash[32], uint32_t *length);
  /** Takes a new node or code. The same one can come more than once. */
  void (*write_node)(void *context, const uint8_t hash[32], const uint8_t *rlp, uint32_t length);
  void (*write_code)(void *context, const uint8_t hash[32], const uint8_t *code, uint32_t length);
  /**
   * Runs what the engine has no code for: POINT_EVALUATION on its 192 bytes, INFERENCE on a model's id and its input.
   * @param output room for `capacity` bytes.
   * @returns the output's length; −1 if the input is invalid; −2 if the host cannot tell, for one because it lacks the model.
   */
  long (*run)(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
              size_t capacity);
} Host;

#endif

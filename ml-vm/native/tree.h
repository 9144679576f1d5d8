/** The data tree over bytes (docs/tensor-machine.md, "Commitments"). */
#ifndef ELENCH_NATIVE_TREE_H
#define ELENCH_NATIVE_TREE_H

#include "engine.h"

/** ceil(log2(max(1, ceil(length / 128)))) */
int elench_tree_depth(uint64_t length);

/** All levels, hashes of the leaves first, (2^(depth + 1) - 1) * 32 bytes. */
void elench_data_tree(const Engine *engine, int threads, const uint8_t *data, uint64_t length, uint8_t *nodes);

#endif

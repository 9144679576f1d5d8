/**
 * The scalar operations of the tensor machine on 64-bit registers: the table of `ml-vm/program/ops.ts`, executed.
 *
 * Total: any operation on any bit pattern has one result. An f32 operand is the low 32 bits of its register, an f32
 * result has zeros above; any NaN operand is treated as the canonical NaN. An unknown code gives 0.
 */
#ifndef ELENCH_SCALAR_H
#define ELENCH_SCALAR_H

#include <stdint.h>

/** Applies the operation `opcode`, other than `index`, to its operands; surplus ones are ignored. */
uint64_t elench_scalar(uint32_t opcode, uint64_t a, uint64_t b, uint64_t c);

/**
 * Runs a straight-line program. Each of the `nOps` words of `code` is opcode << 24 | a << 16 | b << 8 | c, where a, b
 * and c number registers in `values`; `index` takes `vars[a]` instead. Results are appended: that of word i goes to
 * values[nValues + i]. Returns the number of values after the run. `values` must have room for all, and every number
 * must be of an existing value: the validator checks it.
 */
uint32_t elench_run(const uint32_t *code, uint32_t nOps, uint64_t *values, uint32_t nValues, const int64_t *vars);

#endif

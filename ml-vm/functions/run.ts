import { codeOf } from "../program/ops.ts";
import type { Stage } from "../program/program.ts";
import type { Softfloat } from "../softfloat/softfloat.ts";

/** Runs a stage on the values of its entries and reads. @returns its `outs`. */
export type StageRunner = (
  entries: readonly bigint[],
  reads: readonly bigint[],
  variables: readonly number[],
) => bigint[];

/** Loads a stage into softfloat: every operation there is the integer-only reference. */
export function stageRunner(softfloat: Softfloat, stage: Stage): StageRunner {
  const words = stage.code.map(({ op, a, b, c }) => (codeOf(op) << 24) | (a << 16) | (b << 8) | c);
  const program = softfloat.load(Uint32Array.from(words));
  const { constants, outs } = stage;
  return (entries, reads, variables) => {
    const { values, vars } = softfloat;
    let count = 0;
    for (const bits of entries) values[count++] = bits;
    for (const bits of reads) values[count++] = bits;
    for (const { bits } of constants) values[count++] = bits;
    for (let i = 0; i < variables.length; i++) vars[i] = BigInt(variables[i] as number);
    if (stage.code.length > 0) softfloat.run(program, count);
    return outs.map((out) => values[out] as bigint);
  };
}

/** Runs a stage that reads nothing: a scalar function of its entries. */
export function runProgram(softfloat: Softfloat, stage: Stage): (...entries: bigint[]) => bigint {
  const run = stageRunner(softfloat, stage);
  return (...entries) => run(entries, [], [])[0] as bigint;
}

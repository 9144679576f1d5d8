import { describeShape } from "../input/model-file.ts";
import { columns } from "../report/output.ts";
import type { Comparison, Verdict } from "./compare.ts";
import type { Difference } from "./difference.ts";

/** The summary of a comparison, as data and as text. */

export interface Circumstances {
  /** Seed of the random inputs; null if inputs are given. */
  readonly seed: number | null;
  readonly engine: string;
  /** Version of onnxruntime. */
  readonly onnxruntime: string;
}

export interface Summary {
  /** Whether `bad` is empty. */
  readonly ok: boolean;
  readonly compared: number;
  /** Number of values whose elements are all equal. */
  readonly equal: number;
  /** The value with the largest error relative to the greatest magnitude in its tensor. The error is null if an element is NaN or infinite on one side only. */
  readonly farthest: { readonly name: string; readonly relative: number | null } | null;
  /** The first value, in the file's order, with a differing element. */
  readonly first: string | null;
  /** Values whose error exceeds the tolerance, or whose type or shape differs. */
  readonly bad: readonly string[];
}

/** Error relative to the greatest magnitude in the tensor; infinite if it is not defined. */
function relativeError({ unlike, differing, maxAbsolute, scale }: Difference): number {
  if (differing === 0) return 0;
  return unlike > 0 || scale === 0 ? Number.POSITIVE_INFINITY : maxAbsolute / scale;
}

export function summaryOf({ values }: Comparison, tolerance = Number.POSITIVE_INFINITY): Summary {
  const compared = values.flatMap(({ name, verdict }) =>
    "elements" in verdict ? [{ name, relative: relativeError(verdict), differs: verdict.differing > 0 }] : [],
  );
  const differing = compared.filter(({ differs }) => differs);
  const farthest = differing.reduce<(typeof compared)[number] | null>(
    (most, value) => (most && most.relative >= value.relative ? most : value),
    null,
  );
  const bad = [
    ...values.filter(({ verdict }) => "mismatch" in verdict),
    ...compared.filter(({ relative }) => relative > tolerance),
  ].map(({ name }) => name);
  return {
    ok: bad.length === 0,
    compared: compared.length,
    equal: compared.length - differing.length,
    farthest: farthest && {
      name: farthest.name,
      relative: Number.isFinite(farthest.relative) ? farthest.relative : null,
    },
    first: differing[0]?.name ?? null,
    bad,
  };
}

export function drawComparison(
  { values, changedByExposure }: Comparison,
  { seed, engine, onnxruntime, compared, equal, farthest, first, bad }: Summary & Circumstances,
): string {
  const rows = values.map((value) => [
    value.isOutput ? `${value.name} (output)` : value.name,
    value.op,
    value.node === value.name ? "" : value.node,
    `${value.dtype} ${describeShape(value.shape)}`,
    ...drawVerdict(value.verdict),
  ]);
  const lines = [
    columns([["value", "operator", "node", "type", "differing", "error", "ulps", "first difference"], ...rows]),
    "",
    `${engine} and onnxruntime ${onnxruntime}, ${seed === null ? "inputs as given" : `random inputs of seed ${seed}`}`,
    `${equal} of ${compared} values are the same${values.length > compared ? `; ${values.length - compared} were not compared` : ""}`,
  ];
  if (first !== null) lines.push(`first difference: ${first}`);
  if (farthest)
    lines.push(
      farthest.relative === null
        ? `largest error: ${farthest.name}, where an element is NaN or infinite on one side only, or all of onnxruntime's elements are 0`
        : `largest error: ${farthest.name}, ${farthest.relative.toExponential(1)} of its greatest magnitude`,
    );
  for (const name of changedByExposure)
    lines.push(
      `${name}: the model itself gives other bits of this half type, because it fuses the intermediate values`,
    );
  if (bad.length > 0) lines.push(`not within the tolerance: ${bad.join(", ")}`);
  return lines.join("\n");
}

function drawVerdict(verdict: Verdict): string[] {
  if ("skipped" in verdict) return ["-", "-", "-", `not compared: ${verdict.skipped.split("\n")[0]}`];
  if ("mismatch" in verdict) return ["-", "-", "-", verdict.mismatch];
  const { differing, elements, maxAbsolute, maxUlps, first, unlike } = verdict;
  if (!first) return ["0", "0", "0", ""];
  const where = `[${first.indices.join(", ")}]: ${first.ours}, theirs ${first.theirs}`;
  return [
    `${differing} of ${elements}`,
    maxAbsolute.toExponential(1),
    `${maxUlps}`,
    unlike > 0 ? `${where} (${unlike} have no distance)` : where,
  ];
}

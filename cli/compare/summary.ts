import { describeShape } from "../input/model-file.ts";
import { columns } from "../report/output.ts";
import type { Comparison, Verdict } from "./compare.ts";
import type { Difference } from "./difference.ts";

/** What a comparison comes to, in numbers and in words. */

export interface Circumstances {
  /** Of the random inputs; null where inputs are given. */
  readonly seed: number | null;
  readonly engine: string;
  /** Its version. */
  readonly onnxruntime: string;
}

export interface Summary {
  /** Whether no value is bad. */
  readonly ok: boolean;
  readonly compared: number;
  /** Values whose elements are all the same. */
  readonly equal: number;
  /** The value that is farthest off, in parts of the greatest magnitude in its tensor; null if an element is NaN, or infinite, on one side alone. */
  readonly farthest: { readonly name: string; readonly relative: number | null } | null;
  /** The first value, in the file's order, of which an element differs. */
  readonly first: string | null;
  /** Values that are beyond the tolerance, or have another type or shape. */
  readonly bad: readonly string[];
}

/** In parts of the greatest magnitude in the tensor; infinite where no such number tells how far. */
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
        ? `farthest off: ${farthest.name}, where an element is NaN, infinite or all of theirs is 0`
        : `farthest off: ${farthest.name}, by ${farthest.relative.toExponential(1)} of its greatest magnitude`,
    );
  for (const name of changedByExposure)
    lines.push(`${name}: the model itself, whose values inside are fused, gives other bits of this half type`);
  if (bad.length > 0) lines.push(`beyond what is allowed: ${bad.join(", ")}`);
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

import { type Coordinate, LIMITS, type Stage, type Term, VARIABLES, type View } from "../../program/program.ts";
import { unsupported } from "../graph/error.ts";
import { boundsOf } from "./affine.ts";
import { type Draft, rangesOf } from "./draft.ts";

/**
 * The canonical loop space (docs/importer.md, "Loops"): removes dimensions of size 1, and joins neighbours that every view traverses
 * as one. The steps, their order and the results do not change: a 1×1 convolution becomes a matrix product.
 */
export function coalesce(draft: Draft): Draft {
  const output = joinSpace(draft, draft.dims, VARIABLES.output);
  const reduction = joinSpace(output.draft, draft.reduction, VARIABLES.reduction);
  const sizes = draft.reduction.length > 0 && reduction.sizes.length === 0 ? [1] : reduction.sizes;
  return splitTerms({ ...reduction.draft, dims: output.sizes, reduction: sizes });
}

function joinSpace(draft: Draft, space: readonly number[], first: number): { draft: Draft; sizes: number[] } {
  const coordinates = viewsOf(draft).flat();
  const named = new Set(stagesOf(draft).flatMap((s) => s.code.filter((c) => c.op === "index").map((c) => c.a)));
  // For each variable left: its number in the draft, and its size.
  let variables = space.map((size, i) => ({ variable: first + i, size }));
  variables = variables.filter(({ variable, size }) => size > 1 || named.has(variable));
  const joined: typeof variables = [];
  for (const inner of variables.toReversed()) {
    // From the innermost variable outwards: a group has the factor of its innermost variable.
    const group = joined[0];
    if (group && canJoin(coordinates, named, inner.variable, group) && inner.size * group.size < 2 ** 31) {
      joined[0] = { variable: group.variable, size: inner.size * group.size };
    } else joined.unshift(inner);
  }
  const numbers = new Map(joined.map(({ variable }, i) => [variable, first + i]));
  const inSpace = (v: number): boolean => v >= first && v < first + space.length;
  const rename = (v: number): number | undefined => (inSpace(v) ? numbers.get(v) : v);
  return { draft: renameVariables(draft, rename), sizes: joined.map(({ size }) => size) };
}

/** Whether in each coordinate the outer variable's factor is that of the inner one times its size. */
function canJoin(
  coordinates: readonly Coordinate[],
  named: ReadonlySet<number>,
  outer: number,
  inner: { variable: number; size: number },
): boolean {
  if (named.has(outer) || named.has(inner.variable)) return false;
  return coordinates.every(({ terms }) => {
    const [a, b] = [terms.filter((t) => t.variable === outer), terms.filter((t) => t.variable === inner.variable)];
    if (a.length === 0 && b.length === 0) return true;
    const [x, y] = [a[0], b[0]];
    if (a.length !== 1 || b.length !== 1 || !x || !y) return false;
    return [x, y].every((t) => t.shift === 0 && t.bits === 0) && x.factor === y.factor * inner.size;
  });
}

const stagesOf = (draft: Draft): Stage[] => (draft.body ? [draft.body, draft.finish] : [draft.finish]);
const viewsOf = (draft: Draft): View[] => [draft.write, ...stagesOf(draft).flatMap((s) => s.reads.map((r) => r.view))];

function mapViews(draft: Draft, f: (view: View) => View): Draft {
  const stage = (s: Stage): Stage => ({ ...s, reads: s.reads.map((r) => ({ ...r, view: f(r.view) })) });
  return { ...draft, write: f(draft.write), body: draft.body && stage(draft.body), finish: stage(draft.finish) };
}

/** Renumbers variables; removes the terms of variables without a new number. */
function renameVariables(draft: Draft, rename: (v: number) => number | undefined): Draft {
  const terms = (list: readonly Term[]): Term[] =>
    list.flatMap((t) => {
      const variable = rename(t.variable);
      return variable === undefined ? [] : [{ ...t, variable }];
    });
  const renamed = mapViews(draft, (view) => view.map((c) => ({ ...c, terms: terms(c.terms) })));
  const code = (s: Stage): Stage => ({
    ...s,
    code: s.code.map((c) => (c.op === "index" ? { ...c, a: rename(c.a) ?? c.a } : c)),
  });
  return { ...renamed, body: renamed.body && code(renamed.body), finish: code(renamed.finish) };
}

/** A coordinate has at most eight terms. The first coordinate, of stride 1 and never outside, can be split in two. */
function splitTerms(draft: Draft): Draft {
  const ranges = rangesOf(draft.dims, draft.reduction);
  const part = (c: Coordinate, offset: number, terms: readonly Term[]): Coordinate => {
    const [low, high] = boundsOf({ offset, terms }, ranges);
    if (low < 0) throw unsupported("a view of more than eight terms, some of which go backwards");
    return { ...c, offset, terms, extent: high + 1 };
  };
  return mapViews(draft, (view) => {
    const [first, ...rest] = view;
    if (!first || first.terms.length <= LIMITS.terms) return view;
    const [head, tail] = [first.terms.slice(0, LIMITS.terms), first.terms.slice(LIMITS.terms)];
    return [part(first, first.offset, head), part(first, 0, tail), ...rest];
  });
}

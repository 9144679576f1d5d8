import { type Scalar, ScalarBuilder, StageTooLarge } from "../../functions/builder.ts";
import type { DType } from "../../program/dtype.ts";
import { elementCount, LIMITS, type Read, type Stage, type View } from "../../program/program.ts";
import type { Storage } from "../graph/tensor.ts";
import { type Draft, identityView } from "./draft.ts";
import { encodedLength } from "./instruction.ts";

/** Types whose stored elements load as the register that was stored, or, for half types, as that register rounded. */
const PASSED_ON: readonly DType[] = ["f32", "f64", "f16", "bf16", "i64", "u64", "bool"];

const same = (a: View | readonly number[], b: View | readonly number[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/**
 * Fuses element-wise instructions with the producer of their operand, so that the operand is never stored: bias, activation and
 * normalisation end up in the finish stage of a convolution, and the parts of a concatenation are written in place
 * (docs/importer.md, "Fusion"). A fused instruction takes the place of the last one in it.
 */
export function fuse(drafts: readonly Draft[], outputs: ReadonlySet<Storage>): Draft[] {
  const result = new Set<Draft>();
  const writers = new Map<Storage, Draft[]>();
  const readers = new Map<Storage, number>();
  for (const draft of drafts) for (const o of draft.operands) readers.set(o, (readers.get(o) ?? 0) + 1);
  for (const draft of drafts) {
    let joined = draft;
    for (;;) {
      const found = joined.operands
        .filter((t) => t.kind === "result" && !outputs.has(t) && readers.get(t) === 1)
        .map((t) => ({ producers: writers.get(t) ?? [], storage: t }))
        .filter(({ producers }) => producers.length === 1)
        .map(({ producers, storage }) => ({ producer: producers[0] as Draft, storage }))
        .map(({ producer, storage }) => ({ producer, storage, fused: join(producer, joined, storage) }))
        .find(({ fused }) => fused !== null);
      if (!found) break;
      result.delete(found.producer);
      writers.delete(found.storage);
      joined = found.fused as Draft;
    }
    result.add(joined);
    writers.set(joined.target, [...(writers.get(joined.target) ?? []), joined]);
  }
  return [...result];
}

/** One instruction for `producer` and the `consumer` of its result, or null if they cannot be fused. */
function join(producer: Draft, consumer: Draft, result: Storage): Draft | null {
  if (producer.body && consumer.body) return null;
  if (producer.scan || consumer.scan || !PASSED_ON.includes(result.dtype)) return null;
  if (!same(producer.dims, consumer.dims) || elementCount(producer.dims) !== result.elements) return null;
  const identity = identityView(producer.dims);
  if (!same(producer.write, identity)) return null;
  const readsResult = (read: Read): boolean => consumer.operands[read.operand] === result;
  if (consumer.body?.reads.some(readsResult)) return null;
  const { reads } = consumer.finish;
  if (!reads.every((r) => !readsResult(r) || (r.dtype === result.dtype && same(r.view, identity)))) return null;
  const indirect = [...reads.map((r) => r.view), consumer.write].flatMap((v) => v.map((c) => c.indirect));
  if (indirect.some((i) => i !== null && readsResult(reads[i] as Read))) return null;
  if (consumer.write.some((c) => c.indirect !== null)) return null;

  const folded = producer.body ? producer : consumer;
  const operands: Storage[] =
    folded === producer ? [...producer.operands] : consumer.operands.filter((o) => o !== result);
  const place = (storage: Storage): number => {
    const known = operands.indexOf(storage);
    return known >= 0 ? known : operands.push(storage) - 1;
  };
  const moved = (owner: Draft, stage: Stage | null): Stage | null =>
    stage && {
      ...stage,
      reads: stage.reads.map((r) => ({ ...r, operand: place(owner.operands[r.operand] as Storage) })),
    };
  const body = moved(folded, folded.body);
  const exact = producer.exact || consumer.exact;
  const finish = compose(producer, consumer, readsResult, place, exact ? result.dtype : "f32");
  if (!finish || operands.length > LIMITS.operands) return null;
  const { dims, reduction, scan, accumulators } = folded;
  const { target, write } = consumer;
  const fused = { target, write, operands, dims, reduction, scan, accumulators, body, finish, exact };
  return encodedLength(fused) <= LIMITS.instructionBytes ? fused : null;
}

/** The producer's finish stage followed by the consumer's, or null if it has too many values. @param roundedTo half type that the value between them is rounded to */
function compose(
  producer: Draft,
  consumer: Draft,
  readsResult: (read: Read) => boolean,
  place: (storage: Storage) => number,
  roundedTo: DType,
): Stage | null {
  const b = new ScalarBuilder();
  const entries = (producer.body ? producer : consumer).accumulators.map((c) => b.entry(c.type));
  const reader =
    (owner: Draft) =>
    (read: Read, earlier: readonly Scalar[], type: Scalar["type"]): Scalar => {
      const view = read.view.map((c) => ({
        ...c,
        indirect: c.indirect === null ? null : b.readPosition(earlier[c.indirect] as Scalar),
      }));
      return b.readElement({ ...read, operand: place(owner.operands[read.operand] as Storage), view }, type);
    };
  const [made] = b.inline(producer.finish, producer.body ? entries : [], reader(producer));
  const passed = asStored(b, made as Scalar, roundedTo);
  const read = reader(consumer);
  const [result] = b.inline(consumer.finish, consumer.body ? entries : [], (r, earlier, type) =>
    readsResult(r) ? passed : read(r, earlier, type),
  );
  try {
    return b.stage([result as Scalar]);
  } catch (error) {
    if (error instanceof StageTooLarge) return null;
    throw error;
  }
}

/** A register after it was stored as a half type and loaded again; unchanged for other types. */
function asStored(b: ScalarBuilder, x: Scalar, dtype: DType): Scalar {
  if (dtype === "f16") return b.op("f32.fromF16", b.op("f32.toF16", x));
  if (dtype === "bf16") return b.op("f32.fromBF16", b.op("f32.toBF16", x));
  return x;
}

import { ElenchError } from "@elench/errors/elench-error";

interface Place {
  readonly node?: string;
  readonly op?: string;
  /** Whether the model may be correct, but uses something that the importer does not support. */
  readonly unsupported?: boolean;
}

/** A model is faulty, or uses something that the importer does not support. */
export class ModelError extends ElenchError {
  override readonly name = "ModelError";
  override readonly kind = "input";
  /** The node concerned, by its name or, if it has none, by its first output. */
  readonly node: string | null;
  readonly op: string | null;
  readonly unsupported: boolean;
  constructor(what: string, place: Place = {}) {
    super(what, {
      where: place.op && `${place.op} node "${place.node ?? ""}"`,
      docs: place.unsupported ? "docs/importer.md#operators" : undefined,
    });
    this.node = place.node ?? null;
    this.op = place.op ?? null;
    this.unsupported = place.unsupported ?? false;
  }
}

export const unsupported = (reason: string): ModelError => new ModelError(reason, { unsupported: true });

import { ElenchError } from "@elench/errors/elench-error";

interface Place {
  readonly node?: string;
  readonly op?: string;
  /** The model may well be right, and the importer does not do this. */
  readonly unsupported?: boolean;
}

/** Something is wrong with a model, or it asks for what the importer does not do. */
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

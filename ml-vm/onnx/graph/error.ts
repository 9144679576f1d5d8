interface Place {
  readonly node?: string;
  readonly op?: string;
  /** The model may well be right, and the importer does not do this. */
  readonly unsupported?: boolean;
}

/** Something is wrong with a model, or it asks for what the importer does not do. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  /** The node concerned, by its name or, if it has none, by its first output. */
  readonly node: string | null;
  readonly op: string | null;
  readonly unsupported: boolean;
  /** What is wrong, without the place. */
  readonly reason: string;

  constructor(reason: string, place: Place = {}) {
    super(place.op ? `${place.op} node "${place.node ?? ""}": ${reason}` : reason);
    this.reason = reason;
    this.node = place.node ?? null;
    this.op = place.op ?? null;
    this.unsupported = place.unsupported ?? false;
  }
}

export const unsupported = (reason: string): ModelError => new ModelError(reason, { unsupported: true });

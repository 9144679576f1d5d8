import type { Address } from "viem";

/** The result of one comparison of a deployment with what was meant to be deployed. */
export interface Finding {
  readonly ok: boolean;
  /** An `operation` that is ok is a warning: it is announced, and will change the deployment. */
  readonly kind: "code" | "role" | "parameter" | "genesis" | "link" | "record" | "machine" | "operation" | "storage";
  readonly contract: string;
  readonly address: Address;
  /** What was compared: "code", the name of a variable, a role or an operation, or a field of the record. */
  readonly what: string;
  /** The value found, and the expected value if they differ. */
  readonly says: string;
}

/** Whether it changes nothing now, and will later. */
export const isWarning = ({ ok, kind }: Finding): boolean => ok && kind === "operation";

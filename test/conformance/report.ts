/** What a conformance run says. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly status: "passed" | "failed" | "unsupported";
  /** Of a failure, the first vector that shows it; of what is unsupported, what is missing. */
  readonly why: string;
}

export function reportOf(cases: readonly Case[]): Report {
  const count = (status: Case["status"]): number => cases.filter((one) => one.status === status).length;
  return { passed: count("passed"), failed: count("failed"), unsupported: count("unsupported"), cases };
}

/** Which cases of a large suite to run, and how. */
export interface SuiteOptions {
  /** Check the Solidity verifier too. */
  readonly verify: boolean;
  /** Judge this executor alone. */
  readonly executor?: string;
  /** Only cases whose name contains it. */
  readonly filter?: string;
  /** Only every k-th of these. */
  readonly sample?: number;
  /** Only the first n of these. */
  readonly limit?: number;
  /** Processes. Default: the processors there are. */
  readonly jobs?: number;
}

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

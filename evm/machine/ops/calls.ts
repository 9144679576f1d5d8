import type { Operations } from "../step.ts";

export const CALLS: Operations = {};

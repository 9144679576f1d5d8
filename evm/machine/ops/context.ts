import type { Operations } from "../step.ts";

export const CONTEXT: Operations = {};

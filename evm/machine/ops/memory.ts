import type { Operations } from "../step.ts";

export const MEMORY: Operations = {};

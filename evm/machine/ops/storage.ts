import type { Operations } from "../step.ts";

export const STORAGE: Operations = {};

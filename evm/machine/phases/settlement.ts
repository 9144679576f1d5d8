import type { Steps } from "../step.ts";

export const SETTLEMENT: Steps = {};

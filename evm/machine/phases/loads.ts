import type { Steps } from "../step.ts";

export const LOADS: Steps = {};

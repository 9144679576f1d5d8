import type { Steps } from "../step.ts";

export const BULK: Steps = {};

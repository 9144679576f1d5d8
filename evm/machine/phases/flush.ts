import type { Steps } from "../step.ts";

export const FLUSH: Steps = {};

import type { Steps } from "../step.ts";

export const INFERENCE: Steps = {};

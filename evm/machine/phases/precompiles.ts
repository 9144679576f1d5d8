import type { Steps } from "../step.ts";

export const PRECOMPILES: Steps = {};

import type { Steps } from "../step.ts";

export const BLOCKS: Steps = {};

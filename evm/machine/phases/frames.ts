import type { Steps } from "../step.ts";

export const FRAMES: Steps = {};

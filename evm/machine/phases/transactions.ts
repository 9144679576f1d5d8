import type { Steps } from "../step.ts";

export const TRANSACTIONS: Steps = {};

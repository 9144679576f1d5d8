import type { Workload } from "../world/workload.ts";
import { arithmetic } from "./arithmetic.ts";
import { calls } from "./calls.ts";
import { deployments } from "./deployments.ts";
import { hashes } from "./hashes.ts";
import { keccak } from "./keccak.ts";
import { rayTracer } from "./ray-tracer.ts";
import { coldReads, newSlots } from "./slots.ts";
import { sorting } from "./sorting.ts";
import { swaps } from "./swaps.ts";
import { tokens } from "./tokens.ts";
import { transfers } from "./transfers.ts";

/** What chains are used for. */
export const WORKLOADS: readonly Workload[] = [
  ...[transfers, tokens, swaps, newSlots, coldReads, keccak],
  ...[arithmetic, sorting, hashes, calls, deployments, rayTracer],
];

import type { BatchInput } from "../batch/claim.ts";
import { PHASE } from "../structures/layout.ts";
import type { Host } from "./state/host.ts";
import { Machine } from "./state/machine.ts";

/** The machine before the first step of a batch. */
export const firstState = (input: BatchInput, host: Host): Machine => new Machine(host, { phase: PHASE.start, input });

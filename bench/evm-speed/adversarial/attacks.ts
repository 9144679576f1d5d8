import type { Workload } from "../world/workload.ts";
import { accountAttacks } from "./accounts.ts";
import { calldata } from "./calldata.ts";
import { floods } from "./floods.ts";
import { frameAttacks } from "./frames.ts";
import { instructions } from "./instructions.ts";
import { memoryAttacks } from "./memory.ts";
import { precompileAttacks } from "./precompiles.ts";
import { storageAttacks } from "./storage.ts";

/** Blocks that take as much time for their gas as we know how to make them. */
export const ATTACKS: readonly Workload[] = [
  ...instructions,
  ...memoryAttacks,
  ...storageAttacks,
  ...accountAttacks,
  ...frameAttacks,
  ...precompileAttacks,
  calldata,
  ...floods,
];

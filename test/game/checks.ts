import type { Check } from "./check.ts";
import { identity } from "./checks/identity.ts";
import { openings } from "./checks/openings.ts";
import { payments } from "./checks/payments.ts";
import { settlements } from "./checks/settlements.ts";
import { storage } from "./checks/storage.ts";

export const checks: readonly Check[] = [...identity, ...openings, ...settlements, ...storage, ...payments];

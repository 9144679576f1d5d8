/** Imports damaged models for `mutations.ts`: a process of its own, since one could hang or take all memory. */

import { importOnnx } from "@elench/tensor/onnx/import";
import { ModelError } from "../../../ml-vm/onnx/graph/error.ts";
import type { ImportAnswer, ImportQuestion } from "./mutations.ts";

function answer({ model }: ImportQuestion): ImportAnswer {
  const [resident, peak, start] = [process.memoryUsage.rss(), peakMemory(), process.cpuUsage()];
  const result = outcome(model);
  const { user, system } = process.cpuUsage(start);
  const growth = peakMemory() > peak ? peakMemory() - resident : 0;
  return { ...result, milliseconds: (user + system) / 1000, growth: Math.max(0, growth) };
}

/** The most that the process has ever had in memory, in bytes. */
const peakMemory = (): number => 1024 * process.resourceUsage().maxRSS;

function outcome(model: Uint8Array): Pick<ImportAnswer, "kind" | "why"> {
  try {
    importOnnx(model);
    return { kind: "imported", why: "" };
  } catch (error) {
    if (error instanceof ModelError) return { kind: "refused", why: error.what };
    return { kind: "defect", why: `${(error as Error).stack}` };
  }
}

process.on("message", (question: ImportQuestion) => process.send?.(answer(question)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

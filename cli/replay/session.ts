import type { InferenceTrace } from "@elench/prover/inference-trace";
import type { SolidityVerifier } from "@elench/prover/verifier";
import { firstStage, spacesOf, stepOf } from "@elench/tensor/stepper/positions";
import type { Terminal } from "./terminal.ts";
import { drawStep, replayStep } from "./view.ts";

const HELP = `  n, or return   next step            b              back one step
  s N            to step N            i N            to instruction N
  e N            to output element N of the current instruction
  d              to the first disagreement of the dispute
  q              quit`;

export interface ReplaySessionOptions {
  readonly trace: InferenceTrace;
  readonly start: bigint;
  /** The first disputed step, if this is a dispute. */
  readonly disagreement: bigint | null;
  readonly verifier: SolidityVerifier | null;
  readonly terminal: Terminal;
}

/** Interactive replay of an inference on a terminal. */
export async function replaySession(options: ReplaySessionOptions): Promise<void> {
  const { trace, start, disagreement, verifier, terminal } = options;
  let at = start;
  terminal.say(HELP);
  for (;;) {
    terminal.say(`\n${drawStep(await replayStep(trace, at, verifier), trace.steps)}`);
    const next = await ask(terminal, trace, at, disagreement);
    if (next === null) return;
    at = next;
  }
}

/** Prompts until a command leads to a step; null to end. */
async function ask(
  terminal: Terminal,
  trace: InferenceTrace,
  at: bigint,
  disagreement: bigint | null,
): Promise<bigint | null> {
  for (;;) {
    const line = await terminal.ask();
    const [command = "", argument] = (line ?? "q").trim().split(/\s+/);
    if (command === "q") return null;
    const target = goTo(command, argument, trace, at, disagreement);
    if (typeof target === "bigint") return clamp(target, trace.steps);
    terminal.say(`  ${target}`);
  }
}

const clamp = (step: bigint, steps: bigint): bigint => (step < 0n ? 0n : step > steps ? steps : step);

/** The step that a command leads to, or a message. */
function goTo(
  command: string,
  argument: string | undefined,
  trace: InferenceTrace,
  at: bigint,
  disagreement: bigint | null,
): bigint | string {
  const number = /^\d+$/.test(argument ?? "") ? BigInt(argument as string) : null;
  switch (command) {
    case "":
    case "n":
      return at + 1n;
    case "b":
      return at - 1n;
    case "s":
      return number ?? "s needs the number of a step";
    case "i":
      return number === null
        ? "i needs the number of an instruction"
        : (trace.firstStepOf(Number(number)) ?? `instruction ${number} is not executed`);
    case "e":
      return number === null ? "e needs the number of an element" : elementStep(trace, at, Number(number));
    case "d":
      return disagreement ?? "this is not a dispute: start replay with --dispute GAME";
    default:
      return `no command ${command}\n${HELP}`;
  }
}

function elementStep(trace: InferenceTrace, at: bigint, element: number): bigint | string {
  const state = trace.state(at);
  if (state.kind === "halted") return "the machine has halted";
  const fetch = state.kind === "fetch" ? state : state.fetch;
  const instruction = trace.machine.program.instructions[fetch.pc];
  if (instruction?.kind !== "tensor") return "this instruction computes no elements";
  const spaces = spacesOf(instruction);
  const count = instruction.dims.reduce((a, b) => a * b, 1);
  if (element >= count) return `instruction ${fetch.pc} has ${count} elements`;
  const first = trace.firstStepOf(fetch.pc, fetch.counters);
  if (first === null) return "this instruction is not executed";
  return first + stepOf(spaces, { stage: firstStage(spaces), element, term: 0, innerTerm: 0 });
}

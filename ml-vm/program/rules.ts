import { ElenchError } from "@elench/errors/elench-error";
import { type RuleName, RULES as TABLE } from "@elench/spec/tensor/rules";

export type Rule = RuleName;

/** The rules of a well-formed program (docs/tensor-machine.md, "Well-formed programs"), by name, in their order. */
export const RULES: readonly Rule[] = TABLE.map(({ name }) => name);

/** A program is not well-formed. */
export class ProgramError extends ElenchError {
  override readonly name = "ProgramError";
  override readonly kind = "input";
  /** The rule that it breaks. */
  readonly rule: Rule;
  /** The instruction that breaks it; null if it concerns the whole program. */
  readonly pc: number | null;

  constructor(rule: Rule, pc: number | null, detail: string) {
    super(`${pc === null ? "program" : `instruction ${pc}`}: ${detail} (rule "${rule}" of well-formed programs)`);
    this.rule = rule;
    this.pc = pc;
  }
}

/** Reports a broken rule of the instruction being checked. */
export type Refuse = (rule: Rule, detail: string) => never;

import type { StrategyMutant } from "../mutant.ts";

export const strategyMutants: StrategyMutant[] = [
  {
    rule: "a claim with the right end and a wrong middle is answered",
    from: "firstFalse: wrong === -1 ? undefined : wrong",
    to: "firstFalse: hashes[15] === node.points[16] ? undefined : wrong",
    noticed: "right end with wrong middle: a state that is false for one step",
  },
  {
    rule: "the answer goes to the first false hash",
    from: "hashes.findIndex(",
    to: "hashes.findLastIndex(",
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "what is claimed already is told by the whole dissection, not by its end",
    from: "claim.segment === segment && claim.commitment === answer.commitment",
    to: '(answer.kind !== "counter" && claim.segment === segment && claim.points[16] === (answer as { end: Hex }).end) || claim.commitment === answer.commitment',
    noticed: "right end before the honest one, with a wrong middle, by an early twin",
  },
  {
    rule: "what is claimed already is told by its segment too",
    from: "claim.segment === segment && ",
    to: "",
    noticed: "the same content at another segment, where the start repeats",
  },
  {
    rule: "what is claimed already is not claimed again, whoever did",
    from: 'answer.kind !== "refute" &&\n  answers.some(',
    to: "segment > 16 &&\n  answers.some(",
    noticed: "wrong end: a false proposal, abandoned",
  },
  {
    rule: "an executed step closes its segment",
    from: "  if (node.refutations.some((refutation) => refutation.segment <= firstFalse)) return undefined;\n",
    to: "",
    noticed: "self-refutation: the liar executes its own false step",
  },
  {
    rule: "an executed step leaves lower segments open",
    from: "refutation.segment <= firstFalse",
    to: "refutation.segment >= 0",
    noticed: "self-refutation too high: to close the place of the honest one",
  },
  {
    rule: "children of true claims are relevant",
    from: "firstFalse === undefined || child",
    to: "firstFalse !== undefined && child",
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "children at the first false segment are relevant",
    from: "child.segment <= firstFalse",
    to: "child.segment < firstFalse",
    noticed: "poisoned twin: true end, false middle, before each honest move",
  },
  {
    rule: "children above the first false segment are not",
    from: "child.segment <= firstFalse",
    to: "child.segment <= 15",
    noticed: "junk: states that open to nothing, and claims that start from them",
  },
  {
    rule: "a step that asks another machine is answered by a delegation",
    from: "if (run === undefined) return",
    to: "if ((true as boolean) || run === undefined) return",
    noticed: "a false answer of the other machine, defended to its last step",
  },
  {
    rule: "a judgement is of a claim, not of a number: after a reorganisation another claim has it",
    from: "  const known = judgements.get(node.id);\n",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the mutated source has the template.
    to: "  node = { ...node, id: `0x${node.number}` };\n  const known = judgements.get(node.id);\n",
    noticed: "an answer prepared before a reorganisation is refused after it, and made again",
  },
  {
    rule: "a true claim of our own is defended wherever it is",
    from: "!own.has(node.claimant)",
    to: "own.has(node.claimant)",
    noticed: "a claim that a reorganisation puts below another one is defended there",
  },
];

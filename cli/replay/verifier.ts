import { fileURLToPath } from "node:url";
import { toHex } from "@elench/bytes/hex";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hash } from "@elench/merkle/tree";
import { hardhatArtifacts, SolidityVerifier, type Verdict, WitnessRefused } from "@elench/prover/verifier";

const ARTIFACTS = fileURLToPath(new URL("../../artifacts/contracts", import.meta.url));

/** What the Solidity verifier makes of a step, with --verify. */
export interface Verified {
  readonly verifier?: { readonly post: string | null; readonly gas: bigint | null; readonly refused?: string };
  readonly agrees?: boolean;
}

/** A machine's verifier, in this process. @throws UserError if the contracts are not compiled. */
export async function openVerifier(machine: "TensorVerifier" | "EvmVerifier"): Promise<SolidityVerifier> {
  try {
    return await SolidityVerifier.deploy(hardhatArtifacts(ARTIFACTS), machine);
  } catch (error) {
    throw new UserError(`--verify needs the compiled contracts: ${(error as Error).message}`, EXIT.environment, {
      cause: error,
    });
  }
}

/** @param post the state hash after the step, as we have it. */
export async function verified(post: Hash, verdict: Promise<Verdict>): Promise<Verified> {
  try {
    const { post: theirs, gas } = await verdict;
    return { verifier: { post: toHex(theirs), gas }, agrees: toHex(theirs) === toHex(post) };
  } catch (error) {
    if (!(error instanceof WitnessRefused)) throw error;
    return { verifier: { post: null, gas: null, refused: error.message }, agrees: false };
  }
}

/** The verdict in words: two lines, or none without --verify. */
export function drawVerdict({ verifier, agrees }: Verified): string[] {
  if (!verifier) return [];
  const verdict = agrees ? `they agree (${verifier.gas} gas)` : "THEY DISAGREE: this is a defect of Elench";
  return [`  Solidity says    ${verifier.post ?? verifier.refused}`, `                   ${verdict}`];
}

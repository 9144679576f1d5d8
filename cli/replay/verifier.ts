import { fileURLToPath } from "node:url";
import { toHex } from "@elench/bytes/hex";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hash } from "@elench/merkle/tree";
import { hardhatArtifacts, SolidityVerifier, type Verdict, WitnessRefused } from "@elench/prover/verifier";

const ARTIFACTS = fileURLToPath(new URL("../../artifacts/contracts", import.meta.url));

/** Executes a step in the Solidity verifier, for --verify. */
export interface Verified {
  readonly verifier?: { readonly post: string | null; readonly gas: bigint | null; readonly refused?: string };
  readonly agrees?: boolean;
}

/** Deploys a machine's verifier in this process. @throws UserError if the contracts are not compiled. */
export async function openVerifier(machine: "TensorVerifier" | "EvmVerifier"): Promise<SolidityVerifier> {
  try {
    return await SolidityVerifier.deploy(hardhatArtifacts(ARTIFACTS), machine);
  } catch (error) {
    throw new UserError(`--verify needs the compiled contracts: ${(error as Error).message}`, EXIT.environment, {
      cause: error,
    });
  }
}

/** @param post the expected state hash after the step. */
export async function verified(post: Hash, verdict: Promise<Verdict>): Promise<Verified> {
  try {
    const { post: theirs, gas } = await verdict;
    return { verifier: { post: toHex(theirs), gas }, agrees: toHex(theirs) === toHex(post) };
  } catch (error) {
    if (!(error instanceof WitnessRefused)) throw error;
    return { verifier: { post: null, gas: null, refused: error.message }, agrees: false };
  }
}

/** The verdict as text: two lines, or none without --verify. */
export function drawVerdict({ verifier, agrees }: Verified): string[] {
  if (!verifier) return [];
  const verdict = agrees ? `they agree (${verifier.gas} gas)` : "THEY DISAGREE: this is a defect of Elench";
  return [`  Solidity says    ${verifier.post ?? verifier.refused}`, `                   ${verdict}`];
}

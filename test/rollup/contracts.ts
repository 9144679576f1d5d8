import type { Hex } from "@elench/bytes/hex";
import { bytesToHex } from "@ethereumjs/util";
import type { Abi } from "viem";
import { build, type Mutation } from "../contracts/build.ts";

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly deployedSize: number;
}

export type Name = "Inbox" | "Outputs" | "StubGame" | "StubInbox" | "TimelockController" | "Guardian";

const ROLLUP = ["contracts/rollup/Inbox.sol", "contracts/rollup/Outputs.sol"];
const AROUND = ["contracts/game/Guardian.sol", "contracts/test/StubGame.sol", "contracts/test/StubInbox.sol"];

/** The contracts of the rollup, as they are deployed, or with changes; and what stands around them. */
export function compile(mutations: readonly Mutation[] = []): Record<Name, Artifact> {
  const contracts = build([...ROLLUP, ...AROUND]);
  if (mutations.length > 0)
    for (const [name, changed] of build(ROLLUP, mutations, { draft: true })) contracts.set(name, changed);
  const artifact = (name: Name): Artifact => {
    const contract = contracts.get(name);
    if (contract === undefined) throw new Error(`no contract ${name}`);
    return { abi: contract.abi, bytecode: bytesToHex(contract.creation), deployedSize: contract.size };
  };
  return {
    Inbox: artifact("Inbox"),
    Outputs: artifact("Outputs"),
    StubGame: artifact("StubGame"),
    StubInbox: artifact("StubInbox"),
    TimelockController: artifact("TimelockController"),
    Guardian: artifact("Guardian"),
  };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { foundry, hoodi, mainnet, sepolia } from "viem/chains";
import type { DeployParameters } from "./parameters.ts";
import { requireFitForPublicChain } from "./public-chain.ts";

const OWN = `0x${"17".repeat(20)}`;
const PUBLIC = [mainnet, sepolia, hoodi];
const parametersWith = (some: Readonly<Record<string, unknown>>): DeployParameters =>
  ({ guardian: OWN, ...some }) as unknown as DeployParameters;

test("a development account has no role on a public chain, in whatever case its address is written", () => {
  for (const { id } of PUBLIC)
    for (const index of [0, 1, 19]) {
      const { address } = richAccount(index);
      for (const role of ["guardian", "appointer", "sequencer", "upgrader"])
        for (const written of [address, address.toLowerCase()])
          assert.throws(
            () => requireFitForPublicChain(parametersWith({ [role]: written }), id),
            new RegExp(`${role} 0x.* is a development account`),
          );
    }
});

test("accounts of one's own have roles anywhere, and development accounts on a local chain", () => {
  requireFitForPublicChain(parametersWith({ sequencer: OWN, upgrader: OWN }), mainnet.id);
  requireFitForPublicChain(parametersWith({}), mainnet.id);
  requireFitForPublicChain(
    parametersWith({ guardian: richAccount(1).address, sequencer: richAccount(2).address }),
    foundry.id,
  );
});

test("a public chain does not take parameters for tests alone", () => {
  for (const { id } of PUBLIC)
    assert.throws(() => requireFitForPublicChain(parametersWith({ testsOnly: true }), id), /for tests alone/);
  requireFitForPublicChain(parametersWith({ testsOnly: true }), foundry.id);
});

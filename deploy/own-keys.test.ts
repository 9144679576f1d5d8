import assert from "node:assert/strict";
import { test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { foundry, hoodi, mainnet, sepolia } from "viem/chains";
import { requireOwnKeys } from "./own-keys.ts";
import type { DeployParameters } from "./parameters.ts";

const OWN = `0x${"17".repeat(20)}`;
const rolesOf = (guardian: string, sequencer?: string): DeployParameters =>
  ({ guardian, sequencer }) as unknown as DeployParameters;

test("a development account has no role on a public chain, in whatever case its address is written", () => {
  for (const { id } of [mainnet, sepolia, hoodi])
    for (const index of [0, 1, 19]) {
      const { address } = richAccount(index);
      for (const written of [address, address.toLowerCase()]) {
        assert.throws(() => requireOwnKeys(rolesOf(written), id), /guardian 0x.* is a development account/);
        assert.throws(() => requireOwnKeys(rolesOf(OWN, written), id), /sequencer 0x.* is a development account/);
      }
    }
});

test("accounts of one's own have roles anywhere, and development accounts on a local chain", () => {
  requireOwnKeys(rolesOf(OWN, OWN), mainnet.id);
  requireOwnKeys(rolesOf(OWN), mainnet.id);
  requireOwnKeys(rolesOf(richAccount(1).address, richAccount(2).address), foundry.id);
});

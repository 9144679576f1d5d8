/** Who may call what: docs/rollup.md has the table. */
import assert from "node:assert/strict";
import { encodeFunctionData, zeroAddress, zeroHash } from "viem";
import { inbox, outputs, type Rule, results } from "../rule.ts";
import { filled, refused } from "../stage.ts";

export const roles: Rule[] = [
  {
    rule: "the guardian alone asks again",
    async run(open) {
      const stage = await filled(open, 1);
      for (const stranger of [stage.stranger, stage.proposer, stage.council])
        await refused("NotGuardian", () => stage.askAgain(stranger));
    },
    without: results("if (msg.sender != guardian) revert", "if (false && msg.sender != guardian) revert"),
  },
  {
    rule: "the upgrader alone appends and replaces machines",
    async run(open) {
      const stage = await filled(open, 1);
      const { machine } = stage.addresses;
      for (const stranger of [stage.stranger, stage.guardian, stage.council]) {
        await refused("NotUpgrader", () => stage.outputs("addMachine", [10, machine], stranger));
        await refused("NotUpgrader", () => stage.outputs("replaceMachine", [machine], stranger));
      }
    },
    without: outputs("if (msg.sender != upgrader) revert", "if (false && msg.sender != upgrader) revert"),
  },
  {
    rule: "the sequencer alone appends, where there is one; anyone, where there is none",
    async run(open) {
      const alone = await open({ sequencer: "0x00000000000000000000000000000000000000aa" });
      await refused("NotSequencer", () => alone.appendBytes("0x01", alone.stranger));
      const free = await open();
      await free.appendBytes("0x01", free.stranger);
      const [, , sequencer] = free.chain.accounts;
      const held = await open({ sequencer: sequencer! });
      await held.appendBytes("0x01", sequencer!);
    },
    without: inbox(
      "if (sequencer != address(0) && msg.sender != sequencer) revert",
      "if (false && sequencer != address(0)) revert",
    ),
  },
  {
    rule: "an upgrade is announced for the timelock's delay, and its proposer may cancel it",
    async run(open) {
      const stage = await filled(open, 1);
      const execute = await stage.schedule("addMachine", [10, await stage.deployMachine()]);
      await stage.warp(10);
      await refused("TimelockUnexpectedOperationState", execute);
    },
  },
  {
    rule: "the guardian's holder is replaced by the appointer, calls as the guardian, and does neither of it afterwards",
    async run(open) {
      const { chain, contracts, addresses } = await open();
      const [, holder, appointer, thief] = chain.accounts as [string, `0x${string}`, `0x${string}`, `0x${string}`];
      const guardian = await chain.deploy(contracts.Guardian, [appointer, holder]);
      const { abi } = contracts.Guardian;
      let at = Number(
        (await chain.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false])).timestamp,
      );
      const call = (from: `0x${string}`, name: string, args: unknown[]) =>
        chain.transact({ from, to: guardian, abi, name, args, at: ++at });
      const data = encodeFunctionData({ abi: contracts.Outputs.abi, functionName: "advance", args: [1n] });
      await call(holder, "call", [addresses.outputs, data]);
      await refused("NotHolder", () => call(thief, "call", [addresses.outputs, data]));
      for (const stranger of [holder, thief]) await refused("NotAppointer", () => call(stranger, "appoint", [thief]));
      await call(appointer, "appoint", [thief]);
      await refused("NotHolder", () => call(holder, "call", [addresses.outputs, data]));
      await call(thief, "call", [addresses.outputs, data]);
    },
  },
  {
    rule: "what is deployed is checked",
    async run(open) {
      const { chain, contracts, addresses, guardian } = await open();
      const good = {
        machine: addresses.machine,
        inbox: addresses.inbox,
        chainId: 1n,
        genesisOutput: zeroHash,
        guardian,
        upgrader: addresses.upgrader,
        finalityDelay: 365 * 86_400,
      };
      const deploy = (change: object, game = addresses.game) =>
        chain.deploy(contracts.Outputs, [game, { ...good, ...change }]);
      await deploy({});
      await refused("BadParameters", () => deploy({}, zeroAddress));
      for (const change of [
        { machine: zeroAddress },
        { inbox: zeroAddress },
        { upgrader: zeroAddress },
        { guardian: zeroAddress },
        { chainId: 0n },
        { chainId: 2n ** 64n },
        { finalityDelay: 365 * 86_400 + 1 },
      ])
        await refused("BadParameters", () => deploy(change));
      assert.equal(await chain.request("eth_getBalance", [addresses.outputs, "latest"]), "0x0");
    },
  },
];

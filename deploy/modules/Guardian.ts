import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { zeroAddress } from "viem";

/** The guardian of all contracts, whose holder a timelock replaces. The holder must not be the timelock's proposer, who may cancel. */
export default buildModule("Guardian", (m) => {
  const guardianTimelock = m.contract("TimelockController", [
    m.getParameter<number>("upgradeDelay"),
    [m.getParameter<string>("appointer")],
    [zeroAddress],
    zeroAddress,
  ]);
  const guardian = m.contract("Guardian", [guardianTimelock, m.getParameter<string>("holder")]);
  return { guardian, guardianTimelock };
});

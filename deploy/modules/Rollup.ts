import { LIMIT } from "@elench/spec/evm/limits";
import { CONFIG_VERSION } from "@elench/spec/rollup/records";
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { zeroAddress } from "viem";
import { elenchModule } from "./Elench.ts";

/**
 * The contracts of an L2 chain: EVM machine, span machine, inbox, outputs and their timelock, in addition to those for inference.
 * @param isHeld as in `elenchModule`.
 */
export const rollupModule = (isHeld: boolean) =>
  buildModule("Rollup", (m) => {
    const elench = m.useModule(elenchModule(isHeld));
    const hashes = m.contract("Hashes");
    const evmVerifier = m.contract("EvmVerifier", [
      {
        arithmeticOps: m.contract("ArithmeticOps"),
        flowOps: m.contract("FlowOps"),
        memoryOps: m.contract("MemoryOps"),
        contextOps: m.contract("ContextOps"),
        storageOps: m.contract("StorageOps"),
        callOps: m.contract("CallOps"),
        bulkSteps: m.contract("BulkSteps", [hashes]),
        loadSteps: m.contract("LoadSteps"),
        flushSteps: m.contract("FlushSteps"),
        frameSteps: m.contract("FrameSteps"),
        precompileSteps: m.contract("PrecompileSteps", [hashes]),
        inferenceSteps: m.contract("InferenceSteps", [elench.tensorVerifier]),
        transactionSteps: m.contract("TransactionSteps"),
        settlementSteps: m.contract("SettlementSteps"),
        blockSteps: m.contract("BlockSteps"),
      },
    ]);
    const chainId = m.getParameter<bigint>("chainId");
    const guardian = elench.guardian ?? m.getParameter<string>("guardian");
    const spanVerifier = m.contract("SpanVerifier", [evmVerifier, chainId]);
    const inbox = m.contract("Inbox", [
      m.getParameter<string>("sequencer"),
      {
        version: CONFIG_VERSION,
        chainId,
        blockGas: LIMIT.BATCH_GAS,
        minimumFee: 0n,
        target: 0n,
        inertia: 0n,
        transactionGas: 0n,
        headGas: 0n,
        vault: zeroAddress,
      },
    ]);
    // Whoever upgrades announces it; after the delay anyone may carry it out. The timelock has no other administrator than itself.
    const upgraders = [m.getParameter<string>("upgrader")];
    const timelock = m.contract("TimelockController", [
      m.getParameter<number>("upgradeDelay"),
      upgraders,
      [zeroAddress],
      zeroAddress,
    ]);
    const outputs = m.contract("Outputs", [
      elench.disputeGame,
      {
        machine: spanVerifier,
        inbox,
        chainId,
        genesisOutput: m.getParameter<string>("genesisOutput"),
        guardian,
        upgrader: timelock,
        finalityDelay: m.getParameter<number>("finalityDelay"),
      },
    ]);
    return { ...elench, evmVerifier, spanVerifier, inbox, outputs, timelock };
  });

import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import Elench from "./Elench.ts";

/** The contracts of an L2 chain: EVM machine, inbox and outputs, in addition to those for inference. */
export default buildModule("Rollup", (m) => {
  const elench = m.useModule(Elench);
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
  const inbox = m.contract("Inbox", [m.getParameter<string>("sequencer")]);
  const outputs = m.contract("Outputs", [
    elench.disputeGame,
    {
      machine: evmVerifier,
      inbox,
      chainId: m.getParameter<bigint>("chainId"),
      genesisOutput: m.getParameter<string>("genesisOutput"),
      guardian: m.getParameter<string>("guardian"),
      finalityDelay: m.getParameter<number>("finalityDelay"),
    },
  ]);
  return { ...elench, evmVerifier, inbox, outputs };
});

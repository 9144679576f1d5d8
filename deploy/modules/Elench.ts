import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import Guardian from "./Guardian.ts";

/**
 * The contracts for inference on L1: tensor machine, model registry, dispute game, oracle.
 * @param isHeld whether their guardian is a contract with a holder; otherwise it is the account of the parameters.
 */
export const elenchModule = (isHeld: boolean) =>
  buildModule("Elench", (m) => {
    const held = isHeld ? m.useModule(Guardian) : undefined;
    const guardian = held?.guardian ?? m.getParameter<string>("guardian");
    const tensorVerifier = m.contract("TensorVerifier", [m.contract("FetchStep"), m.contract("Float64Ops")]);
    const modelRegistry = m.contract("ModelRegistry", [m.contract("ProgramValidator")]);
    const disputeGame = m.contract("DisputeGame", [
      {
        maxClock: m.getParameter<number>("maxClock"),
        extension: m.getParameter<number>("extension"),
        longExtension: m.getParameter<number>("longExtension"),
        bond: m.getParameter<string>("bond"),
        prepayment: m.getParameter<string>("prepayment"),
        withdrawalDelay: m.getParameter<number>("withdrawalDelay"),
        guardian,
      },
    ]);
    const inferenceOracle = m.contract("InferenceOracle", [
      disputeGame,
      tensorVerifier,
      modelRegistry,
      {
        guardian,
        deliveryDelay: m.getParameter<number>("deliveryDelay"),
        reveal: m.getParameter<number>("reveal"),
        deposit: m.getParameter<string>("deposit"),
        speed: m.getParameter<string>("speed"),
        minPrice: m.getParameter<string>("minPrice"),
        scale: m.getParameter<string>("scale"),
      },
    ]);
    return { tensorVerifier, modelRegistry, disputeGame, inferenceOracle, ...held };
  });

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { bytesToHex } from "@ethereumjs/util";
import { machineOf, samples } from "../../ml-vm/stepper/samples.ts";
import { hashOf, type State, startOf } from "../../ml-vm/stepper/state.ts";
import { step } from "../../ml-vm/stepper/stepper.ts";
import { witnessOf } from "../../ml-vm/stepper/witness.ts";
import { build } from "./build.ts";
import { type Deployed, startEvm } from "./evm.ts";

const contracts = build(["contracts/tensor/TensorVerifier.sol", "contracts/tensor/scalar/Float64Ops.sol"]);
let verifier: Deployed;

before(async () => {
  const evm = await startEvm();
  const float64Ops = await evm.deploy(contracts.get("Float64Ops")!);
  const fetchStep = await evm.deploy(contracts.get("FetchStep")!);
  verifier = await evm.deploy(contracts.get("TensorVerifier")!, fetchStep.address, float64Ops.address);
});

for (const sample of samples()) {
  test(`each step of the sample "${sample.name}" has the stepper's state after it`, async () => {
    const machine = machineOf(sample);
    let state: State = startOf(machine);
    for (let n = 0; ; n++) {
      const [pre, witness] = [hashOf(machine, state), witnessOf(machine, state)];
      const next: State = step(machine, state);
      const { value } = await verifier.call("step", bytesToHex(pre), bytesToHex(witness));
      assert.equal(value, bytesToHex(hashOf(machine, next)), `step ${n}`);
      if (state.kind === "halted") break;
      state = next;
    }
  });
}

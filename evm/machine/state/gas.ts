import { EXCEPTIONAL_HALT } from "./halt.ts";
import type { Machine } from "./machine.ts";

/** Charges gas to the frame. Halts exceptionally if it is out of gas. */
export function charge(m: Machine, gas: bigint): void {
  if (m.gas < gas) {
    m.observer?.outOfGas(gas, m.gas);
    throw EXCEPTIONAL_HALT;
  }
  m.gas -= gas;
}

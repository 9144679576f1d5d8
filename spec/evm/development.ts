/** The mnemonic of the development accounts of anvil, Hardhat and `elench chain`. Their keys are public. */
export const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

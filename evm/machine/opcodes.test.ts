/** The tables of the EVM machine equal those of @ethereumjs under Cancun's rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP, OPCODES as TABLE } from "@elench/spec/evm/opcodes";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { EVM, paramsEVM } from "@ethereumjs/evm";
import { paramsTx } from "@ethereumjs/tx";
import { OPCODES, STACK_LIMIT } from "./opcodes.ts";

const rules = (params: typeof paramsEVM, hardfork: Hardfork = Hardfork.Cancun): Common =>
  new Common({ chain: Mainnet, hardfork, params });
const [execution, transactions, osaka] = [rules(paramsEVM), rules(paramsTx), rules(paramsEVM, Hardfork.Osaka)];

/** The library names families of opcodes without their number. */
const familyOf = (name: string): string => (name === "PUSH0" ? name : name.replace(/^(PUSH|DUP|SWAP|LOG)\d+$/, "$1"));

test("opcodes have the library's names and static gas", () => {
  const peer = new EVM({ common: execution }).getActiveOpcodes();
  const codes = [...peer.keys()].filter((code) => peer.get(code)?.name !== "INVALID");
  assert.deepEqual(
    TABLE.map(({ code }) => code),
    codes.sort((a, b) => a - b),
  );
  for (const { code, name, gas } of TABLE) {
    const theirs = peer.get(code);
    assert.equal(familyOf(name), theirs?.name);
    // The library counts topics as a dynamic part.
    const topics = name.startsWith("LOG") ? GAS.LOG_TOPIC * BigInt(code - OP.LOG0) : 0n;
    assert.equal(gas, BigInt(theirs?.fee ?? -1) + topics, name);
  }
});

test("opcodes without a row are invalid, 0xfe among them", () => {
  assert.equal(OPCODES.length, 256);
  assert.equal(OPCODES.filter((opcode) => opcode === undefined).length, 256 - TABLE.length);
  for (const code of [0x0c, 0x1e, 0x21, 0x4b, 0xa5, 0xef, 0xfe]) assert.equal(OPCODES[code], undefined);
});

test("gas costs of execution equal the library's", () => {
  const expected: Readonly<Record<string, bigint>> = {
    expByteGas: GAS.EXP_BYTE,
    keccak256WordGas: GAS.KECCAK256_WORD,
    copyGas: GAS.COPY_WORD,
    logDataGas: GAS.LOG_DATA_BYTE,
    logTopicGas: GAS.LOG_TOPIC,
    memoryGas: GAS.MEMORY_WORD,
    quadCoefficientDivGas: GAS.MEMORY_QUADRATIC_DIVISOR,
    warmstoragereadGas: GAS.WARM_STORAGE_READ_COST,
    coldaccountaccessGas: GAS.COLD_ACCOUNT_ACCESS_COST,
    coldsloadGas: GAS.COLD_SLOAD_COST,
    sstoreInitEIP2200Gas: GAS.SSTORE_SET_GAS,
    sstoreCleanEIP2200Gas: GAS.SSTORE_RESET_GAS,
    sstoreClearRefundEIP2200Gas: GAS.SSTORE_CLEARS_SCHEDULE,
    sstoreInitRefundEIP2200Gas: GAS.SSTORE_SET_GAS - GAS.WARM_STORAGE_READ_COST,
    sstoreSentryEIP2200Gas: GAS.CALL_STIPEND,
    callStipendGas: GAS.CALL_STIPEND,
    callValueTransferGas: GAS.CALL_VALUE,
    callNewAccountGas: GAS.NEW_ACCOUNT,
    createDataGas: GAS.CODE_DEPOSIT_BYTE,
    initCodeWordGas: GAS.INITCODE_WORD_COST,
    maxRefundQuotient: GAS.MAX_REFUND_QUOTIENT,
    ecRecoverGas: GAS.ECRECOVER,
    sha256Gas: GAS.SHA256,
    sha256WordGas: GAS.SHA256_WORD,
    ripemd160Gas: GAS.RIPEMD160,
    ripemd160WordGas: GAS.RIPEMD160_WORD,
    identityGas: GAS.IDENTITY,
    identityWordGas: GAS.IDENTITY_WORD,
    modexpGquaddivisorGas: GAS.MODEXP_DIVISOR,
    bn254AddGas: GAS.ECADD,
    bn254MulGas: GAS.ECMUL,
    bn254PairingGas: GAS.ECPAIRING,
    bn254PairingWordGas: GAS.ECPAIRING_PAIR,
    blake2RoundGas: 1n,
    kzgPointEvaluationPrecompileGas: GAS.POINT_EVALUATION,
    stackLimit: BigInt(STACK_LIMIT),
    maxCodeSize: BigInt(LIMIT.CODE_BYTES),
    maxInitCodeSize: BigInt(LIMIT.INITCODE_BYTES),
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(value, execution.param(name), name);
  // Prices under L1's rules, Osaka, of the precompiles that the verifier calls there.
  for (const name of ["ecRecoverGas", "bn254AddGas", "bn254MulGas", "bn254PairingGas", "bn254PairingWordGas"])
    assert.equal(osaka.param(name), expected[name], `${name} on L1`);
});

test("gas costs of a transaction equal the library's", () => {
  const expected: Readonly<Record<string, bigint>> = {
    txGas: GAS.TX_BASE,
    txCreationGas: GAS.TX_CREATE,
    txDataZeroGas: GAS.TX_DATA_ZERO_BYTE,
    txDataNonZeroGas: GAS.TX_DATA_NON_ZERO_BYTE,
    accessListAddressGas: GAS.ACCESS_LIST_ADDRESS_COST,
    accessListStorageKeyGas: GAS.ACCESS_LIST_STORAGE_KEY_COST,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(value, transactions.param(name), name);
});

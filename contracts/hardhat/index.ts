/** Models for TypeScript tests: mocks of the `inference` precompile and the directory of models, on a chain that Hardhat (or anvil) simulates. */
import { MOCK_INFERENCE, MOCK_MODEL_DIRECTORY } from "./bytecode.ts";

/** What every connection of Hardhat, viem and ethers has (EIP-1193). */
export interface Provider {
  request(request: { method: string; params: unknown[] }): Promise<unknown>;
}

/** Bytes as 0x and hexadecimal digits, or as they are. */
export type Bytes = string | Uint8Array;

export interface ModelMock {
  /**
   * Adds a model, or changes it.
   * @param model its id: 32 bytes
   * @param inputBytes size of its one input tensor
   * @param output what it answers to every input without an answer of its own
   */
  setModel(model: Bytes, inputBytes: number, output: Bytes): Promise<void>;
  /** Sets what a model answers to one input. @throws Error if the directory refuses it, for a size that is not the model's */
  setAnswer(model: Bytes, input: Bytes, output: Bytes): Promise<void>;
}

const INFERENCE = "0x000000000000000000000000000000000000a100";
const DIRECTORY = "0x000000000000000000000000000000000000a101";
/** Sends the transactions: no account of the test's, so that no nonce or balance changes that a test looks at. */
const SENDER = "0x000000000000000000000000000000000000a1ff";

/** First four bytes of keccak256("setModel(bytes32,uint48,bytes)") and keccak256("setAnswer(bytes32,bytes,bytes)"). */
const SELECTORS = { setModel: "0xcde7969c", setAnswer: "0xe360af18" } as const;

/**
 * Puts the mocks in place. Each call of what it returns is a transaction, and so a block.
 *
 * @example
 * const { provider } = await network.connect();
 * const models = await mockModels(provider);
 * await models.setModel(MODEL, 3136, scores);
 */
export async function mockModels(provider: Provider): Promise<ModelMock> {
  const request = (method: string, ...params: unknown[]): Promise<unknown> => provider.request({ method, params });
  await request("hardhat_setCode", INFERENCE, MOCK_INFERENCE);
  await request("hardhat_setCode", DIRECTORY, MOCK_MODEL_DIRECTORY);
  await request("hardhat_impersonateAccount", SENDER);
  await request("hardhat_setBalance", SENDER, `0x${(10n ** 24n).toString(16)}`);
  const send = async (data: string): Promise<void> => {
    // Asked first, since a call that fails says why.
    await request("eth_call", { from: SENDER, to: DIRECTORY, data }, "latest");
    await request("eth_sendTransaction", { from: SENDER, to: DIRECTORY, data });
  };
  return {
    setModel: (model, inputBytes, output) =>
      send(SELECTORS.setModel + word(model) + uint(inputBytes) + uint(3 * 32) + tail(output)),
    setAnswer: (model, input, output) => {
      const inputTail = tail(input);
      const outputAt = 3 * 32 + inputTail.length / 2;
      return send(SELECTORS.setAnswer + word(model) + uint(3 * 32) + uint(outputAt) + inputTail + tail(output));
    },
  };
}

/** Hexadecimal digits without 0x. */
function digits(bytes: Bytes): string {
  if (typeof bytes !== "string") return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!/^0x([0-9a-f]{2})*$/i.test(bytes))
    throw new TypeError(`not bytes in hexadecimal with 0x: ${bytes.slice(0, 80)}`);
  return bytes.slice(2);
}

function word(bytes: Bytes): string {
  const text = digits(bytes);
  if (text.length !== 64)
    throw new TypeError(`a model's id has 32 bytes, not ${text.length / 2}: 0x${text.slice(0, 80)}`);
  return text;
}

/** A number as the ABI encodes it. */
const uint = (value: number): string => BigInt(value).toString(16).padStart(64, "0");

/** A byte string as the ABI encodes it, after the head: its length, its bytes, zeros up to a whole word. */
function tail(bytes: Bytes): string {
  const text = digits(bytes);
  return uint(text.length / 2) + text.padEnd(Math.ceil(text.length / 64) * 64, "0");
}

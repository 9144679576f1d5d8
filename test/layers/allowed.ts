/**
 * Which package, and which folder of a package, may import which. An entry names only entries above it, so that there is
 * no circle. Tests (`*.test.ts`), `fixtures/` and the packages that are not listed may import everything; nothing imports them.
 */

export type Edges = Readonly<Record<string, readonly string[]>>;

export interface Allowed {
  readonly packages: Edges;
  /** Between folders of one package, by path from the root; a package's own folder holds its entry points. */
  readonly folders: Edges;
}

export const ALLOWED: Allowed = {
  packages: {
    // what stands at the root: bootstrap.mjs, which installs what is missing, and the configuration of Hardhat
    ".": [],

    spec: [],
    errors: [],
    bytes: [],
    files: ["errors"],
    merkle: ["bytes"],
    contracts: [],

    // the machines know nothing of games
    "ml-vm": ["spec", "errors", "bytes", "merkle"],
    evm: ["spec", "errors", "bytes", "files", "merkle", "ml-vm"],
    prover: ["spec", "errors", "bytes", "merkle", "ml-vm", "evm"],

    // what runs beside L1
    rollup: ["spec", "errors", "bytes", "merkle", "ml-vm", "evm"],
    deploy: ["spec", "errors", "files", "contracts", "evm"],
    challenger: ["spec", "errors", "bytes", "files", "merkle", "contracts", "ml-vm", "evm", "prover", "deploy"],

    cli: [
      ...[".", "spec", "errors", "bytes", "files", "merkle", "contracts"],
      ...["ml-vm", "evm", "prover", "rollup", "deploy", "challenger"],
    ],
  },
  folders: {
    "spec/tensor": [],
    "spec/evm": [],
    "spec/rollup": ["spec/evm"],
    "spec/game": [],
    "spec/generate": ["spec/tensor", "spec/evm", "spec/rollup", "spec/game"],

    "merkle/keccak": [],
    merkle: ["merkle/keccak"],

    // program/ is the format; engine/ and stepper/ execute it and do not know each other
    "ml-vm/program": [],
    "ml-vm/wasm": [],
    "ml-vm/softfloat": ["ml-vm/wasm"],
    "ml-vm/engine": ["ml-vm/program", "ml-vm/wasm"],
    "ml-vm/stepper": ["ml-vm/program"],
    "ml-vm/functions": ["ml-vm/program", "ml-vm/softfloat"],
    "ml-vm/onnx/graph": ["ml-vm/program"],
    "ml-vm/onnx/lowering": [
      ...["ml-vm/program", "ml-vm/softfloat", "ml-vm/engine", "ml-vm/functions", "ml-vm/onnx/graph"],
    ],
    "ml-vm/onnx/operators": ["ml-vm/program", "ml-vm/functions", "ml-vm/onnx/graph", "ml-vm/onnx/lowering"],
    "ml-vm/onnx": [
      ...["ml-vm/program", "ml-vm/softfloat", "ml-vm/functions"],
      ...["ml-vm/onnx/graph", "ml-vm/onnx/lowering", "ml-vm/onnx/operators"],
    ],
    "ml-vm/runtime": ["ml-vm/program", "ml-vm/engine", "ml-vm/onnx/graph", "ml-vm/onnx"],
    "ml-vm": ["ml-vm/engine", "ml-vm/onnx/graph", "ml-vm/onnx", "ml-vm/runtime"],

    // native/ and machine/ stand on the same formats, and never import each other
    "evm/structures": [],
    "evm/trie": [],
    "evm/crypto/hashes/blake2": [],
    "evm/crypto/hashes": ["evm/crypto/hashes/blake2"],
    "evm/crypto": ["evm/crypto/hashes"],
    "evm/batch": ["evm/structures", "evm/crypto"],
    "evm/span": ["evm/batch"],
    "evm/inference": [],
    "evm/reference": ["evm/structures", "evm/crypto", "evm/batch", "evm/inference"],
    "evm/machine/state": ["evm/batch", "evm/structures", "evm/trie"],
    "evm/machine/phases": [
      ...["evm/structures", "evm/trie", "evm/crypto/hashes", "evm/crypto", "evm/batch", "evm/inference"],
      ...["evm/machine/state"],
    ],
    "evm/machine/ops": ["evm/structures", "evm/batch", "evm/machine/state", "evm/machine/phases"],
    "evm/machine": ["evm/structures", "evm/batch", "evm/machine/state", "evm/machine/phases", "evm/machine/ops"],
    "evm/machine/describe": [
      ...["evm/structures", "evm/batch", "evm/inference", "evm/machine/state", "evm/machine/phases", "evm/machine"],
    ],
    "evm/engine": ["evm/structures", "evm/crypto", "evm/batch", "evm/inference"],
    "evm/chain": ["evm/batch", "evm/inference", "evm/engine", "evm/reference"],

    "rollup/genesis": [],
    "rollup/devnet": [],
    "rollup/rpc": ["rollup/devnet"],
    "rollup/rpc/methods": ["rollup/genesis", "rollup/devnet", "rollup/rpc"],
    rollup: ["rollup/devnet", "rollup/rpc", "rollup/rpc/methods"],

    "deploy/modules": [],
    deploy: ["deploy/modules"],

    // strategy/ is pure: events in, moves out
    "challenger/strategy": [],
    "challenger/l1": ["challenger/strategy"],
    "challenger/watch": ["challenger/strategy", "challenger/l1"],

    "cli/report": [],
    "cli/input": [],
    "cli/completion": [],
    "cli/claims": ["cli/report", "cli/input"],
    "cli/compare": ["cli/report", "cli/input"],
    "cli/replay": ["cli/report", "cli/input"],
    "cli/commands": ["cli/report", "cli/input", "cli/completion", "cli/claims", "cli/compare", "cli/replay"],
    cli: ["cli/report", "cli/commands"],
  },
};

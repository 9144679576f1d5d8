# What is faster with an instruction set has functions with attributes for it, picked at run time.
{
  "targets": [
    {
      "target_name": "elench_evm",
      "sources": [
        "addon.c",
        "batch.c",
        "calls.c",
        "code.c",
        "engine.c",
        "interpreter.c",
        "modexp.c",
        "precompiles.c",
        "transaction.c",
        "trie.c",
        "word.c",
        "world.c",
        "hashes/blake2-avx2.c",
        "hashes/blake2-portable.c",
        "hashes/blake2f.c",
        "hashes/keccak-4-avx2.c",
        "hashes/keccak-8-avx512.c",
        "hashes/keccak-avx512.c",
        "hashes/keccak-scalar.c",
        "hashes/keccak256.c",
        "hashes/ripemd160.c",
        "hashes/sha256-portable.c",
        "hashes/sha256-sha-ni.c",
        "hashes/sha256.c",
        "curves/inverse.c",
        "curves/bn254/add.c",
        "curves/bn254/multiply.c",
        "curves/bn254/pairing.c",
        "curves/secp256k1/recover.c",
      ],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Wno-override-init", "-fwrapv", "-fno-strict-aliasing"],
      "cflags!": ["-O2"],
      "defines": ["_GNU_SOURCE"]
    }
  ]
}

# Files named after an instruction set are compiled for it by attributes of their functions, and picked at run time.
{
  "targets": [
    {
      "target_name": "elench_evm",
      "sources": [
        "addon.c", "batch.c", "calls.c", "code.c", "interpreter.c", "modexp.c", "precompiles.c", "transaction.c",
        "trie.c", "word.c", "world.c",
        "<!@(node -p \"require('fs').readdirSync('hashes').filter((f) => f.endsWith('.c')).map((f) => 'hashes/' + f).join(' ')\")",
        "<!@(node -p \"['curves', 'curves/bn254', 'curves/secp256k1'].flatMap((d) => require('fs').readdirSync(d).filter((f) => f.endsWith('.c')).map((f) => d + '/' + f)).join(' ')\")"
      ],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Wno-override-init", "-fwrapv", "-fno-strict-aliasing"],
      "cflags!": ["-O2"],
      "defines": ["_GNU_SOURCE"]
    }
  ]
}

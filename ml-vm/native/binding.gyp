# One static library for each instruction set, all from engine.c; the addon picks one at run time.
{
  "target_defaults": {
    "cflags": [
      "-std=gnu11", "-O3", "-Wall", "-Wextra",
      "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fwrapv", "-fno-strict-aliasing"
    ],
    "cflags!": ["-O2"],
    "defines": ["_GNU_SOURCE"]
  },
  "targets": [
    {
      "target_name": "engine_portable",
      "type": "static_library",
      "sources": ["engine.c"],
      "defines": ["VARIANT=portable"]
    },
    {
      "target_name": "elench",
      "sources": ["addon.c", "decode.c", "threads.c", "tree.c"],
      "dependencies": ["engine_portable"],
      "libraries": ["-lm"],
      "conditions": [["target_arch=='x64'", { "dependencies": ["engine_avx2", "engine_avx512"] }]]
    }
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "engine_avx2",
          "type": "static_library",
          "sources": ["engine.c"],
          "defines": ["VARIANT=avx2"],
          "cflags": ["-mavx2", "-mfma", "-mf16c", "-mbmi2"]
        },
        {
          "target_name": "engine_avx512",
          "type": "static_library",
          "sources": ["engine.c"],
          "defines": ["VARIANT=avx512"],
          "cflags": ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mfma", "-mf16c", "-mbmi2", "-mprefer-vector-width=512"]
        }
      ]
    }]
  ]
}

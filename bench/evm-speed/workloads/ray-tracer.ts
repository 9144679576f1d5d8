import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import { drawnAddress, drawnWord } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { compile } from "../world/solidity.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

const { RayTracer } = compile<"RayTracer">(new URL("../contracts/RayTracer.sol", import.meta.url));

/** Of a row of a picture. */
const ROW_GAS = 1_860_000;
/** As in RayTracer.sol. */
const [WIDTH, SPHERES] = [64, 4];

/** Pictures in fixed-point numbers. */
export const rayTracer: Workload = {
  name: "ray tracer",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const picture = drawnWord(seed, "picture");
    // From the middle on, where the spheres are.
    const rows = Array.from({ length: Math.max(1, Math.round(gas / ROW_GAS)) }, (_, i) => (WIDTH / 2 - 8 + i) % WIDTH);
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code: RayTracer.code })]],
      transactions: rows.map((row) =>
        sender!.send({ to: contract, gasLimit: 2 * ROW_GAS, data: RayTracer.call("draw", picture, row) }),
      ),
      succeeds: true,
      check: async ({ storage }) => {
        const slot = toBigInt(keccak256(concat(wordBytes(picture), wordBytes(0))));
        const hash = rows.reduce<Uint8Array>(
          (last, row) => keccak256(concat(last, rowOf(picture, row))),
          new Uint8Array(32),
        );
        expectEqual("the hash of the picture", await storage(contract, slot), toBigInt(hash));
      },
    };
  },
};

/** What RayTracer.sol does, over again. */
type Vector = readonly [x: bigint, y: bigint, z: bigint];

const ONE = 1n << 32n;
const dot = (a: Vector, b: Vector): bigint => (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / ONE;

function root(square: bigint): bigint {
  let [last, next] = [square, square / 2n + 1n];
  while (next < last) [last, next] = [next, (square / next + next) / 2n];
  return last;
}

function rowOf(seed: bigint, row: number): Uint8Array {
  const centres = Array.from({ length: SPHERES }, (_, i): Vector => {
    const drawn = toBigInt(keccak256(concat(wordBytes(seed), wordBytes(i))));
    return [(drawn % (1n << 34n)) - 2n * ONE, (drawn >> 64n) % ONE, ((drawn >> 128n) % (1n << 33n)) + 4n * ONE];
  });
  return Uint8Array.from({ length: WIDTH }, (_, column) => {
    const step = ONE / BigInt(WIDTH);
    const ray: Vector = [BigInt(2 * column - WIDTH) * step, ONE / 2n - BigInt(row) * step, ONE];
    const length = root(dot(ray, ray) * ONE);
    return brightness(centres, [(ray[0] * ONE) / length, (ray[1] * ONE) / length, (ray[2] * ONE) / length]);
  });
}

function brightness(centres: readonly Vector[], ray: Vector): number {
  const hits = centres
    .map((centre) => ({ centre, distance: distance(centre, ray) }))
    .filter((hit) => hit.distance > 0n);
  if (hits.length === 0) return Number(ray[1] < 0n ? floor(ray) : (64n * (ONE - ray[1])) / ONE);
  const { centre, distance: nearest } = hits.reduce((a, b) => (b.distance < a.distance ? b : a));
  const [x, y, z] = centre.map((c, i) => (ray[i]! * nearest) / ONE - c) as unknown as Vector;
  const light = (2n * y - x - 2n * z) / 3n;
  return Number(32n + (light > 0n ? (223n * light) / ONE : 0n));
}

function distance(centre: Vector, ray: Vector): bigint {
  const along = dot(centre, ray);
  const rest = ONE + (along * along) / ONE - dot(centre, centre);
  return rest < 0n ? 0n : along - root(rest * ONE);
}

const floor = (ray: Vector): bigint =>
  ((((ray[0] * ONE) / -ray[1]) >> 32n) + (((ray[2] * ONE) / -ray[1]) >> 32n)) % 2n === 0n ? 200n : 100n;

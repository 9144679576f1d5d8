/**
 * A small convolutional network for digits, and its gradient:
 *
 *     image (1, 28, 28) → Conv 5×5, 8 → ReLU → MaxPool 2 → Conv 5×5, 24 → ReLU → MaxPool 2 → dense → scores (10)
 *
 * 1,109,360 multiply-accumulates, 16,802 parameters. Arithmetic is double precision: it trains the network, and evaluates it
 * independently of the engine.
 */
import { CLASSES, SIDE } from "./mnist.ts";

/** A convolution with stride 1 and padding that preserves the size, then ReLU, then 2×2 max pooling. */
interface Layer {
  readonly channels: number;
  /** A multiple of four. */
  readonly filters: number;
  readonly side: number;
}

const KERNEL = 5;
const PAD = 2;
const TAPS = KERNEL * KERNEL;

const FIRST: Layer = { channels: 1, filters: 8, side: SIDE };
const SECOND: Layer = { channels: FIRST.filters, filters: 24, side: SIDE / 2 };
const FEATURES = SECOND.filters * (SECOND.side / 2) ** 2;

/** Name → shape of each parameter, in ONNX's layouts. */
export const SHAPES = {
  conv1_weight: [FIRST.filters, FIRST.channels, KERNEL, KERNEL],
  conv1_bias: [FIRST.filters],
  conv2_weight: [SECOND.filters, SECOND.channels, KERNEL, KERNEL],
  conv2_bias: [SECOND.filters],
  dense_weight: [CLASSES, FEATURES],
  dense_bias: [CLASSES],
} as const satisfies Record<string, readonly number[]>;

type Name = keyof typeof SHAPES;
export const NAMES = Object.keys(SHAPES) as readonly Name[];
/** One array for each of SHAPES: parameters, or their gradients. */
export type Parameters = Readonly<Record<Name, Float64Array>>;

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

/** Parameters whose every element is `element(name)`. */
export const parametersOf = (element: (name: Name) => number): Parameters =>
  Object.fromEntries(
    NAMES.map((name) => [name, Float64Array.from({ length: sizeOf(SHAPES[name]) }, () => element(name))]),
  ) as Record<Name, Float64Array>;

/** Uniform initial weights with variance 2 / fan-in (He et al. 2015, eq. 10), zero biases. @param random in [0, 1) */
export const initialParameters = (random: () => number): Parameters =>
  parametersOf((name) => {
    const shape: readonly number[] = SHAPES[name];
    return shape.length === 1 ? 0 : (2 * random() - 1) * Math.sqrt(6 / sizeOf(shape.slice(1)));
  });

/** Intermediate results of a layer, for its gradient. */
interface LayerState {
  /** (side², channels × 25): the neighbourhood of each pixel, in the order of a filter's weights. */
  readonly patches: Float64Array;
  /** (filters, side/2, side/2) */
  readonly pooled: Float64Array;
  /** (filters, side/2, side/2): which pixel won each pooling window. */
  readonly winners: Uint16Array;
}

/** Visits each tap of each patch that lies inside the input (channels, side, side); the others read the padding, zero. */
function eachTap({ channels, side }: Layer, visit: (patch: number, input: number) => void): void {
  const length = channels * TAPS;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const patch = (y * side + x) * length;
      for (let c = 0; c < channels; c++) {
        for (let ky = Math.max(0, PAD - y); ky < Math.min(KERNEL, side + PAD - y); ky++) {
          for (let kx = Math.max(0, PAD - x); kx < Math.min(KERNEL, side + PAD - x); kx++) {
            visit(patch + c * TAPS + ky * KERNEL + kx, (c * side + y + ky - PAD) * side + x + kx - PAD);
          }
        }
      }
    }
  }
}

/** Where each element of patches comes from in the input: pairs (patch element, input element), computed once. */
function tapsOf(layer: Layer): Int32Array {
  const pairs: number[] = [];
  eachTap(layer, (patch, input) => pairs.push(patch, input));
  return Int32Array.from(pairs);
}

const TAPS_OF = new Map([FIRST, SECOND].map((layer) => [layer, tapsOf(layer)]));

/** Sum of the products of `length` elements of two arrays. */
function dot(a: Float64Array, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[bStart + i]!;
  return sum;
}

/** Products of one patch with four consecutive filters, into sums[0..3]: four at once, so that their additions do not wait for each other. */
function dot4(
  patches: Float64Array,
  patch: number,
  weight: Float64Array,
  start: number,
  length: number,
  sums: Float64Array,
) {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let i = 0; i < length; i++) {
    const value = patches[patch + i]!;
    sum0 += value * weight[start + i]!;
    sum1 += value * weight[start + length + i]!;
    sum2 += value * weight[start + 2 * length + i]!;
    sum3 += value * weight[start + 3 * length + i]!;
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

/** y += k·x over `length` elements. */
function axpy(k: number, x: Float64Array, xStart: number, y: Float64Array, yStart: number, length: number): void {
  for (let i = 0; i < length; i++) y[yStart + i]! += k * x[xStart + i]!;
}

function runLayer(layer: Layer, input: Float64Array, weight: Float64Array, bias: Float64Array): LayerState {
  const { channels, filters, side } = layer;
  const length = channels * TAPS;
  const patches = new Float64Array(side * side * length);
  const taps = TAPS_OF.get(layer)!;
  for (let i = 0; i < taps.length; i += 2) patches[taps[i]!] = input[taps[i + 1]!]!;

  const half = side / 2;
  const pooled = new Float64Array(filters * half * half);
  const winners = new Uint16Array(pooled.length);
  const sums = new Float64Array(4);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const pixel = y * side + x;
      const window = (y >> 1) * half + (x >> 1);
      for (let f = 0; f < filters; f++) {
        if (f % 4 === 0) dot4(patches, pixel * length, weight, f * length, length, sums);
        const value = bias[f]! + sums[f % 4]!;
        const out = f * half * half + window;
        // ReLU before pooling is a maximum that starts at zero.
        if (value > pooled[out]!) {
          pooled[out] = value;
          winners[out] = pixel;
        }
      }
    }
  }
  return { patches, pooled, winners };
}

/** Adds a layer's gradient to that of its parameters. @returns gradient of its input */
function runLayerBack(
  layer: Layer,
  { patches, pooled, winners }: LayerState,
  pooledGradient: Float64Array,
  weight: Float64Array,
  weightGradient: Float64Array,
  biasGradient: Float64Array,
): Float64Array {
  const { channels, filters, side } = layer;
  const length = channels * TAPS;
  const windows = (side / 2) ** 2;
  const patchesGradient = new Float64Array(patches.length);
  for (let f = 0, out = 0; f < filters; f++) {
    for (let window = 0; window < windows; window++, out++) {
      const gradient = pooledGradient[out]!;
      if (pooled[out] === 0 || gradient === 0) continue;
      const patch = winners[out]! * length;
      biasGradient[f]! += gradient;
      axpy(gradient, patches, patch, weightGradient, f * length, length);
      if (layer !== FIRST) axpy(gradient, weight, f * length, patchesGradient, patch, length);
    }
  }
  const inputGradient = new Float64Array(channels * side * side);
  if (layer === FIRST) return inputGradient; // the image's gradient is not needed
  const taps = TAPS_OF.get(layer)!;
  for (let i = 0; i < taps.length; i += 2) inputGradient[taps[i + 1]!]! += patchesGradient[taps[i]!]!;
  return inputGradient;
}

function dense(p: Parameters, features: Float64Array): Float64Array {
  return Float64Array.from(p.dense_bias, (bias, c) => bias + dot(features, p.dense_weight, c * FEATURES, FEATURES));
}

/** Scores (10) of an image (1, 28, 28) with pixels from 0 to 1: the largest names the digit. */
export function scoresOf(p: Parameters, image: ArrayLike<number>): Float64Array {
  const first = runLayer(FIRST, Float64Array.from(image), p.conv1_weight, p.conv1_bias);
  return dense(p, runLayer(SECOND, first.pooled, p.conv2_weight, p.conv2_bias).pooled);
}

/** Adds the gradient of one image's cross-entropy loss to `gradient`. @returns the loss, in nats */
export function accumulateGradient(
  p: Parameters,
  image: ArrayLike<number>,
  label: number,
  gradient: Parameters,
): number {
  const first = runLayer(FIRST, Float64Array.from(image), p.conv1_weight, p.conv1_bias);
  const second = runLayer(SECOND, first.pooled, p.conv2_weight, p.conv2_bias);
  const scores = dense(p, second.pooled);

  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  const features = new Float64Array(FEATURES);
  for (let c = 0; c < CLASSES; c++) {
    const error = exponentials[c]! / sum - (c === label ? 1 : 0);
    gradient.dense_bias[c]! += error;
    axpy(error, second.pooled, 0, gradient.dense_weight, c * FEATURES, FEATURES);
    axpy(error, p.dense_weight, c * FEATURES, features, 0, FEATURES);
  }
  const middle = runLayerBack(SECOND, second, features, p.conv2_weight, gradient.conv2_weight, gradient.conv2_bias);
  runLayerBack(FIRST, first, middle, p.conv1_weight, gradient.conv1_weight, gradient.conv1_bias);
  return -Math.log(exponentials[label]! / sum);
}

/** Index of the largest score. */
export const classOf = (scores: ArrayLike<number>): number =>
  Array.from(scores).reduce((best, score, i) => (score > scores[best]! ? i : best), 0);

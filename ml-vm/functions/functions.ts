/** The scalar functions of docs/scalar-functions.md, as builders of straight-line programs. */
export { erf } from "./error-function.ts";
export { exp, exp2, sigmoid, tanh } from "./exponential.ts";
export { log } from "./logarithm.ts";
export { pow, rsqrt } from "./power.ts";
export { cos, sin } from "./trigonometry.ts";

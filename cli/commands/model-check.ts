import { forecastRegistration, type RegistrationForecast } from "@elench/challenger/l1/registration-forecast";
import { type DisputeGas, disputeGas } from "@elench/challenger/strategy/dispute-gas";
import { EXIT } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { type CallForecast, forecastCall } from "@elench/rollup/genesis/call-forecast";
import { LIMIT } from "@elench/spec/evm/limits";
import { examineOnnx, type Report } from "@elench/tensor/onnx/check";
import { checkProgram } from "@elench/tensor/program/check";
import type { Model } from "@elench/tensor/program/model";
import { type StepBound, worstStep } from "@elench/tensor/program/step-gas";
import { Command } from "commander";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { describeShape, namingFile } from "../input/model-file.ts";
import { jsonOption } from "../input/options.ts";
import { columns, print } from "../report/output.ts";

export function checkCommand(): Command {
  return withDimensions(new Command("check"))
    .description(
      "check whether a model is supported, and forecast its costs: operators, shapes, steps, memory, gas (exit code 1: not supported)",
    )
    .argument("<file>", "ONNX model")
    .addOption(jsonOption())
    .action((file: string, { json, ...dimensions }: DimensionOptions & { json?: boolean }) => {
      const bytes = readWhole(file);
      const { report, model } = namingFile(file, () => examineOnnx(bytes, dimensionsOf(dimensions)));
      const forecast = model && forecastOf(model);
      print(json, { file, ...report, ...forecast }, () =>
        [
          ...drawReport(file, report),
          ...(forecast ? drawForecast(report, forecast) : []),
          verdict(report, forecast),
        ].join("\n"),
      );
      if (!report.ok) process.exitCode = EXIT.negative;
    });
}

/** Forecast costs of a supported model. */
interface Forecast {
  /** Level of a game about one inference. */
  readonly level: number;
  readonly instructions: number;
  readonly registration: RegistrationForecast;
  /** The most expensive step. */
  readonly worstStep: StepBound;
  /** Upper bounds of the gas of a dispute: about an inference requested on L1, and about one inside an L2 batch. */
  readonly dispute: { readonly l1: DisputeGas; readonly l2: DisputeGas };
  readonly call: CallForecast;
}

function forecastOf(model: Model): Forecast {
  const { program } = model;
  const { level } = checkProgram(program);
  const step = worstStep(program);
  return {
    level,
    instructions: program.instructions.length,
    registration: forecastRegistration(program),
    worstStep: step,
    dispute: {
      l1: disputeGas([level], step, "oracle"),
      // A span of up to 16 batches, of which one is disputed.
      l2: disputeGas([1, LIMIT.BATCH_LEVEL, level], step, "outputs"),
    },
    call: forecastCall(model, LIMIT.BATCH_GAS),
  };
}

const drawReport = (file: string, report: Report): string[] => [
  columns([
    ["operator", "count", ""],
    ...report.operators.map((o) => [
      o.type,
      String(o.count),
      o.supported ? "" : `not supported${o.why ? `: ${o.why}` : ""}`,
    ]),
  ]),
  "",
  ...report.inputs.map((t) => `input   ${t.name}  ${t.dtype} ${describeShape(t.shape)}`),
  ...report.assumed.map((name) => `        ${name} is assumed to be 1: give --dim ${name}=N for another size`),
  ...report.outputs.map((t) => `output  ${t.name}  ${t.dtype} ${describeShape(t.shape)}`),
  ...report.errors.map((error) => `error   ${file}: ${error}`),
];

const drawForecast = (
  { steps, flops, bytes }: Report,
  { level, instructions, registration, worstStep, dispute, call }: Forecast,
): string[] => [
  columns([
    ["steps", `${steps}`, `of ${instructions} instructions; a dispute has level ${level}`],
    ["FLOPs", `${flops}`],
    ["memory", `${bytes}`, "bytes"],
    ...drawRegistration(registration),
    ["price", `${call.price}`, "gas for each run that an L2 contract calls"],
    ["dispute", `${dispute.l1.total}`, `gas at most for both sides, on L1: ${drawDispute(dispute.l1)}`],
    ["", `${dispute.l2.total}`, `gas at most for both sides, inside an L2 batch: ${drawDispute(dispute.l2)}`],
    ["its step", `${dispute.l1.step}`, `gas at most: instruction ${worstStep.pc}, ${worstStep.bytes} bytes of witness`],
  ]),
];

const drawRegistration = (registration: RegistrationForecast): string[][] =>
  "refused" in registration
    ? [["register", "-", `not possible: ${registration.refused}`]]
    : [["register", `${registration.gas}`, `gas (about) in ${registration.transactions.length} transactions`]];

const drawDispute = ({ claims, argument, step, settlement }: DisputeGas): string =>
  `${claims} claims ${argument}, the step ${step}, settlement ${settlement}`;

/** Requests on L1 can use any registered model; a contract on L2 can call only models with one input and one output. */
function verdict({ ok }: Report, forecast: Forecast | null): string {
  if (!ok || !forecast) return "not supported";
  if ("refused" in forecast.registration)
    return "supported, but it cannot be registered on L1, so it cannot be disputed";
  const { obstacles } = forecast.call;
  return obstacles.length === 0
    ? "supported"
    : `supported on L1; contracts on L2 cannot call it: ${obstacles.join("; ")}`;
}

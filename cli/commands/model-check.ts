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
      "what a model needs, and what it will cost, before any work: operators, shapes, steps, memory, gas (exit code 1: it is not supported)",
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

/** What a supported model will cost. */
interface Forecast {
  /** Of a game about one inference. */
  readonly level: number;
  readonly instructions: number;
  readonly registration: RegistrationForecast;
  /** Of the dearest step. */
  readonly worstStep: StepBound;
  /** At most, of an inference asked for on L1, and of one inside a batch of L2. */
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
    dispute: { l1: disputeGas([level], step), l2: disputeGas([LIMIT.BATCH_LEVEL, level], step) },
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
  ...report.assumed.map((name) => `        ${name} is 1: give --dim ${name}=N for another size`),
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
    ["price", `${call.price}`, "gas for each run that a contract on L2 asks for"],
    ["dispute", `${dispute.l1.total}`, `gas at most, both sides, on L1: ${drawDispute(dispute.l1)}`],
    ["", `${dispute.l2.total}`, `gas at most, inside a batch of L2: ${drawDispute(dispute.l2)}`],
    ["its step", `${dispute.l1.step}`, `gas at most: instruction ${worstStep.pc}, ${worstStep.bytes} bytes of witness`],
  ]),
];

const drawRegistration = (registration: RegistrationForecast): string[][] =>
  "refused" in registration
    ? [["register", "-", `not possible: ${registration.refused}`]]
    : [["register", `${registration.gas}`, `gas, about, in ${registration.transactions.length} transactions`]];

const drawDispute = ({ claims, argument, step, resolution }: DisputeGas): string =>
  `${claims} claims ${argument}, the step ${step}, settlement ${resolution}`;

/** An inference on L1 takes any model that can be registered; a contract on L2 hands over one tensor and gets one back. */
function verdict({ ok }: Report, forecast: Forecast | null): string {
  if (!ok || !forecast) return "not supported";
  if ("refused" in forecast.registration)
    return "supported, but it cannot be registered on L1: no game can be about it";
  const { obstacles } = forecast.call;
  return obstacles.length === 0
    ? "supported"
    : `supported on L1; contracts on L2 cannot call it: ${obstacles.join("; ")}`;
}

import { BaseError } from "viem";

/** An endpoint that is not to be asked now. */
export class EndpointError extends BaseError {
  override name = "EndpointError";
}

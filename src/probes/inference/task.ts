// The joint between a kind whose services have models and what asks them: the kind knows how a model is asked, the
// scheduler owns times, deadline and results.

import type {
  InferenceFailureReason,
  InferenceMeasurement,
  InferenceSkip,
  InferenceTest,
} from '../../model/inference.js';
import type { Millis } from '../../model/time.js';
import type { Connections } from '../http/connections.js';
import type { Attempt, Probe } from '../probe.js';

/** One model that is asked again and again. Two of one host are never asked at once. */
export interface InferenceTask {
  readonly test: InferenceTest;
  /** Undefined while it is not known: then the server has not listed its models yet, and there is nothing to ask. */
  readonly model: string | undefined;
  /** Name of the machine; its models take each other's time. */
  readonly host: string;
  readonly interval: Millis;
  readonly timeout: Millis;
  /** Asks once. @throws InferenceFailure, InferenceSkipped, ProbeFailure */
  run(context: InferenceContext): Promise<InferenceMeasurement>;
}

/** A probe of a service that has models. */
export interface ModelProbe extends Probe {
  /** Questions to the models, which are asked beside the checks; always the same objects. */
  readonly inferences: readonly InferenceTask[];
}

/** A probe's questions to models; none of a service without models. */
export function inferencesOf(probe: Probe): readonly InferenceTask[] {
  return (probe as Partial<ModelProbe>).inferences ?? [];
}

export interface InferenceContext {
  /** Ends with the deadline; connections are registered there. */
  readonly attempt: Attempt;
  /** Apart from the checks' connections, which must not wait for a place that a long answer holds. */
  readonly connections: Connections;
}

/** The model does not answer as it should; what was measured until then is kept. */
export class InferenceFailure extends Error {
  readonly reason: InferenceFailureReason;
  readonly measured: InferenceMeasurement;

  constructor(reason: InferenceFailureReason, message: string, measured: InferenceMeasurement = {}) {
    super(message);
    this.name = 'InferenceFailure';
    this.reason = reason;
    this.measured = measured;
  }
}

/** The model was not asked, and for good reason. */
export class InferenceSkipped extends Error {
  readonly reason: InferenceSkip;

  constructor(reason: InferenceSkip) {
    super(reason);
    this.name = 'InferenceSkipped';
    this.reason = reason;
  }
}

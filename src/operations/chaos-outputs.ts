import { findExperiment } from '../chaos/experiments/index.js';
import { worstOf } from '../chaos/verdict.js';
import { worstIn } from '../journal/client-series.js';
import type { ExperimentRecord, MeasurementRecord } from '../journal/experiment-record.js';
import type { Context } from '../step-context/context.js';

/**
 * Sets the outputs to the worst values of all series that the experiments have measured so far; values that were not
 * measured stay empty. Experiments that make the cluster unavailable on purpose do not count.
 */
export function setChaosOutputs({ ports }: Context, records: readonly ExperimentRecord[]): void {
  const { outputs } = ports;
  outputs.set('verdict', worstOf(records.map(({ verdict }) => verdict)));
  const measured = records
    .filter(({ name }) => !findExperiment(name)?.unavailable)
    .flatMap(record => record.measurement ?? []);
  const worst = (name: string, values: readonly (number | null | undefined)[], pick = Math.max): void => {
    const known = values.filter(value => typeof value === 'number');
    if (known.length > 0) outputs.set(name, pick(...known));
  };
  const each = <T>(read: (measurement: MeasurementRecord) => T): readonly T[] => measured.map(read);
  worst(
    'outage-ms',
    each(measurement => worstIn(measurement, 'outageMs')?.value),
  );
  worst(
    'degraded-ms',
    each(measurement => worstIn(measurement, 'degradedMs')?.value),
  );
  worst(
    'recovery-ms',
    each(({ milestones }) => milestones.recoveryMs),
  );
  worst(
    'availability',
    each(measurement => worstIn(measurement, 'availability')?.value),
    Math.min,
  );
  worst(
    'lost-messages',
    each(({ messages }) => (messages?.readings && messages.notJudged === undefined ? messages.lost : undefined)),
  );
}

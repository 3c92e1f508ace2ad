import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivityLog } from './activity-log.js';
import { ArmError, type Failure, failureBody, type Json, type OperationTrouble } from './messages.js';
import type { Settings } from './settings.js';

export type Outcome =
  | { readonly status: 'Succeeded'; readonly result: Json | undefined }
  | { readonly status: 'Failed' | 'Canceled'; readonly error: Failure };

export interface OperationPlan {
  readonly resourceId: string;
  /** The action in the activity log, such as `Microsoft.ContainerService/managedClusters/write`. */
  readonly action: string;
  /** The statuses while it runs, in order. Only Succeeded, Failed and Canceled end it for a client. */
  readonly stages?: readonly string[];
  readonly trouble: OperationTrouble | undefined;
  /** Returns the body of the result after the effect, if the operation has one. */
  readonly result?: () => Json;
  /** Makes the change, when the time of the operation is over. */
  effect(): Promise<void>;
  /** Records the outcome in the resource. */
  settle(outcome: Outcome): void;
}

export interface Operation {
  readonly id: string;
  readonly outcome: Outcome | undefined;
  /** Resolves when the operation has ended with any outcome. */
  readonly settled: Promise<void>;
  /** Ends the operation as Canceled. A running effect completes first. */
  cancel(reason: Failure): void;
  /** Returns the status as a client polls it. */
  status(): Json;
}

export interface Operations {
  start(plan: OperationPlan): Operation;
  find(id: string): Operation | undefined;
  /** Resolves when no operation runs. */
  idle(): Promise<void>;
  /** Cancels the running operations and waits until all have ended. */
  stop(): Promise<void>;
}

/** Manages the long-running operations. `report` gets the reason when an effect fails without a fault. */
export function createOperations(
  settings: Settings,
  activity: ActivityLog,
  report: (problem: string) => void,
): Operations {
  const operations = new Map<string, Operation>();
  const unsettled = (): readonly Operation[] => [...operations.values()].filter(({ outcome }) => outcome === undefined);
  return {
    start(plan) {
      const operation = run(plan, plan.trouble?.lroMs ?? settings.lroMs, activity, report);
      operations.set(operation.id, operation);
      return operation;
    },
    find: id => operations.get(id),
    async idle() {
      // An operation that ends may have started another.
      for (let running = unsettled(); running.length > 0; running = unsettled()) {
        await Promise.all(running.map(({ settled }) => settled));
      }
    },
    async stop() {
      for (const operation of operations.values()) operation.cancel({ code: 'Stopped', message: 'The stand-in ends.' });
      await Promise.all([...operations.values()].map(({ settled }) => settled));
    },
  };
}

function run(plan: OperationPlan, lroMs: number, activity: ActivityLog, report: (problem: string) => void): Operation {
  const { stages = ['InProgress'], trouble, resourceId, action } = plan;
  const id = randomUUID();
  const startedAt = new Date();
  const canceled = new AbortController();
  let endedAt: Date | undefined;
  let polls = 0;
  let outcome: Outcome | undefined;

  async function end(): Promise<Outcome> {
    try {
      if (trouble?.gate) await passGate(trouble.gate, canceled.signal);
      await sleep(lroMs, undefined, { signal: canceled.signal });
      if (trouble?.failure) return { status: 'Failed', error: trouble.failure };
      await plan.effect();
      canceled.signal.throwIfAborted();
      return { status: 'Succeeded', result: plan.result?.() };
    } catch (error) {
      if (canceled.signal.aborted) return { status: 'Canceled', error: canceled.signal.reason as Failure };
      if (error instanceof ArmError) return { status: 'Failed', error };
      report(`${action} of ${resourceId}: ${String(error)}`);
      return { status: 'Failed', error: { code: 'InternalOperationError', message: String(error) } };
    }
  }

  activity.record({ resourceId, action, correlationId: id, status: 'Started' });
  const settled = end().then(reached => {
    outcome = reached;
    endedAt = new Date();
    plan.settle(reached);
    const failure = reached.status === 'Succeeded' ? undefined : reached.error;
    activity.record({ resourceId, action, correlationId: id, status: failure ? 'Failed' : 'Succeeded', failure });
  });

  return {
    id,
    get outcome() {
      return outcome;
    },
    settled,
    cancel: reason => {
      if (!outcome) canceled.abort(reason);
    },
    status() {
      const progress = Math.min(0.999, (Date.now() - startedAt.getTime()) / Math.max(1, lroMs));
      // The first poll always sees the first stage, however late it comes.
      const stage = Math.min(polls++, Math.floor(progress * stages.length));
      const status = outcome?.status ?? stages[stage];
      const times = { startTime: startedAt.toISOString(), ...(endedAt && { endTime: endedAt.toISOString() }) };
      const shown = { name: id, status, ...times };
      if (!outcome) return shown;
      if (outcome.status !== 'Succeeded') return { ...shown, error: failureBody(outcome.error) };
      return outcome.result ? { ...shown, properties: { output: outcome.result } } : shown;
    },
  };
}

async function passGate(gate: NonNullable<OperationTrouble['gate']>, signal: AbortSignal): Promise<void> {
  gate.arrive();
  signal.throwIfAborted();
  const left = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new Error('canceled at the gate'));
      },
      { once: true, signal: left.signal },
    );
  });
  try {
    await Promise.race([gate.opened, aborted]);
  } finally {
    left.abort();
  }
}

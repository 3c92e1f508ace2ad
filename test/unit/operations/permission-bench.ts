import { toActionError } from '../../../src/errors/action-error.js';
import type { CallRecord } from '../../../src/journal/model.js';
import type { AccessRule } from '../../../src/kubernetes/api/access-rule.js';
import type { Request } from '../../../src/operations/index.js';
import { undoEntry } from '../../../src/step-context/undo-entry.js';
import { type AccessNeed, accessNeedOf, grants } from '../../support/permitted.js';
import type { Given } from '../inputs/read.js';
import { type Received, refuse } from '../kubernetes/fake-cluster.js';
import { OperationBench } from './support.js';

/** A way to run an operation in which it needs permissions that it does not always need. */
export interface Variant {
  readonly operation: Request['operation'];
  readonly given: Given;
  /** The inputs of the deployment that is there before; undefined without one. */
  readonly deployed?: Given;
  readonly prepare?: (bench: OperationBench) => void | Promise<void>;
}

/** What a run showed. */
export interface Shown {
  readonly needs: readonly AccessNeed[];
  /** The texts that a user gets: the error of the step, its warnings and files, and what its post phase could not undo. */
  readonly told: string;
}

/** Runs an operation as an account without one permission, if `refused` names one. */
export async function runVariant(
  { operation, given, deployed, prepare }: Variant,
  refused?: AccessRule,
): Promise<Shown> {
  await using bench =
    deployed === undefined
      ? await OperationBench.start(operation)
      : await OperationBench.onDeployment(operation, deployed);
  await prepare?.(bench);
  const { cluster, context } = bench;
  const needs: AccessNeed[] = [];
  cluster.scripts.unshift((received, response) => {
    const asked = needsOf(received, cluster.get(received.path) !== undefined);
    needs.push(...asked);
    const missing = refused && asked.find(need => grants(refused, need));
    if (missing === undefined) return false;
    refuse(response, 403, 'Forbidden', { message: messageOf(missing) });
    return true;
  });
  const texts: string[] = [];
  const error = await bench.run(operation, given);
  if (error !== undefined) texts.push(error.message, error.evidence, error.hint);
  const { warnings, errors } = context.journal.report;
  texts.push(...warnings, ...errors.map(({ message }) => message), ...bench.files.texts.values());
  for (const entry of context.undoLog.open().filter(({ kind }) => kind !== 'file')) {
    await undoEntry(context, entry).catch((reason: unknown) => texts.push(toActionError(reason).message));
  }
  return { needs, told: texts.join('\n') };
}

/** An apply of an object that does not exist is a creation as well. */
function needsOf({ method, path, query, contentType }: Received, exists: boolean): readonly AccessNeed[] {
  const call: Pick<CallRecord, 'method' | 'path'> = { method, path: `${path}?${query.toString()}` };
  const need = accessNeedOf(call);
  if (need === undefined) return [];
  const creates = contentType.startsWith('application/apply-patch') && !exists;
  return creates ? [need, { ...need, verb: 'create' }] : [need];
}

/** The message of the API server; see "forbidden" in its package handlers/responsewriters. */
export function messageOf({ scope, group, resource, verb, name }: AccessNeed): string {
  const [plural = ''] = resource.split('/');
  const object = name === '' ? plural : `${plural} "${name}"`;
  const where =
    scope === 'cluster' ? 'at the cluster scope' : `in the namespace "${scope === 'deployment' ? 'ns' : scope}"`;
  const user = 'system:serviceaccount:ci:deployer';
  return `${object} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

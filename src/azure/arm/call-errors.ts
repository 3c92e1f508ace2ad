import { ActionError, hasCode } from '../../errors/action-error.js';
import { formatDuration } from '../../runtime/duration.js';
import { onlyResult } from '../../runtime/program-output.js';
import { clipEnd, toOneLine } from '../../runtime/text.js';
import type { AzureCall } from './call.js';

/**
 * Parses the output of a call as JSON, and nothing else: what a wrapper of az prints around it may look like a value.
 * @throws ActionError `command-failed` when the output is not JSON, or `parse` rejects it.
 */
export function parseOutput<T>(call: AzureCall, output: string, parse: (json: unknown) => T): T {
  const isSecret = call.isSecret === true;
  try {
    return parse(JSON.parse(output));
  } catch (cause) {
    const isJson = !(cause instanceof SyntaxError);
    const source = 'tool' in call ? 'the output of az' : 'the response of Azure';
    const found = isSecret ? '' : `; it begins with "${clipEnd(toOneLine(output), shownLength)}"`;
    const fault = isJson ? 'has an unexpected format' : output.trim() === '' ? 'is empty' : `is not JSON${found}`;
    const hint = isJson || !('tool' in call) ? {} : { hint: onlyResult(call.tool) };
    // The cause has a part of the output too.
    const evidence = isSecret ? {} : { evidence: output.slice(0, 2000), cause };
    throw new ActionError('command-failed', `Could not ${call.why}: ${source} ${fault}.`, { ...hint, ...evidence });
  }
}

const shownLength = 100;

/** Returns what a read resolves with; undefined when the resource or its resource group does not exist. */
export async function unlessAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, 'azure-not-found')) return undefined;
    throw error;
  }
}

/** Returns the error of an operation that has not ended after `limitMs` milliseconds. */
export function unfinishedError(why: string, limitMs: number, last: ActionError | undefined): ActionError {
  const message = `Could not ${why}: Azure accepted the request, but has not finished after ${formatDuration(limitMs)}.`;
  return new ActionError('command-timeout', message, { evidence: last?.message ?? '' });
}

/**
 * Returns the error of a login that needs more claims; the hint has the command that gets them. See "Continuous access
 * evaluation" in the Microsoft Entra documentation.
 */
export function claimsError({ message, evidence }: ActionError, claims: string): ActionError {
  const hint = `Log in again right before this step; for a user, run \`az login --claims-challenge ${claims}\`. Or set client-id and tenant-id, so that the action logs in itself.`;
  return new ActionError('azure-claims-challenge', message, { hint, evidence });
}

import { ActionError, hasCode } from '../errors/action-error.js';
import type { AzureCall } from './call.js';

/** Parses the output of a call as JSON. @throws ActionError `command-failed` when it is none, or `parse` rejects it. */
export function parseOutput<T>(call: AzureCall, output: string, parse: (json: unknown) => T): T {
  try {
    return parse(JSON.parse(output));
  } catch (cause) {
    const source = 'tool' in call ? 'the output of az' : 'the response of Azure';
    const message = `Could not ${call.why}: ${source} has an unexpected format.`;
    // The cause has a part of the output too.
    throw new ActionError(
      'command-failed',
      message,
      call.isSecret === true ? {} : { evidence: output.slice(0, 2000), cause },
    );
  }
}

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
  const minutes = Math.round(limitMs / 60_000);
  const message = `Could not ${why}: Azure accepted the request, but has not finished after ${minutes} minutes.`;
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

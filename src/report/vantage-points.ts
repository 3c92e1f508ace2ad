import type { MeasurementRecord } from '../journal/experiment-record.js';
import type { FailedPart, InsideRecord } from '../journal/series-record.js';
import { formatDuration } from '../runtime/duration.js';
import { limited } from './markdown.js';

const partNames: Readonly<Record<FailedPart, string>> = {
  runner: 'the runner',
  loadBalancer: 'the load balancer, or the way from it to the members',
  node: 'a lost node',
  member: 'a member',
  unknown: 'an unknown part, because no other vantage point told',
};

/** Returns what the other vantage points add to the failures of the first one: one sentence each. */
export function vantagePoints({ failedAt, answers, inside }: MeasurementRecord): readonly string[] {
  if (failedAt === undefined) return [];
  const found = (Object.keys(partNames) as readonly FailedPart[]).filter(part => failedAt[part] > 0);
  return [
    ...(found.length === 0
      ? []
      : [
          `Failed connections, by the part of the way: ${found.map(part => `${failedAt[part]} at ${partNames[part]}`).join(', ')}.`,
        ]),
    ...(answers === undefined ? [] : [memberAnswers(answers)]),
    ...(inside === undefined ? [] : [insideView(inside)]),
  ];
}

function memberAnswers(members: NonNullable<MeasurementRecord['answers']>): string {
  const silent = members.flatMap(({ name, outageMs }) =>
    outageMs === null || outageMs === 0 ? [] : [`${name} for ${formatDuration(outageMs)}`],
  );
  const unknown = members.flatMap(({ name, attempts, notAsked }) =>
    attempts > 0 ? [] : [`${name}${notAsked ? ` (${notAsked.reason})` : ''}`],
  );
  const told = [
    ...(silent.length === 0 ? [] : [`these members did not answer: ${silent.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`nothing is known of ${unknown.join(', ')}`]),
  ];
  return limited(`Through the API server, ${told.length === 0 ? 'all members answered' : told.join('; ')}.`);
}

function insideView({ node, attempts, failed, outageMs, resolutionMs, unseenMs }: InsideRecord): string {
  const outage =
    outageMs === null || outageMs === 0
      ? ''
      : `, nothing succeeded for up to ${formatDuration(outageMs)} ± ${formatDuration(resolutionMs)}`;
  const unseen = unseenMs === 0 ? '' : `; nothing is known of ${formatDuration(unseenMs)}`;
  return limited(
    `Inside the cluster, from node ${node}, ${failed} of ${attempts} connections failed${outage}${unseen}.`,
  );
}

import { describe, expect, it } from '@jest/globals';
import { renderGantt } from '../../../src/report/gantt.js';
import { renderSummary } from '../../../src/report/summary.js';
import { renderTimeline } from '../../../src/report/timeline-svg.js';
import {
  noClients,
  someExperiment,
  someInside,
  someMeasurement,
  someRepetition,
  someTimeline,
} from './experiment-sample.js';
import { emptyReport } from './samples.js';
import { parseXml } from './well-formed.js';

const summaryOf = (...experiments: Parameters<typeof someExperiment>[0][]): string =>
  renderSummary(emptyReport({ outcome: 'failure', experiments: experiments.map(someExperiment) }), '/reports');

describe('the summary of repeated experiments', () => {
  const runs = [1, 2].map(run => someExperiment({ run, verdict: 'pass' }));
  const summaryWith = (changes: Parameters<typeof someRepetition>[0] = {}): string =>
    renderSummary(emptyReport({ experiments: runs, repetitions: [someRepetition(changes)] }), '/reports');

  it('has one verdict for all runs, and says which do not count and why', () => {
    const text = summaryWith();
    expect(text).toContain('**Verdict:** drain **inconclusive** (2 of 4 runs count).');
    expect(text).toContain('| drain, run 1 | **✅ pass** |');
    expect(text).toContain('2 of 4 runs count; 1 not made.');
    expect(text).toContain('Run 2 does not count, because it was inconclusive: No conclusion is possible.');
    expect(text).toContain('Earlier report: 5 runs of it count.');
  });

  it('has median, worst and spread of each number beside those of the earlier report', () => {
    const text = summaryWith();
    expect(text).toContain('| outage | 1.5s | 2.0s | 1.0s to 2.0s | 400ms | 600ms | 200ms to 600ms | **worse** |');
    expect(text).toContain('| recovery | not measured |  |  | 400ms | 600ms | 200ms to 600ms | not compared |');
    expect(text).toContain('| availability | 98.5 % | 98 % | 99 % to 98 % |  |  |  |  |');
  });

  it('has nothing of an earlier report without one, and says why nothing is compared', () => {
    const { comparison, ...alone } = someRepetition();
    expect(comparison).toBeDefined();
    const report = emptyReport({ experiments: runs, repetitions: [alone] });
    expect(renderSummary(report, '/reports')).toContain('| Number | Median | Worst | Spread |\n');
    expect(summaryWith({ comparison: { counted: 1, numbers: {}, notCompared: 'too few' } })).toContain(
      'Earlier report: too few.',
    );
  });
});

describe('the summary of experiments', () => {
  it('starts with the verdict, and says what to do about each limit that was not met', () => {
    const text = summaryOf({});
    expect(text.split('\n').slice(0, 3).join('\n')).toContain('**Verdict:** drain **fail**.');
    expect(text).toContain('| 2.0s ± 210ms | 3.0s | 12s | 98.333 % | 0 of 112 |');
    expect(text).toMatch(/\*\*What to do:\*\* No client could connect for too long/);
    expect(text).toContain(
      'The fault took effect at 5.0s ± 20ms, as the acceptance of the first removal of a member shows.',
    );
    expect(text).toContain('Recovery of the service: 12s from the fault.');
    expect(text).toContain('Unavailable in total: connections 2 s, messages produced 1.9 s, messages read 0 s.');
    expect(text).toContain('Everything was as before 21s after the revert began.');
    expect(text).toContain(
      'Connections opened before the fault: 24 of 24, of which 7 were closed and 1 hung. These were connected again: 50 % after 300ms, 95 % after 2.4s, 99 % after 2.4s, all never, with at most 8 new connections in one second.',
    );
    expect(text).toContain('migratorydata-0 12m and 90m, migratorydata-1 14m and not read.');
    expect(text).toContain('Restarts of their containers: migratorydata-1 1.');
  });

  it('shows that message loss was not measured, and not 0', () => {
    const { messages, ...unmeasured } = someMeasurement();
    expect(messages).toBeDefined();
    expect(summaryOf({ measurement: unmeasured })).toContain('| 98.333 % | not measured |');
    const unread = someMeasurement({ messages: { ...messages, readings: 0 } as NonNullable<typeof messages> });
    expect(summaryOf({ measurement: unread })).toContain('| 98.333 % | not measured |');
    const unchecked = someMeasurement({ messages: { ...messages, unchecked: 7 } as NonNullable<typeof messages> });
    expect(summaryOf({ measurement: unchecked })).toContain('| 98.333 % | 0 of 112, 7 not checked |');
  });

  it('names the worst series, and shows that a number was not measured, and not 0', () => {
    const { read, probe } = someMeasurement();
    const worse = someMeasurement({ read: { ...read, outageMs: 9_000 } as NonNullable<typeof read> });
    expect(summaryOf({ measurement: worse })).toContain('| 9.0s ± 1.0s (messages read) | 3.0s |');
    const nothing = { outageMs: null, degradedMs: null, unavailableSeconds: null, availability: null };
    const { produced, read: none, ...connections } = someMeasurement({ probe: { ...probe, ...nothing, attempts: 0 } });
    expect([produced, none]).not.toContain(undefined);
    expect(summaryOf({ measurement: connections })).toContain('| not measured | not measured | 12s | not measured |');
  });

  it('shows at which part of the way connections failed, where both vantage points were measured', () => {
    const { probe } = someMeasurement();
    const failedAt = { runner: 0, node: 8, member: 0, loadBalancer: 2, unknown: 0 };
    const text = summaryOf({
      measurement: someMeasurement({
        failedAt,
        answers: [
          { ...probe, name: 'm-0', outageMs: 0 },
          { ...probe, name: 'm-1' },
        ],
      }),
    });
    expect(text).toContain(
      'Failed connections, by the part of the way: 2 at the load balancer, or the way from it to the members, 8 at a lost node.',
    );
    expect(text).toContain('Through the API server, these members did not answer: m-1 for 2.0s.');
    expect(summaryOf({})).not.toContain('by the part of the way');
  });

  it('names the members that the API server could not ask, and does not say that they answered', () => {
    const { probe } = someMeasurement();
    const failedAt = { runner: 0, node: 0, member: 0, loadBalancer: 0, unknown: 0 };
    const notAsked = { attempts: 21, reason: 'etcdserver: no leader' };
    const unknown = { ...probe, name: 'm-1', attempts: 0, failed: 0, outageMs: null, notAsked };
    const said = (outageMs: number): string =>
      summaryOf({
        measurement: someMeasurement({ failedAt, answers: [{ ...probe, name: 'm-0', outageMs }, unknown] }),
      });
    expect(said(0)).toContain('Through the API server, nothing is known of m-1 (etcdserver: no leader).');
    expect(said(2_000)).toContain(
      'Through the API server, these members did not answer: m-0 for 2.0s; nothing is known of m-1 (etcdserver: no leader).',
    );
  });

  it('says what a probe inside the cluster saw, and of how long nothing is known', () => {
    const failedAt = { runner: 0, node: 0, member: 0, loadBalancer: 0, unknown: 0 };
    expect(summaryOf({ measurement: someMeasurement({ failedAt, inside: someInside }) })).toContain(
      'Inside the cluster, from node aks-1, 2 of 21 connections failed, nothing succeeded for up to 2.0s ± 1.0s; nothing is known of 4.0s.',
    );
  });

  it('shows that clients were not measured without persistent connections, and not 0', () => {
    const text = summaryOf({ measurement: someMeasurement({ clients: noClients }) });
    expect(text).toContain('Connections opened before the fault: not measured, because the server closes them.');
  });

  it('names slow connections, if there are any', () => {
    const { probe } = someMeasurement();
    expect(summaryOf({})).not.toContain('took 1 s or more');
    expect(summaryOf({ measurement: someMeasurement({ probe: { ...probe, slow: 5 } }) })).toContain(
      'Connections that took 1 s or more: 5.',
    );
  });

  it('shows validity issues and what was not reverted', () => {
    const text = summaryOf({
      measurement: someMeasurement({ doubts: ['the watch of kind Pod received nothing for 900 ms'] }),
      putBack: { done: false, did: [], left: ['node a was not uncordoned: no answer'] },
    });
    expect(text).toContain('**Validity issue:** the watch of kind Pod received nothing');
    expect(text).toContain('**Not reverted:** node a was not uncordoned');
  });
});

describe('the gantt', () => {
  it('has the phases, the outage, and the lanes with changes', () => {
    const text = renderGantt(someExperiment());
    expect(text).toContain('  fault injected :crit, 5000, 6000');
    expect(text).toContain('  section Clients\n  no connection :crit, 6000, 8000');
    expect(text).toContain('  section member migratorydata-0');
    expect(text).toContain('  cordoned :active, 4800, 12000');
  });

  it('has space for names before the bars, and keeps the end of long names', () => {
    const lane = { kind: 'node', name: 'aks-nodepool1-42201815-vmss000001', target: true, states: [] } as const;
    const states = [{ state: 'cordoned', fromMs: 0, toMs: 9 }] as const;
    const text = renderGantt(someExperiment({ timeline: { ...someTimeline, lanes: [{ ...lane, states }] } }));
    expect(text).toContain('%%{init: {"gantt":{"leftPadding":150}}}%%');
    expect(text).toContain('  section node …1815-vmss000001\n');
  });

  it('removes mermaid syntax from names', () => {
    expect(renderGantt(someExperiment({ name: 'a:b;c#d\n%%e' }))).toContain('title a b c d e');
  });

  it('is empty without a measurement', () => {
    expect(renderGantt({ name: 'drain' })).toBe('');
  });
});

describe('the timeline picture', () => {
  it('keeps the end of long names, which distinguishes nodes', () => {
    const name = `aks-${'x'.repeat(60)}-42201815-vmss000001`;
    const lanes = [{ kind: 'node', name, target: true, states: [] }] as const;
    expect(renderTimeline(someExperiment({ timeline: { ...someTimeline, lanes } }))).toMatch(
      / class="name">node …x+-42201815-vmss000001 \(target\)<\/text>/,
    );
  });

  const svg = renderTimeline(someExperiment({ reason: 'a < b & "c"' })) ?? '';
  const elements = (kind: string): number => svg.split(`class="${kind}"`).length - 1;

  it('is well-formed, has no external resources, and has a description', () => {
    const root = parseXml(svg.replace(/<style>[\s\S]*<\/style>/, ''));
    expect(root.name).toBe('svg');
    expect(root.attributes['role']).toBe('img');
    expect(svg).not.toMatch(/<script|href|@import|url\(/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('a &lt; b &amp; "c"');
  });

  it('shows the fault, the outage, gaps and all states', () => {
    expect(elements('fault')).toBe(1);
    expect(elements('outage')).toBe(1);
    // One in the lanes, one in the legend.
    expect([elements('hole'), elements('cordoned')]).toEqual([2, 2]);
    // 10 attempts, a lost message, the outage and its limit, and one in the legend.
    expect(elements('failed')).toBe(13);
  });

  it('draws every series that was measured, the clients, the messages, and each limit as a line', () => {
    for (const name of [
      'connections',
      'messages produced',
      'messages read',
      'clients connected',
      'messages in flight',
    ]) {
      expect(svg).toContain(`>${name}</text>`);
    }
    expect(svg).toContain('>24 of 24: 7 closed, 1 hung</text>');
    const inside = { name: 'inside the cluster', attempts: [[0, 3, 1]] } as const;
    const measurement = someMeasurement({ inside: someInside });
    const more = renderTimeline(someExperiment({ measurement, timeline: { ...someTimeline, series: [inside] } })) ?? '';
    expect(more).toMatch(/>inside the cluster<\/text>\n.*>outage 2.0s/);
    // The limit in the outage, and those of the two limits that were judged.
    expect(elements('limit')).toBe(3);
    expect(svg).toMatch(/>outage 2.0s<.*\n.*>at most 1.0s</);
  });

  it('never hides a failure behind successes at the same position', () => {
    const attempts = Array.from({ length: 30_000 }, (_, index) => [index, 3, index === 15_000 ? 0 : 1] as const);
    const crowded =
      renderTimeline(someExperiment({ timeline: { ...someTimeline, series: [{ name: 'connections', attempts }] } })) ??
      '';
    // One column, the lost message, the outage and its limit, the legend.
    expect(crowded.split('class="failed"')).toHaveLength(1 + 4);
    expect(crowded.length).toBeLessThan(100_000);
  });

  it('is empty without a measurement', () => {
    const { timeline, ...rest } = someExperiment();
    expect(timeline).toBeDefined();
    expect(renderTimeline(rest)).toBeUndefined();
  });
});

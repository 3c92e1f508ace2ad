import { describe, expect, it } from '@jest/globals';
import { renderGantt } from '../../../src/report/gantt.js';
import { renderSummary } from '../../../src/report/summary.js';
import { renderTimeline } from '../../../src/report/timeline-svg.js';
import { someExperiment, someMeasurement, someTimeline } from './experiment-sample.js';
import { emptyReport } from './samples.js';
import { parseXml } from './well-formed.js';

const summaryOf = (...experiments: Parameters<typeof someExperiment>[0][]): string =>
  renderSummary(emptyReport({ outcome: 'failure', experiments: experiments.map(someExperiment) }), '/reports');

describe('the summary of experiments', () => {
  it('begins with the verdict, and says what to do about each limit that was broken', () => {
    const text = summaryOf({});
    expect(text.split('\n').slice(0, 3).join('\n')).toContain('**Verdict:** drain **fail**.');
    expect(text).toContain('| 2.0s ± 210ms | 2.0s (100 % failed) | 12s | 93.333 % | 0 of 112 |');
    expect(text).toMatch(/\*\*What to do:\*\* No client could connect for too long/);
    expect(text).toContain('Connections that were open: 24, of which 8 were closed and 0 hung.');
  });

  it('says that message loss was not measured, and never 0', () => {
    const { messages, ...unmeasured } = someMeasurement();
    expect(messages).toBeDefined();
    expect(summaryOf({ measurement: unmeasured })).toContain('| 93.333 % | not measured |');
    const unread = someMeasurement({ messages: { ...messages, readings: 0 } as NonNullable<typeof messages> });
    expect(summaryOf({ measurement: unread })).toContain('| 93.333 % | not measured |');
    const unchecked = someMeasurement({ messages: { ...messages, unchecked: 7 } as NonNullable<typeof messages> });
    expect(summaryOf({ measurement: unchecked })).toContain('| 93.333 % | 0 of 112, 7 not checked |');
  });

  it('says that connections were not measured where none stay, and never 0', () => {
    const text = summaryOf({ measurement: someMeasurement({ sessions: { opened: null, broken: null, hung: null } }) });
    expect(text).toContain('Connections that were open: not measured.');
  });

  it('shows doubts and what is left', () => {
    const text = summaryOf({
      measurement: someMeasurement({ doubts: ['the watch of kind Pod saw nothing for 900 ms'] }),
      putBack: { done: false, did: [], left: ['node a is to be uncordoned: no answer'] },
    });
    expect(text).toContain('**Doubt:** the watch of kind Pod saw nothing');
    expect(text).toContain('**Left:** node a is to be uncordoned');
  });
});

describe('the gantt', () => {
  it('has the phases, the outage, and what changed', () => {
    const text = renderGantt(someExperiment());
    expect(text).toContain('  fault begins :crit, 5000, 6000');
    expect(text).toContain('  section Clients\n  no connection :crit, 6000, 8000');
    expect(text).toContain('  section member migratorydata-0');
    expect(text).toContain('  cordoned :active, 4800, 12000');
  });

  it('leaves room for names before the bars, and keeps the end of long ones', () => {
    const lane = { kind: 'node', name: 'aks-nodepool1-42201815-vmss000001', target: true, states: [] } as const;
    const states = [{ state: 'cordoned', fromMs: 0, toMs: 9 }] as const;
    const text = renderGantt(someExperiment({ timeline: { ...someTimeline, lanes: [{ ...lane, states }] } }));
    expect(text).toContain('%%{init: {"gantt":{"leftPadding":150}}}%%');
    expect(text).toContain('  section node …1815-vmss000001\n');
  });

  it('keeps the structure of mermaid out of names', () => {
    expect(renderGantt(someExperiment({ name: 'a:b;c#d\n%%e' }))).toContain('title a b c d e');
  });

  it('is nothing where nothing was measured', () => {
    expect(renderGantt({ name: 'drain' })).toBe('');
  });
});

describe('the timeline picture', () => {
  it('keeps the end of long names, which tells nodes apart', () => {
    const name = 'aks-nodepool1-42201815-vmss000001';
    const lanes = [{ kind: 'node', name, target: true, states: [] }] as const;
    expect(renderTimeline(someExperiment({ timeline: { ...someTimeline, lanes } }))).toContain(
      'class="target">node …1815-vmss000001</text>',
    );
  });

  const svg = renderTimeline(someExperiment({ reason: 'a < b & "c"' })) ?? '';
  const elements = (kind: string): number => svg.split(`class="${kind}"`).length - 1;

  it('is well-formed, for itself, and told in words as well', () => {
    const root = parseXml(svg.replace(/<style>[\s\S]*<\/style>/, ''));
    expect(root.name).toBe('svg');
    expect(root.attributes['role']).toBe('img');
    expect(svg).not.toMatch(/<script|href|@import|url\(/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('a &lt; b &amp; "c"');
  });

  it('shows fault, outage, holes and every state', () => {
    expect(elements('fault')).toBe(1);
    expect(elements('outage')).toBe(1);
    expect(elements('hole')).toBe(1);
    expect(elements('failed')).toBe(10);
    // One in the lane, one in the legend.
    expect(elements('cordoned')).toBe(2);
  });

  it('never hides a failure behind successes at the same place', () => {
    const attempts = Array.from({ length: 30_000 }, (_, index) => [index, 3, index === 15_000 ? 0 : 1] as const);
    const crowded = renderTimeline(someExperiment({ timeline: { ...someTimeline, attempts } })) ?? '';
    expect(crowded.split('class="failed"')).toHaveLength(2);
    expect(crowded.length).toBeLessThan(100_000);
  });

  it('is nothing where nothing was measured', () => {
    const { timeline, ...rest } = someExperiment();
    expect(timeline).toBeDefined();
    expect(renderTimeline(rest)).toBeUndefined();
  });
});

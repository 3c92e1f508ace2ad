import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  boolean,
  choice,
  duration,
  integer,
  type Parsed,
  percentage,
  webAddress,
  writeDuration,
} from '../../../src/inputs/parsers.js';
import { editDistance, findNearest } from '../../../src/inputs/spelling.js';

function valueOf<T>(parsed: Parsed<T>): T | undefined {
  return parsed.ok ? parsed.value : undefined;
}

describe('duration', () => {
  const anyDuration = duration('0s', '120h');

  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1h1m1s1ms', 3_661_001],
    ['200ms', 200],
    ['0s', 0],
    ['120h', 432_000_000],
  ])('reads %s', (text, ms) => {
    expect(valueOf(anyDuration(text))).toBe(ms);
  });

  it.each(['', '90', '1.5h', '-1m', '10 m', '30m1h', '5x', '1H', 'm', '121h', '1h1h'])('refuses %j', text => {
    expect(anyDuration(text).ok).toBe(false);
  });

  it('names its bounds', () => {
    expect(duration('4m', '100m')('3m59s')).toMatchObject({ ok: false, rule: 'must be from 4m to 100m' });
  });

  it('reads back whatever writeDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 * 3_600_000 }), ms => {
        expect(valueOf(anyDuration(writeDuration(ms)))).toBe(ms);
      }),
    );
  });
});

describe('boolean', () => {
  it.each(['true', 'True', 'TRUE'])('takes %s as true', text => {
    expect(valueOf(boolean(text))).toBe(true);
  });
  it.each(['false', 'False', 'FALSE'])('takes %s as false', text => {
    expect(valueOf(boolean(text))).toBe(false);
  });
  it.each(['yes', '1', 'tRUE', 'on', 'constructor', ''])('refuses %j', text => {
    expect(boolean(text).ok).toBe(false);
  });
});

describe('integer', () => {
  it.each(['0', '11', '3.0', '1e1', '-3', '+3', '0x3', ' 3', 'three', ''])('refuses %j between 1 and 10', text => {
    expect(integer(1, 10)(text).ok).toBe(false);
  });

  it('accepts exactly the numbers within the bounds', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (min, max, value) => {
        expect(integer(min, max)(String(value)).ok).toBe(value >= min && value <= max);
      }),
    );
  });
});

describe('percentage', () => {
  it.each([
    ['0', 0],
    ['99.95', 99.95],
    ['100', 100],
  ])('reads %s', (text, value) => {
    expect(valueOf(percentage(text))).toBe(value);
  });
  it.each(['95%', '100.1', '-1', '.5'])('refuses %s', text => {
    expect(percentage(text).ok).toBe(false);
  });
});

describe('choice', () => {
  it('suggests the nearest word', () => {
    expect(choice(['public', 'internal'])('pubilc')).toMatchObject({ remedy: 'did you mean public' });
  });
  it('lists the words when none is near', () => {
    expect(choice(['public', 'internal'])('ingress')).toMatchObject({
      rule: 'must be one of public, internal',
      remedy: 'choose one of these',
    });
  });
});

describe('webAddress', () => {
  it.each(['https://push.example.com', 'http://10.0.0.1:8800/health'])('accepts %s', text => {
    expect(webAddress(text).ok).toBe(true);
  });
  it.each(['push.example.com', 'ftp://example.com', '//example.com'])('refuses %s', text => {
    expect(webAddress(text).ok).toBe(false);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['replicas', 'replica', 1],
    ['replcias', 'replicas', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('is zero for equal texts and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('findNearest', () => {
  it.each([
    ['resource_group', 'resource-group'],
    ['Replicas', 'replicas'],
    ['something-else', undefined],
  ])('finds for %s: %s', (word, nearest) => {
    expect(findNearest(word, ['replicas', 'resource-group'])).toBe(nearest);
  });
});

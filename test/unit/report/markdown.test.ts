import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { code, inline, paragraph } from '../../../src/report/markdown.js';

/** Returns what a reader sees. */
const shown = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_, decimal: string) => String.fromCharCode(Number(decimal))).replaceAll('\u200b', '');

const links = [
  [
    'an issue of another repository',
    'https://github.com/other/repo/issues/1',
    'https:&#8203;//github.com/other/repo/issues/1',
  ],
  ['an address without a scheme', 'see www.example.com', 'see www&#8203;.example.com'],
  ['a mail address', 'ask me@example.com', 'ask me@&#8203;example.com'],
  ['a mention', '(@acme/team)', '(@&#8203;acme/team)'],
  ['an issue', 'acme/shop#12', 'acme/shop&#35;&#8203;12'],
  ['an issue in words', 'gh-34', 'gh&#8203;-34'],
  ['a commit', 'at 0a1b2c3d4e5f', 'at 0a1b2c&#8203;3d4e5f'],
  ['a commit of someone', 'acme@0123456', 'acme@&#8203;0123456'],
] as const;

describe('text in Markdown', () => {
  it.each(links)('is no link: %s', (_, text, markdown) => {
    expect(inline(text)).toBe(markdown);
    expect(paragraph(text)).toBe(markdown);
  });

  it('breaks a commit id of any length into parts that are too short for one', () => {
    const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
    for (let length = 7; length <= 40; length += 1) {
      const parts = inline(id.slice(0, length)).split('&#8203;');
      expect([Math.max(...parts.map(part => part.length)), parts.join('')]).toEqual([6, id.slice(0, length)]);
    }
  });

  it.each([
    '1048576 of 2097152',
    'm/server@sha256:0a1b2c',
    '2.0s, -DMemory=1, then 3) and 1. y',
    '7f3a9c1e-0a1b2c3d',
    'aks-nodepool1-12345678-vmss00000a',
    'a: b',
  ])('keeps what is no link: %s', text => {
    expect(inline(text)).toBe(text);
  });

  it.each(['- x', '+ x', '1. x', '12) x', '---', '==='])('begins no list and no heading: %s', text => {
    expect(inline(text)).toMatch(/^(?:&#\d+;|\d+&#\d+;)/);
    expect(shown(inline(text))).toBe(text);
  });

  it('shows what it was, whatever it was', () => {
    const unit = fc.constantFrom('@', 'a', 'f', '1', ' ', '-', '.', '/', ':', '#', '`', '|', '<', 'w', 'GH');
    fc.assert(
      fc.property(fc.string({ unit }), text => {
        const line = text.replace(/ +/g, ' ').trim();
        expect(shown(inline(text))).toBe(line);
        expect(shown(code(text)).replace(/<\/?code>/g, '')).toBe(line);
        expect(inline(text)).not.toMatch(/:\/\/|\bwww\.|(?<![a-z0-9])@[a-z0-9]|@\w+\.\w|&#35;\d|\bgh-\d/i);
      }),
    );
  });
});

describe('a name or value as code', () => {
  it('can be copied, and is no address', () => {
    expect(code('http://20.1.2.3')).toBe('<code>http&#58;//20.1.2.3</code>');
    expect(code('www.example.com')).toBe('<code>&#119;ww.example.com</code>');
    expect(code('me@example.com')).toBe('<code>me@&#8203;example.com</code>');
    expect(code('m/server@sha256:0a1b2c3d4e5f')).toBe('<code>m/server@sha256:0a1b2c3d4e5f</code>');
  });
});

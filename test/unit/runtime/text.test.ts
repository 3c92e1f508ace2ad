import { describe, expect, it } from '@jest/globals';
import { clipEnd, clipStart, toOneLine, toPlainText } from '../../../src/runtime/text.js';

describe('text from outside', () => {
  it('loses colors and terminal links', () => {
    expect(toPlainText('\u001b[31mERROR\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe('ERROR link');
  });

  it('shows other control characters as escapes', () => {
    expect(toPlainText('a\u0000b\u0008c\u001bd')).toBe('a\\x00b\\x08c\\x1bd');
  });

  it('has all line breaks converted to line feeds', () => {
    expect(toPlainText('a\r\nb\rc\nd')).toBe('a\nb\nc\nd');
  });

  it.each([
    ['next line, line and paragraph separators', 'a\u0085b\u2028c\u2029d', 'a\nb\nc\nd'],
    ['spaces of any width', 'a\u00a0b\u2003c\u3000d\u202fe', 'a b c d e'],
    ['invisible characters', 'a\u200bb\ufeffc\u180ed\u00ade\u2066f\ufe0fg', 'abcdefg'],
    ['noncharacters', 'a\ufffeb\u{1ffff}c', 'a\\xfffeb\\x1ffffc'],
    ['nothing else', 'Grüße\t東京 नमस्ते שלום 😀', 'Grüße\t東京 नमस्ते שלום 😀'],
  ])('replaces %s', (_, text, plain) => {
    expect(toPlainText(text)).toBe(plain);
  });

  it('cannot change the direction of what follows', () => {
    expect(toPlainText('a\u202eb')).toBe('ab');
  });

  it('becomes well-formed Unicode', () => {
    expect(toPlainText('a\ud800b😀')).toBe('a\\xd800b😀');
  });

  it('fits on one line', () => {
    expect(toOneLine('  a\n\n  b\tc ')).toBe('a b c');
  });
});

describe('clipEnd and clipStart', () => {
  it('leave short text unchanged', () => {
    expect(clipEnd('abc', 3)).toBe('abc');
    expect(clipStart('abc', 3)).toBe('abc');
  });

  it('keep the beginning and mark the cut', () => {
    expect(clipEnd('0123456789', 8)).toBe('012[...]');
  });

  it('keep the end from the start of a line', () => {
    expect(clipStart('first line\nsecond\nthird\n', 20)).toBe('[...]\nsecond\nthird\n');
  });

  it('keep the end of a single long line', () => {
    expect(clipStart('x'.repeat(100), 20)).toBe(`[...]\n${'x'.repeat(14)}`);
  });

  it('never split a surrogate pair or exceed the limit', () => {
    const smileys = '😀'.repeat(30);
    for (let limit = 12; limit < 24; limit += 1) {
      for (const cut of [clipEnd(smileys, limit), clipStart(smileys, limit)]) {
        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(Buffer.from(cut).toString()).toBe(cut);
      }
    }
  });
});

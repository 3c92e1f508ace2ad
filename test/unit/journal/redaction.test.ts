import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor, maskForms } from '../../../src/journal/redaction.js';

const secret = 'p@ss/w0rd+"quoted" & more';

describe('the redactor', () => {
  const redact = createRedactor([secret]);

  it.each([
    ['as given', secret],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
    ['in a URL', encodeURIComponent(secret)],
    ['in a form', new URLSearchParams({ token: secret }).toString().slice('token='.length)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ])('hides a secret %s', (_, form) => {
    expect(redact(`before ${form} after ${form}`)).toBe('before *** after ***');
  });

  it('hides each line of a secret, except very short lines', () => {
    const hide = createRedactor(['-----BEGIN-----\nMIIEabcdefgh\n}\n-----END-----\n']);
    expect(hide('got MIIEabcdefgh } here')).toBe('got *** } here');
    expect(hide('a } b')).toBe('a } b');
  });

  it.each([0, 1, 2, 3, 4, 5])('hides a secret within a longer encoded text, after %d bytes', before => {
    for (const after of [0, 1, 2, 3]) {
      const whole = `${'x'.repeat(before)}${secret}${'y'.repeat(after)}`;
      const [head = '', tail = ''] = redact(Buffer.from(whole).toString('base64')).split('***');
      // The rest contains at most the byte of the secret that shares a character with a neighbour.
      expect(Buffer.from(head, 'base64').toString()).not.toContain(secret.slice(0, 2));
      expect(tail.length).toBeLessThanOrEqual(8);
    }
  });

  it('hides the longer of two secrets with the same beginning completely', () => {
    const hide = createRedactor(['abcdefgh', 'abcdefghijkl']);
    expect(hide('abcdefghijkl abcdefgh')).toBe('*** ***');
  });

  it('uses secrets literally, not as patterns', () => {
    const hide = createRedactor(['.*(a|b)[c]$^']);
    expect(hide('anything .*(a|b)[c]$^ else')).toBe('anything *** else');
  });

  it('changes nothing when there is no secret', () => {
    expect(createRedactor([])('text')).toBe('text');
    expect(createRedactor([''])('text')).toBe('text');
  });

  it('never exposes a secret, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (value, before, after) => {
        fc.pre(value.trim().length >= 8);
        expect(createRedactor([value])(`${before}\u0001${value}\u0001${after}`)).not.toContain(`\u0001${value}\u0001`);
      }),
    );
  });
});

describe('the forms that the runner masks', () => {
  it('are distinct, and long enough not to hide ordinary text', () => {
    const forms = maskForms(`${secret}\n\nok\n`);
    expect(new Set(forms).size).toBe(forms.length);
    expect(forms.filter(form => form.length < 4)).toEqual([]);
    expect(forms).toContain(secret);
    expect(forms).not.toContain('ok');
  });
});

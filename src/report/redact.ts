/** Hides secrets in text by their value, in whatever form they travel. Pure. */

const hidden = '***';

/** Shorter lines of a secret, such as `true` or a brace, are ordinary words: hiding them would ruin every log. */
const shortestLine = 4;

/**
 * Every form in which a secret may show up: as given, by line, in base64 (also within a longer encoded text), encoded
 * for a URL and for JSON. The runner's mask and the redactor use the same list, so that nothing is hidden by one only.
 */
export function maskForms(secret: string): string[] {
  const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map(line => line.trim())];
  const forms = parts.filter(part => part.length >= shortestLine).flatMap(formsOf);
  return [...new Set(forms)].filter(form => form.length >= shortestLine);
}

/** A function that hides every form of every secret in a text. One pass over the text, whatever their number. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(maskForms))];
  if (forms.length === 0) return text => text;
  // The longest first: of two that begin alike the alternation takes the first, and a rest must not stay behind.
  forms.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(escapePattern).join('|'), 'g');
  return text => text.replace(pattern, hidden);
}

function formsOf(text: string): string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    ...base64Forms(Buffer.from(text)),
  ];
}

/**
 * Base64 with and without what depends on neighbours. Three bytes make four characters, so within a longer text the
 * same bytes appear in one of three shapes, whose first and last characters also hold bits of the neighbours.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  const within = [0, 1, 2].flatMap(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : shift + 1;
    const to = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).map(alphabet => shifted.toString(alphabet).slice(from, to));
  });
  // A few characters of base64 would match by chance.
  return [...whole, ...within].filter(form => form.length >= 8);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

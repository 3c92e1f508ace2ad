/**
 * Replaces the text between `<!-- NAME:start -->` and `<!-- NAME:end -->`; the markers stay.
 * @throws Error when a marker is missing or occurs twice, or when the two are in the wrong order.
 */
export function fillMarkers(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [before, rest, ...more] = text.split(start);
  if (before === undefined || rest === undefined || more.length > 0) throw new Error(`needs exactly one ${start}`);
  const [, after, ...extra] = rest.split(end);
  if (after === undefined || extra.length > 0) throw new Error(`needs exactly one ${end} after ${start}`);
  return `${before}${start}\n\n${content.trim()}\n\n${end}${after}`;
}

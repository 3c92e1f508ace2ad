/** Builders for a picture that is as wide as its window: positions across are in percent, all else is in pixels. */
import { element, xmlText } from './xml.js';

/** Returns a box; `tip` is shown at the pointer. */
export function box(kind: string, x: number, y: number, width: number, height: number, tip = ''): string {
  const content = tip === '' ? [] : [element('title', {}, [xmlText(tip)])];
  const sizes = { x: percent(x), y: rounded(y), width: percent(width), height: rounded(height) };
  return element('rect', { class: kind, ...sizes }, content);
}

export function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return element('line', { class: kind, x1: percent(x1), y1: rounded(y1), x2: percent(x2), y2: rounded(y2) });
}

/** Returns text that begins at `x`, after `shift` pixels; ends there, or has its middle there. */
export function words(
  content: string,
  x: number,
  y: number,
  { kind, anchor, shift }: { readonly kind?: string; readonly anchor?: 'middle' | 'end'; readonly shift?: number } = {},
): string {
  const place = { x: percent(x), y: rounded(y), dx: shift, 'text-anchor': anchor };
  return element('text', { ...place, class: kind }, [xmlText(content)]);
}

/** Returns lines of at most about `length` characters. */
export function wrap(content: string, length: number): readonly string[] {
  return content.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

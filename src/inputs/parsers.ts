import { suggest } from './spelling.js';

/** Why a text is not accepted. */
export interface Refusal {
  readonly ok: false;
  /** The rule, such as `must be true or false`. */
  readonly rule: string;
  /** How to fix it. */
  readonly remedy: string;
  /** Whether the value may be a secret in the wrong place, so that it is not shown. */
  readonly hidden: boolean;
}

/** The value of a text, or the rule that it breaks. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Refusal;

/** Parses a trimmed, non-empty text. Pure; it returns a refusal and never throws. */
export type Parser<T> = (text: string) => Parsed<T>;

/** Returns the value of a text. */
export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Returns the rule that a text breaks and how to fix it. */
export function refuse(rule: string, remedy: string): Refusal {
  return { ok: false, rule, remedy, hidden: false };
}

/** Like `refuse`, for a value that may be a secret in the wrong place. */
export function refuseRedacted(rule: string, remedy: string): Refusal {
  return { ok: false, rule, remedy, hidden: true };
}

const unitMs = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Accepts `90s`, `10m`, `1h30m`, `200ms` as milliseconds between two bounds, both included. */
export function duration(min: string, max: string): Parser<number> {
  const [minMs, maxMs] = [readDuration(min) ?? 0, readDuration(max) ?? Infinity];
  return text => {
    const ms = readDuration(text);
    if (ms === undefined) return refuse('must be a duration', 'write it as 90s, 10m or 1h30m');
    if (ms < minMs || ms > maxMs) return refuse(`must be from ${min} to ${max}`, 'use a duration within these bounds');
    return accept(ms);
  };
}

function readDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/.exec(text);
  if (text === '' || match === null) return undefined;
  const [, h = '0', m = '0', s = '0', ms = '0'] = match;
  return Number(h) * unitMs.h + Number(m) * unitMs.m + Number(s) * unitMs.s + Number(ms);
}

/** Returns milliseconds as the shortest text that `duration` accepts. */
export function writeDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

/** Accepts what getBooleanInput of @actions/core accepts: the YAML 1.2 core schema. */
export const boolean: Parser<boolean> = text => {
  const value = Object.hasOwn(booleans, text) ? booleans[text] : undefined;
  return value === undefined ? refuse('must be true or false', 'write true or false') : accept(value);
};

/** Accepts a whole number between two bounds, both included. */
export function integer(min: number, max: number): Parser<number> {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return text => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return accept(value);
    return refuse(`must be a whole number ${bounds}`, `write digits only, such as ${min}`);
  };
}

/** Accepts a percentage from 0 to 100, with up to three decimals. */
export const percentage: Parser<number> = text =>
  /^\d{1,3}(\.\d{1,3})?$/.test(text) && Number(text) <= 100
    ? accept(Number(text))
    : refuse('must be a number from 0 to 100', 'write it as 95 or 99.5, without a percent sign');

/** Accepts one word of a list. */
export function choice<const T extends string>(words: readonly T[]): Parser<T> {
  return text => {
    const found = words.find(word => word === text);
    return found === undefined ? refuse(`must be one of ${words.join(', ')}`, suggest(text, words)) : accept(found);
  };
}

/** Accepts any text that fits on one line. */
export const line: Parser<string> = text =>
  /[\r\n\0]/.test(text) ? refuse('must be a single line', 'remove the line breaks') : accept(text);

/** Accepts an absolute http or https address. */
export const webAddress: Parser<string> = text => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol)) return accept(text);
  return refuse('must be an http or https address', 'write it as https://push.example.com');
};

/** Returns the trimmed parts of a comma-separated list; empty parts are dropped. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

/** Returns the trimmed lines of a text; empty lines are dropped. */
export function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map(part => part.trim())
    .filter(part => part !== '');
}

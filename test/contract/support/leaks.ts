import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionResult } from '../../support/action-runner.js';
import type { Job } from './job.js';

/** Texts that others may read, by their places. */
export type Exposed = ReadonlyMap<string, string>;

/**
 * Returns a secret in every form in which it could appear: as given, for a URL, for JSON, and in base64 within any
 * text.
 */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].flatMap(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    // The first and the last four characters may hold bits of the neighbours.
    return [shifted.toString('base64').slice(4, -4), shifted.toString('base64url').slice(4, -4)];
  });
  return [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64])];
}

/** Returns the output of a program that exposes a secret in every form. */
export function tellOn(secret: string): string {
  const inHeaders = ['', 'u:', 'us:'].flatMap(before => {
    const bytes = Buffer.from(`${before}${secret}`);
    return [bytes.toString('base64'), bytes.toString('base64url')].map(code => `authorization: Basic ${code}`);
  });
  const url = `https://example.com/?token=${encodeURIComponent(secret)}`;
  return [secret, url, JSON.stringify({ secret }), ...inHeaders].join('\n');
}

/** Returns where one of the secrets appears, in any form, as `secret: place`. */
export function findLeaks(secrets: Readonly<Record<string, string>>, exposed: Exposed): readonly string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...exposed]
      .filter(([place, text]) => formsOf(secret).some(form => isDistinct(form, place) && text.includes(form)))
      .map(([place]) => `${name}: ${place}`),
  );
}

/** Returns false for the short fragments of base64 in compiled code: a megabyte of it contains most of them by chance. */
function isDistinct(form: string, place: string): boolean {
  return form.length > 6 || !place.includes('/migratorydata-aks-code/');
}

/**
 * Returns everything that a phase has printed, started and written, except the commands that make the runner mask a
 * text.
 */
export async function exposedBy(job: Job, { stdout, stderr, state }: ActionResult): Promise<Exposed> {
  const printed = stdout.split('\n').filter(line => !line.startsWith('::add-mask::'));
  const changed = job.kubernetes.calls.filter(({ path }) => !path.endsWith('/secrets'));
  return new Map([
    ['log', printed.join('\n')],
    ['stderr', stderr],
    ['state', JSON.stringify(state)],
    ...job.programs.invocations.map(({ tool, argv }): [string, string] => [tool, argv.join('\n')]),
    ...changed.map(({ method, path, body }): [string, string] => [`${method} ${path}`, JSON.stringify(body ?? '')]),
    ...(await filesBelow(job.temp)),
  ]);
}

async function filesBelow(folder: string): Promise<readonly [string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]));
}

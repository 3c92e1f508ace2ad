import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { parse } from 'yaml';
import type { Linters } from '../tools/locate-linters.js';
import { copiedOwner, layOut, withLocalReferences, type ProjectFiles } from './lint-project.js';

/** What a linter has found, as one line for a person. */
export type Finding = string;

/** actionlint 1.7.12 does not know `concurrency.queue`, which GitHub has since May 2026. */
const unknownQueue = 'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"';

/** actionlint 1.7.12 takes the text 'true' for a boolean, and does not convert that to the text that an input wants. */
const textAsBoolean =
  /^input "[\w-]+" is typed as string by reusable workflow "[^"]+"\. bool value cannot be assigned$/;

/** Checks workflows with actionlint, which gives the scripts in them to ShellCheck. */
export async function lintWithActionlint(linters: Linters, files: ProjectFiles): Promise<readonly Finding[]> {
  await using project = await layOut(files, text => withoutEmptyWords(withLocalReferences(text)));
  const workflows = Object.keys(files).filter(path => /^(\.github\/workflows|examples)\//.test(path));
  if (workflows.length === 0) throw new Error('there is no workflow to check');
  const argv = ['-format', '{{json .}}', '-shellcheck', linters.shellcheck, '-pyflakes', ''];
  // 1 says that something was found.
  const output = run(linters.actionlint, argv, { cwd: project.folder, fine: [0, 1] });
  const found = JSON.parse(output) as readonly {
    readonly filepath: string;
    readonly line: number;
    readonly kind: string;
    readonly message: string;
  }[];
  return found
    .filter(({ message }) => message !== unknownQueue && !textAsBoolean.test(message))
    .map(({ filepath, line, kind, message }) => `${project.original(filepath)}:${line}: ${kind}: ${message}`);
}

/**
 * GitHub lets a list of a form begin with the empty word (actions/languageservices, pull request 245), which actionlint
 * 1.7.12 refuses.
 */
function withoutEmptyWords(text: string): string {
  return text.replaceAll("default: '', options: ['', ", 'options: [');
}

interface ZizmorFinding {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly {
    readonly symbolic: {
      readonly kind: string;
      readonly annotation: string;
      readonly key: { readonly Local: { readonly verbatim_path: string } };
    };
    readonly concrete: {
      readonly feature: string;
      readonly location: { readonly start_point: { readonly row: number } };
    };
  }[];
}

/**
 * Audits workflows, actions and the configuration of Dependabot with zizmor, in its stricter persona and without its
 * ways to silence a finding. In examples alone, the reference to this action may have a tag for its version: a user
 * puts there what is right for them.
 */
export async function lintWithZizmor(linters: Linters, files: ProjectFiles): Promise<readonly Finding[]> {
  await using project = await layOut(files, text => text);
  const argv = ['--offline', '--persona=pedantic', '--no-config', '--no-ignores', '--strict-collection'];
  const output = run(
    linters.zizmor,
    [...argv, '--collect=all', '--no-progress', '--quiet', '--format=json-v1', '--no-exit-codes', '.'],
    { cwd: project.folder, fine: [0] },
  );
  return (JSON.parse(output) as readonly ZizmorFinding[]).flatMap(({ ident, desc, locations }) => {
    const place = locations.find(({ symbolic }) => symbolic.kind === 'Primary') ?? locations[0];
    if (place === undefined) throw new Error(`zizmor gives no place for ${ident}`);
    const { symbolic, concrete } = place;
    const path = project.original(relative('.', symbolic.key.Local.verbatim_path));
    if (ident === 'unpinned-uses' && path.startsWith('examples/') && isOwn(concrete.feature)) return [];
    const line = concrete.location.start_point.row + 1;
    return [`${path}:${line}: ${ident}: ${desc}: ${symbolic.annotation}`];
  });
}

function isOwn(reference: string): boolean {
  return new RegExp(String.raw`^${copiedOwner}/migratorydata-aks(/[\w./-]+)?@v1$`).test(reference);
}

/** Checks shell scripts and those in the steps of composite actions, which actionlint does not open. */
export function lintWithShellcheck(linters: Linters, files: ProjectFiles): readonly Finding[] {
  return Object.entries(files).flatMap(([path, text]) =>
    scriptsOf(path, text).flatMap(({ where, script }) => {
      const output = run(linters.shellcheck, ['--shell=bash', '--format=json1', '-'], { input: script, fine: [0, 1] });
      const { comments } = JSON.parse(output) as {
        readonly comments: readonly { readonly line: number; readonly code: number; readonly message: string }[];
      };
      return comments.map(({ line, code, message }) => `${where}, line ${line} of the script: SC${code}: ${message}`);
    }),
  );
}

interface Script {
  readonly where: string;
  readonly script: string;
}

function scriptsOf(path: string, text: string): readonly Script[] {
  if (/^#!.*\bbash\n/.test(text)) return [{ where: path, script: text }];
  if (!/(^|\/)action\.yml$/.test(path)) return [];
  const { runs } = parse(text) as { readonly runs: { readonly steps?: readonly { readonly run?: string }[] } };
  return (runs.steps ?? []).flatMap(({ run: script }, index) =>
    // A placeholder as long as the expression; an expression is no shell.
    script === undefined
      ? []
      : [
          {
            where: `${path}, step ${index + 1}`,
            script: script.replaceAll(/\$\{\{.*?\}\}/g, e => '_'.repeat(e.length)),
          },
        ],
  );
}

/** @throws Error with the words of the program when it does not end as it should. */
function run(
  file: string,
  argv: readonly string[],
  options: { readonly cwd?: string; readonly input?: string; readonly fine: readonly number[] },
): string {
  const { fine, ...rest } = options;
  const { status, stdout, stderr, error } = spawnSync(file, argv, { ...rest, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw error;
  if (status === null || !fine.includes(status)) throw new Error(`${file} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

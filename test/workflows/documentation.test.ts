import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { requestOf, unknownInputs } from './support/inputs.js';
import { anchorsOf, codeBlocks, linkTargets } from './support/markdown.js';
import { documents, readText } from './support/project-files.js';
import { publicWorkflow, takes } from './support/public-workflows.js';
import { ownCalls, ownSteps } from './support/workflow.js';

const pages = documents().map(path => ({ path, text: readText(path) }));
const prose = pages.filter(({ path }) => !path.startsWith('test/'));
const { scripts } = JSON.parse(readText('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
/** A page is read over slow lines as well. */
const mostPictureBytes = 150_000;
const tiers = ['unit', 'contract', 'workflows', 'lab'];

/** All matches of the first group of an expression. */
function found(text: string, expression: RegExp): readonly string[] {
  return [...text.matchAll(expression)].map(([, match = '']) => match);
}

describe('what the documents show', () => {
  const snippets = prose.flatMap(({ path, text }) =>
    codeBlocks(text)
      .filter(({ language }) => language === 'yaml')
      .map((block, index) => ({ name: `${path}, YAML ${index + 1}`, text: block.text })),
  );

  it.each(snippets)('$name is YAML and gives the action inputs that it takes', ({ text }) => {
    for (const step of ownSteps(parse(text))) {
      expect(unknownInputs(step)).toEqual([]);
      expect(() => requestOf(step)).not.toThrow();
    }
  });

  it.each(snippets)('$name gives the workflows that it calls what they take', ({ text }) => {
    for (const { name, job } of ownCalls(parse(text))) {
      const workflow = publicWorkflow(name);
      const { secrets = {} } = workflow.on.workflow_call;
      const wrong = Object.entries(job.with ?? {}).filter(([input, value]) => !takes(workflow, input, typeof value));
      expect(wrong).toEqual([]);
      expect(Object.keys(job.secrets ?? {}).filter(secret => !(secret in secrets))).toEqual([]);
    }
  });

  it('calls e2e.yml in at most 15 lines', () => {
    const callers = snippets.filter(({ name, text }) => name.startsWith('README.md') && text.includes('/e2e.yml@'));
    expect(callers.map(({ text }) => text.trim().split('\n').length <= 15)).toEqual([true]);
  });

  it('includes steps that use the action', () => {
    expect(snippets.flatMap(({ text }) => ownSteps(parse(text))).length).toBeGreaterThan(2);
  });
});

describe('what the documents tell to type', () => {
  it.each(pages)('$path names only npm scripts that exist', ({ text }) => {
    expect(found(text, /\bnpm run ([\w:-]+)/g).filter(name => !(name in scripts))).toEqual([]);
  });

  it.each(pages)('$path names only test tiers that exist', ({ text }) => {
    const words = found(text, /\bnpm test -- ((?:[a-z]+ ?)+)/g).flatMap(list => list.trim().split(' '));
    expect(words.filter(word => !tiers.includes(word))).toEqual([]);
  });

  it.each(pages)('$path starts only programs that are compiled from the sources', ({ text }) => {
    const sources = found(text, /\bnode build\/([\w/.-]+)\.js/g).map(name => `${name}.ts`);
    expect(sources.filter(path => !existsSync(path))).toEqual([]);
  });
});

describe('where the documents lead', () => {
  it.each(pages)('$path has no broken link inside the project', ({ path, text }) => {
    const local = linkTargets(text).filter(target => !/^(https?|mailto):/.test(target));
    const broken = local.filter(target => {
      const [file = '', anchor] = target.split('#');
      const page = file === '' ? path : join(dirname(path), file);
      return !existsSync(page) || (anchor !== undefined && !anchorsOf(readText(page)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)(
    '$path shows only pictures that exist, small and with a text for who cannot see them',
    ({ path, text }) => {
      const pictures = [...text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)];
      const poor = pictures.filter(([, words = '', target = '']) => {
        const file = join(dirname(path), target);
        return words.length < 40 || !existsSync(file) || statSync(file).size > mostPictureBytes;
      });
      expect(poor.map(([picture]) => picture)).toEqual([]);
    },
  );

  it.each(pages)('$path names only files that exist', ({ text }) => {
    const paths = found(text, /`((?:src|test|docs|scripts|examples|schema)\/[\w./-]*)`/g);
    expect(paths.filter(path => !existsSync(path))).toEqual([]);
  });
});

it('what is generated from action.yml and the error catalogue is up to date', () => {
  const generator = fileURLToPath(new URL('../../scripts/write-docs.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

import { describe, expect, it } from '@jest/globals';
import { readWords } from '../lab/command.js';
import { requestOf } from './support/inputs.js';
import { codeBlocks, commandsOf, proseOf } from './support/markdown.js';
import { documents, readText } from './support/project-files.js';

/**
 * What may stand behind `sh`: who runs the block. With nothing, it holds commands of npm only, which other tests know;
 * the lab runs `in-lab`; what needs an account is run by nobody, and says so.
 */
const markers: Readonly<Record<string, RegExp>> = {
  '': /^npm (ci|test|run [\w:-]+)( -- .+)?$/,
  'in-lab': /./,
  'needs-azure': /^az |\.azure\.com\//,
  'needs-github': /^gh /,
};
const languages = ['sh', 'yaml', 'ts', 'mermaid'];
const pages = documents().map(path => ({ path, text: readText(path) }));
const shells = pages.flatMap(({ path, text }) =>
  codeBlocks(text)
    .filter(({ language }) => language === 'sh')
    .map((block, index) => ({ ...block, path, name: `${path}, commands ${index + 1}` })),
);

it.each(pages)('every block of $path says what it is', ({ text }) => {
  expect(codeBlocks(text).filter(({ language }) => !languages.includes(language))).toEqual([]);
  // A block that is only indented says nothing.
  expect(proseOf(text).match(/\n\n {4}(?! *[-*\d])\S.*/g)).toBeNull();
});

it.each(shells)('$name says who runs it, and holds nothing else', ({ info, text }) => {
  const allowed = markers[info];
  expect(allowed).toBeDefined();
  expect(commandsOf(text).filter(command => !allowed?.test(command))).toEqual([]);
});

it('the lab runs every block that says so', () => {
  const scenario = readText('test/lab/scenarios/documents.test.ts');
  const marked = [...new Set(shells.filter(({ info }) => info === 'in-lab').map(({ path }) => path))];
  expect(marked.length).toBeGreaterThan(0);
  expect(marked.filter(path => !scenario.includes(`'${path}'`))).toEqual([]);
});

describe('the demo', () => {
  const demos = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run demo -- ([^`\n#]+)/g)].map(([, words = '']) => ({ path, words: words.trim() })),
  );

  it('is shown with inputs', () => {
    expect(demos.length).toBeGreaterThan(2);
  });

  it.each(demos)('of $path takes $words', ({ words }) => {
    const id = '11111111-1111-4111-8111-111111111111';
    const identity = { 'client-id': id, 'tenant-id': id, 'subscription-id': id };
    const { inputs } = readWords(words.split(/\s+/));
    const step = { uses: '$/', with: { ...identity, hold: '5s', steady: '5s', ...inputs } };
    expect(() => requestOf(step)).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import { releaseProblems } from '../../scripts/release/problems.js';
import { documents, exampleFiles, readText } from './support/project-files.js';

describe('what stands against a release', () => {
  const changelog = `# Changelog

## [Unreleased]

## [1.4.0] - 2026-11-20

### Added

- A word.

## [1.3.0]

- Another.

## [1.2.0] - 2026-10-01

## [1.1.0] - 2026-13-01

- One more.
`;
  const fine = { version: '1.4.0', ref: 'refs/heads/main', packageVersion: '1.4.0', changelog, today: '2026-11-26' };
  const problemsOf = (facts: Partial<typeof fine>): readonly string[] => releaseProblems({ ...fine, ...facts });
  const withVersion = (version: string): readonly string[] => problemsOf({ version, packageVersion: version });

  it('is nothing when all agree', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each(['', 'v1.4.0', '1.4', '1.4.0-rc.1', '01.4.0', '1.4.0\n', '1.4.0"; id; "', '$(id)'])(
    'is a version such as %j, which is not repeated',
    version => {
      expect(withVersion(version)).toEqual([expect.stringMatching(/^The version must be X\.Y\.Z, [^$";]*$/)]);
    },
  );

  it('is another branch, and another version in package.json', () => {
    expect(problemsOf({ ref: 'refs/heads/fix', packageVersion: '1.3.9' })).toEqual([
      'Releases are made from main only; this is refs/heads/fix.',
      'package.json says 1.3.9, not 1.4.0: run npm version 1.4.0 --no-git-tag-version.',
    ]);
  });

  it('is a changelog without a section, a date, a true date, or anything to say', () => {
    expect(withVersion('1.5.0')).toEqual([expect.stringContaining('has no section for 1.5.0')]);
    expect(withVersion('1.3.0')).toEqual([expect.stringContaining('has no date')]);
    expect(withVersion('1.1.0')).toEqual([expect.stringContaining('has no date')]);
    expect(withVersion('1.2.0')).toEqual([expect.stringContaining('lists nothing')]);
    expect(problemsOf({ today: '2026-11-19' })).toEqual([expect.stringContaining('in the future')]);
  });

  it('is never that users would follow the tag of another major', () => {
    const { version } = JSON.parse(readText('package.json')) as { readonly version: string };
    const followed = [...documents(), ...exampleFiles()].flatMap(path =>
      [...readText(path).matchAll(/<owner>\/migratorydata-aks\S*@(v\d+)\b/g)].map(([, major]) => major),
    );
    expect([...new Set(followed)]).toEqual([`v${version.split('.')[0] ?? ''}`]);
  });

  it('is the heading of what is not released', () => {
    const { version } = JSON.parse(readText('package.json')) as { readonly version: string };
    const problems = problemsOf({ version, packageVersion: version, changelog: '## [Unreleased]\n\n- A word.\n' });
    expect(problems).toEqual([expect.stringContaining(`has no section for ${version}`)]);
  });
});

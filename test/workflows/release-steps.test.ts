import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ciWorkflow, jobOf, runScript } from './support/own-ci.js';

const workflow = ciWorkflow('ci-release.yml');
const commit = 'a'.repeat(40);
const another = 'b'.repeat(40);

/** Answers as GitHub's gh would, from variables, and writes down what it was asked. */
const gh = `#!/bin/sh
echo "$*" >> "$GH_LOG"
case "$*" in
  'release view'*targetCommitish*) [ -n "$DRAFT" ] || exit 1; echo "$DRAFT" ;;
  'release view'*) echo "\${DRAFT%% *}" ;;
  'api '*'/compare/'*) echo "$COMPARED" ;;
  'api '*'/commits/'*) echo "$TAGGED" ;;
  'api --silent repos/'*'/git/ref/tags/'*) [ "$MAJOR" = there ] ;;
esac
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'gh'), gh, { mode: 0o755 });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Github {
  /** Whether the release is a draft, and its target; empty where there is none. */
  readonly draft: string;
  /** The commit that the tag has once it is published. */
  readonly tagged: string;
  readonly major: 'there' | 'absent';
  /** Where the commit is, seen from the tag of the major. */
  readonly compared: 'ahead' | 'identical' | 'behind';
}

/** Runs the scripts of the job that publishes, one after the other until one fails. */
async function publish({
  draft,
  tagged,
  major,
  compared,
}: Github): Promise<{ code: number | null; output: string; asked: string[] }> {
  const log = join(folder, 'asked');
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    TAG: 'v1.4.0',
    GH_REPO: 'owner/migratorydata-aks',
    GITHUB_SHA: commit,
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GH_LOG: log,
    DRAFT: draft,
    TAGGED: tagged,
    MAJOR: major,
    COMPARED: compared,
  };
  let end = { code: 0 as number | null, output: '' };
  for (const { run } of jobOf(workflow, 'release').steps ?? []) {
    if (run === undefined) continue;
    end = runScript(run, env);
    if (end.code !== 0) break;
  }
  return { ...end, asked: (await readFile(log, 'utf8')).trim().split('\n') };
}

const ready: Github = { draft: `true ${commit}`, tagged: commit, major: 'there', compared: 'ahead' };
const view = 'release view v1.4.0 --json isDraft,targetCommitish --jq "\\(.isDraft) \\(.targetCommitish)"';
const viewAgain = 'release view v1.4.0 --json isDraft --jq .isDraft';
const tag = 'api repos/owner/migratorydata-aks/commits/v1.4.0 --jq .sha';
const compare = `api repos/owner/migratorydata-aks/compare/v1...${commit} --jq .status`;
const edit = 'release edit v1.4.0 --draft=false';

describe('publishing', () => {
  it('publishes the draft, then moves the tag of the major', async () => {
    const { code, asked } = await publish(ready);
    expect(asked).toEqual([
      view,
      viewAgain,
      edit,
      tag,
      'api --silent repos/owner/migratorydata-aks/git/ref/tags/v1',
      compare,
      `api --silent --method PATCH repos/owner/migratorydata-aks/git/refs/tags/v1 -f sha=${commit} -F force=true`,
    ]);
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'summary'), 'utf8')).toBe('v1.4.0 is published, and v1 is the same.\n');
  });

  it('makes the tag of the major where it is not there yet', async () => {
    const { code, asked } = await publish({ ...ready, major: 'absent' });
    expect(asked.at(-1)).toBe(
      `api --silent --method POST repos/owner/migratorydata-aks/git/refs -f ref=refs/tags/v1 -f sha=${commit}`,
    );
    expect(code).toBe(0);
  });

  it.each([
    ['there is no draft', '', /there is no draft release of v1\.4\.0: gh release create/],
    ['it targets another commit', `true ${another}`, /the draft targets b{40}: gh release edit/],
    ['it targets a branch, which may move', 'true main', /the draft targets main/],
  ])('changes nothing when %s', async (_, draft, reason) => {
    const { code, output, asked } = await publish({ ...ready, draft });
    expect(code).toBe(1);
    expect(output).toMatch(reason);
    expect(asked).toEqual([view]);
  });

  it('of a commit that is published already makes up for the tag of the major', async () => {
    const { code, asked } = await publish({ ...ready, draft: `false ${commit}` });
    expect(asked.slice(0, 4)).toEqual([view, tag, viewAgain, tag]);
    expect(asked).not.toContain(edit);
    expect(asked.at(-1)).toContain(`refs/tags/v1 -f sha=${commit}`);
    expect(code).toBe(0);
  });

  it('changes nothing when another commit is published as this version', async () => {
    const { code, output, asked } = await publish({ ...ready, draft: `false ${commit}`, tagged: another });
    expect(output).toMatch(/::error::v1\.4\.0 is published already at b{40}/);
    expect([code, asked]).toEqual([1, [view, tag]]);
  });

  it('does not take the major back from a later release', async () => {
    const { code, output, asked } = await publish({ ...ready, draft: `false ${commit}`, compared: 'behind' });
    expect(output).toMatch(/::error::v1 is at a newer commit already/);
    expect([code, asked.at(-1)]).toEqual([1, compare]);
  });

  it('leaves the major where it is when the tag turns out to be another commit', async () => {
    const { code, output, asked } = await publish({ ...ready, tagged: another });
    expect(code).toBe(1);
    expect(output).toMatch(/::error::v1\.4\.0 points at b{40}/);
    expect(asked.filter(words => words.includes('/tags/v1'))).toEqual([]);
  });
});

describe('the order of a release', () => {
  it('is: all checked, a person asked, the draft, the attestation, the publication, the tag', () => {
    const { needs, environment, steps = [] } = jobOf(workflow, 'release');
    expect({ needs, environment }).toEqual({ needs: 'check', environment: 'release' });
    expect(steps.map(({ name }) => name)).toEqual([
      'Require a draft that targets this commit',
      'Take what was built',
      'Attest where dist comes from',
      'Publish',
      'Move the tag of the major',
    ]);
  });

  it('attests every file of dist, also those in its folders', () => {
    const attest = jobOf(workflow, 'release').steps?.find(({ uses = '' }) => uses.startsWith('actions/attest@'));
    expect(attest?.with).toEqual({ 'subject-path': 'dist/**' });
  });

  it('attests what the check has built and compared, and nothing that came from a cache', () => {
    const steps = jobOf(workflow, 'check').steps ?? [];
    const built = ['Build dist from nothing', 'Require that dist is what the sources give', 'Hand on what was built'];
    const places = built.map(name => steps.findIndex(step => step.name === name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(steps.filter(({ uses = '' }) => uses.includes('cache'))).toEqual([]);
  });
});

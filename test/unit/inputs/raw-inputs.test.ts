import { describe, expect, it } from '@jest/globals';
import { problemsOf, read, requestFor } from './read.js';

describe('an empty input', () => {
  it('means the default, wherever it stands', () => {
    const given = { operation: '', replicas: '  ', 'scale-to': '', options: '', 'node-vm-size': '' };
    expect(read(given).request).toEqual(read().request);
  });

  it('is warned of for the instance, which only the runner can fill in for a matrix', () => {
    expect(read({ instance: '' }).warnings).toContain(
      'instance is empty, so this job uses check-0; in a matrix, set a different instance for each job.',
    );
    expect(read({ instance: '' }).request.general.instance).toBe('check-0');
  });
});

describe('options', () => {
  it('fill inputs that were not given', () => {
    const { deployment } = requestFor('deploy', {
      replicas: '',
      options: 'replicas=4\n\n# a remark\n server-options = A=1 B=2 \nmax-replicas=\n',
    });
    expect(deployment).toMatchObject({ replicas: 4, maxReplicas: 5, extraOpts: '-DA=1 -DB=2' });
  });

  it('lose against an explicit value that is the default', () => {
    const { request, warnings } = read({ operation: 'deploy', replicas: '3', options: 'replicas=4' });
    expect(request).toMatchObject({ deployment: { replicas: 3 } });
    expect(warnings).toContain('options sets replicas as well; the value under with: was used.');
  });

  it('lose against an input of their own, with a word about it', () => {
    const { request, warnings } = read({
      operation: 'deploy',
      'min-replicas': '4',
      replicas: '5',
      options: 'replicas=4',
    });
    expect(request).toMatchObject({ deployment: { replicas: 5 } });
    expect(warnings).toContain('options sets replicas as well; the value under with: was used.');
  });

  it.each([
    ['license-key=0123456789', 'options "license-key": is a secret and must not be in options; set it under with:.'],
    ['{license-key: x}', 'options "license-key": is a secret and must not be in options; set it under with:.'],
    ['replica=4', 'options "replica": is not an input of this action; did you mean replicas.'],
    ['{replica: 4}', 'options "replica": is not an input of this action; did you mean replicas.'],
    ['no-such-thing=4', 'options "no-such-thing": is not an input of this action; remove it.'],
    ['options=replicas=4', 'options "options": is not an input of this action; remove it.'],
    ['replicas', 'options: every line must be name=value; write for example replicas=4.'],
    ['replicas=4\nreplicas=5', 'options "replicas": is given twice; keep one of them.'],
    ['{replicas: 4, replicas: 5}', 'options "replicas": is given twice; keep one of them.'],
    ['{replicas: {a: b}}', 'options "replicas": must be one value and not a map; write a single value.'],
    ['{tags: {a: !x b}}', 'options "tags": must not have a tag; remove the tag.'],
    ['{memory: &m 1MB, image: *m}', 'options "image": must not be an alias; write the value itself.'],
    [
      '{replicas: 4',
      'options: 1:13 is not valid YAML (missing char); write for example {replicas: 4, max-outage: 5s}.',
    ],
  ])('refuses %j', (options, problem) => {
    expect(problemsOf({ options })).toEqual([problem]);
  });

  it.each([
    '{replicas: 4, rest: true, kubernetes-version: 1.30, steady: null, scale-to: [4, 5], tags: {team: a, cost: 7}}',
    '{"replicas": 4, "rest": true, "kubernetes-version": "1.30", "steady": "", "scale-to": "4,5", "tags": "team=a,cost=7"}',
    '# a remark\nreplicas: 4\nrest: true\nkubernetes-version: 1.30\nsteady: ~\nscale-to: [4, 5]\ntags:\n  team: a\n  cost: 7\n',
  ])('may be a map: %s', options => {
    expect(read({ options }).request).toMatchObject({
      deployment: { replicas: 4, rest: true },
      cluster: { kubernetesVersion: '1.30', tags: { team: 'a', cost: '7' } },
      scaling: { steps: [4, 5] },
      chaos: { steadyMs: 30_000 },
    });
  });

  it('give the parameters of the server as a map', () => {
    const { deployment } = requestFor('deploy', {
      options: '{server-options: {LogLevel: DEBUG, Stats.LogInterval: 5}}',
    });
    expect(deployment.extraOpts).toBe('-DLogLevel=DEBUG -DStats.LogInterval=5');
  });
});

describe('the inputs of a reusable workflow, as options', () => {
  const workflow = (inputs: object): string => JSON.stringify({ options: '', ...inputs }, null, 2);

  it('are read under those of the step, and their own options under them', () => {
    const options = workflow({ replicas: 4, rest: true, memory: '', options: '{memory: 256MB, replicas: 5}' });
    const { request, warnings } = read({ operation: 'deploy', image: 'a/b:1', options });
    expect(request).toMatchObject({ deployment: { image: 'a/b:1', replicas: 4, rest: true, memory: '256MB' } });
    expect(warnings).toContain('options sets replicas as well; the value of the input of the workflow was used.');
  });

  it('may have lines in their own options', () => {
    const { deployment } = requestFor('deploy', { options: workflow({ options: 'replicas=4\nrest=true' }) });
    expect(deployment).toMatchObject({ replicas: 4, rest: true });
  });

  it('are opened once', () => {
    expect(problemsOf({ options: workflow({ options: '{"options": "{replicas: 4}"}' }) })).toEqual([
      'options "options": is not an input of this action; remove it.',
    ]);
  });

  it('lose what each job decides for itself, and what only workflows have', () => {
    const inputs = { operation: 'create', instance: 'x y', teardown: 'never', 'dry-run': true, 'runs-on': '"x"' };
    const { request, warnings } = read({ operation: 'teardown', options: workflow({ ...inputs, environment: 'e' }) });
    expect(request).toMatchObject({ operation: 'teardown', general: { dryRun: false, instance: 'check-0' } });
    expect(warnings).toEqual([]);
  });

  it('lose what belongs to other operations, but keep what is misspelt or secret', () => {
    const inputs = { location: 'westeurope', 'scale-to': 'x', steady: 'y', replica: 3, 'license-key': 'tell-nobody' };
    expect(problemsOf({ operation: 'create', options: workflow({ ...inputs, 'node-count': 'z' }) })).toEqual([
      'options "replica": is not an input of this action; did you mean replicas.',
      'options "license-key": is a secret and must not be in options; set it under with:.',
      'node-count "z": must be a whole number from 1 to 1000; write digits only, such as 1.',
    ]);
  });
});

describe('a name that is not an input', () => {
  it.each([
    ['INPUT_RESOURCE_GROUP', 'resource_group: is not an input of this action; did you mean resource-group.'],
    ['INPUT_REPLICA', 'replica: is not an input of this action; did you mean replicas.'],
    ['INPUT_KUBERNETES-VERSON', 'kubernetes-verson: is not an input of this action; did you mean kubernetes-version.'],
  ])('is a problem when it is close to one: %s', (variable, problem) => {
    expect(problemsOf({ [variable]: 'x' })).toEqual([problem]);
  });

  it('is a warning when it is not', () => {
    const given = { INPUT_ENTIRELY_DIFFERENT: 'x' };
    expect(problemsOf(given)).toEqual([]);
    expect(read(given).warnings).toContain('There is no input named entirely_different; it is ignored.');
  });
});

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
      options: 'replicas=4\n\n# a remark\n extra-opts = -DA=1 -DB=2 \nmax-replicas=\n',
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
    ['replica=4', 'options "replica": is not an input of this action; did you mean replicas.'],
    ['no-such-thing=4', 'options "no-such-thing": is not an input of this action; remove the line.'],
    ['options=replicas=4', 'options "options": is not an input of this action; remove the line.'],
    ['replicas', 'options: every line must be name=value; write for example replicas=4.'],
    ['replicas=4\nreplicas=5', 'options "replicas": is given twice; keep one of the lines.'],
  ])('refuses %j', (options, problem) => {
    expect(problemsOf({ options })).toEqual([problem]);
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

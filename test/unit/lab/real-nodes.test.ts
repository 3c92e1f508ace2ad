import { afterEach, expect, it, jest } from '@jest/globals';

import { ObstacleError, prepareRealNodes } from '../../lab/real/requirements.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('says in one sentence why a machine cannot run real nodes, before it brings any program', async () => {
  jest.spyOn(process as Required<NodeJS.Process>, 'getuid').mockReturnValue(1000);
  const progress = jest.fn();
  const remedy = 'run the command with sudo, or use simulated nodes, which need nothing of this.';
  await expect(prepareRealNodes(progress)).rejects.toEqual(new ObstacleError(`Real nodes need root: ${remedy}`));
  expect(progress).not.toHaveBeenCalled();
});

import { ObstacleError, prepareRealNodes } from '../real/requirements.js';
import { locateTools } from './locate-tools.js';

/** Brings the tools of the lab and of real nodes: `node build/test/lab/tools/prepare-nodes.js`. */
const print = (line: string): void => {
  console.log(line);
};
try {
  await prepareRealNodes(print);
  await locateTools(print);
} catch (error) {
  if (!(error instanceof ObstacleError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

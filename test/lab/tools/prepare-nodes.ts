import { describeObstacle } from '../real/requirements.js';
import { locateTools } from './locate-tools.js';
import { locateNodePrograms } from './node-programs.js';

/** Brings the tools of the lab and of real nodes: `node build/test/lab/tools/prepare-nodes.js`. */
const obstacle = await describeObstacle();
if (obstacle === undefined) {
  const print = (line: string): void => {
    console.log(line);
  };
  await locateTools(print);
  await locateNodePrograms(print);
} else {
  console.error(obstacle);
  process.exitCode = 1;
}

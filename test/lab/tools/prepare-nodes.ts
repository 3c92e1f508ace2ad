import { describeKernelObstacle, describeObstacle } from '../real/requirements.js';
import { locateTools } from './locate-tools.js';
import { locateNodePrograms, type NodePrograms } from './node-programs.js';

/** Brings the tools of the lab and of real nodes: `node build/test/lab/tools/prepare-nodes.js`. */
const obstacle = (await describeObstacle()) ?? (await describeKernelObstacle(await install()));
if (obstacle !== undefined) {
  console.error(obstacle);
  process.exitCode = 1;
}

async function install(): Promise<NodePrograms> {
  const print = (line: string): void => {
    console.log(line);
  };
  await locateTools(print);
  return locateNodePrograms(print);
}

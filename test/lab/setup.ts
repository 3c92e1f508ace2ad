import { startAzForkServer } from './az/fork-server.js';
import { createPool } from './cluster/control-plane-pool.js';
import { raiseShareOfSession } from './session-share.js';
import { locateTools } from './tools/locate-tools.js';

/** What jest runs once, before the test files of the lab. */
export default async function setUp(): Promise<void> {
  const { az } = await locateTools(console.log);
  raiseShareOfSession();
  await Promise.all([createPool(), startAzForkServer(az)]);
}

import { locateTools } from './locate-tools.js';

/** Brings the tools of the lab, so that no test has to wait for them: `node build/test/lab/tools/prepare.js`. */
await locateTools(line => {
  console.log(line);
});

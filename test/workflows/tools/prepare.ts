import { locateLinters } from './locate-linters.js';

/** Brings the linters, so that no test has to wait for them: `node build/test/workflows/tools/prepare.js`. */
try {
  await locateLinters(line => {
    console.log(line);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

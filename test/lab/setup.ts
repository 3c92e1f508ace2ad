/** What jest runs once, before the test files of the lab. */
export { createPool as default } from './cluster/control-plane-pool.js';

/** What jest runs once, after the test files of the lab. */
export { restoreShareOfSession as default } from './session-share.js';

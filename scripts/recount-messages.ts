/**
 * Computes the counts of messages again from the history in the report folder of a step, and prints them as JSON.
 * Usage: `npm run recount -- messages-1-drain.jsonl.gz`
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { accountForMessages, messageIssues } from '../src/chaos/measurement/message-accounting.js';
import { readHistory } from '../src/chaos/measurement/message-history.js';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('name the file: npm run recount -- messages-1-drain.jsonl.gz');
const history = readHistory(gunzipSync(readFileSync(path)).toString('utf8'));
const counts = accountForMessages(history);
console.log(JSON.stringify({ ...counts, doubts: messageIssues(counts, history) }, null, 2));

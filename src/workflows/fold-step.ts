/** The entry point of `.github/actions/fold`: one report for all legs of a matrix. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentName } from '../inputs/environment.js';
import { createPlainStep } from '../runtime/plain-step.js';
import { foldReports } from './fold.js';
import { assignReports } from './reports.js';
import type { Leg } from './workflow-plan.js';

const step = createPlainStep(process.env);
const input = (name: string): string => step.environment[environmentName(name)] ?? '';

const legs = JSON.parse(input('legs')) as readonly Leg[];
const texts = await step.readAll(input('reports'), 'report.json');
const reports = assignReports(
  legs.map(({ instance }) => instance),
  texts,
);
const { outcome, verdict, summary, junit } = foldReports(reports);
const folder = input('folder');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'report.xml'), junit);
await writeFile(join(folder, 'report.json'), `${JSON.stringify({ schemaVersion: 1, legs: reports }, undefined, 2)}\n`);
await step.summarize(summary);
await step.setOutputs({ outcome, verdict });

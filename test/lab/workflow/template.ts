import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import type { LiteralToken } from '@actions/workflow-parser/templates/tokens/literal-token';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import { StringToken } from '@actions/workflow-parser/templates/tokens/string-token';
import { isMapping, isString } from '@actions/workflow-parser/templates/tokens/type-guards';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A file that GitHub would not accept; its run ends as `startup_failure`. */
export class InvalidWorkflow extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InvalidWorkflow';
    this.problems = problems;
  }
}

/** A file as GitHub reads it: texts, numbers and expressions where its schema allows them. */
export interface Template {
  readonly root: MappingToken;
  /** Collects the errors of later readers; see {@link failOn}. */
  readonly context: TemplateContext;
}

// The entry of the package imports its schemas in a form that only bundlers support, so they are read as files.
const schemas = { workflow: 'workflow-v1.0.min.json', action: 'action-v1.0.min.json' } as const;
const roots = { workflow: 'workflow-root-strict', action: 'action-root-strict' } as const;
const loaded = new Map<keyof typeof schemas, TemplateSchema>();

/**
 * Reads a workflow or the file of an action with GitHub's schema and parser.
 * @throws InvalidWorkflow with GitHub's messages, each with the name of the file, the line and the column
 */
export function readTemplateText(kind: keyof typeof schemas, name: string, text: string): Template {
  const context = new TemplateContext(new TemplateValidationErrors(), schemaOf(kind), new NoOperationTraceWriter());
  const file = context.getFileId(name);
  const reader = new ValueReader(file, text);
  for (const { message, range } of reader.errors) context.error(file, message, range);
  failOn(context);
  const root = readTemplate(context, roots[kind], reader, file);
  failOn(context);
  if (root === undefined || !isMapping(root)) throw new InvalidWorkflow([`${name}: not a mapping`]);
  return { root, context };
}

/**
 * Returns texts as YAML defines them. The package also serves editors, and returns a block with an expression as it is
 * written, with its indentation and all its line ends.
 */
class ValueReader extends YamlObjectReader {
  override allowLiteral(): LiteralToken | undefined {
    const token = super.allowLiteral();
    if (token === undefined || !isString(token)) return token;
    return new StringToken(token.file, token.range, token.value, token.definitionInfo);
  }
}

/** @throws InvalidWorkflow when an error was found so far */
export function failOn(context: TemplateContext): void {
  const problems = context.errors.getErrors().map(({ message }) => message);
  if (problems.length > 0) throw new InvalidWorkflow(problems);
}

function schemaOf(kind: keyof typeof schemas): TemplateSchema {
  const known = loaded.get(kind);
  if (known !== undefined) return known;
  const path = resolve('node_modules/@actions/workflow-parser/dist', schemas[kind]);
  const schema = TemplateSchema.load(new JSONObjectReader(undefined, readFileSync(path, 'utf8')));
  loaded.set(kind, schema);
  return schema;
}

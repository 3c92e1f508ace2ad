import type { Answer, ArmRequest } from './messages.js';

export type Method = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** The names between braces in a pattern. */
type NamesIn<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type RequestWithoutParams = Omit<ArmRequest, 'params'>;

export interface Route {
  readonly method: Method;
  /** Returns the values of the names in the pattern; undefined when the path does not match. */
  match(path: string): Readonly<Record<string, string>> | undefined;
  handle(request: RequestWithoutParams, params: Readonly<Record<string, string>>): Answer | Promise<Answer>;
}

export const subscriptionPath = '/subscriptions/{subscription}';
export const groupPath = '/subscriptions/{subscription}/resourceGroups/{group}';

/**
 * Defines a route. A name between braces matches one segment of the path; everything else is compared
 * case-insensitively, as in ARM.
 */
export function route<const Pattern extends string>(
  method: Method,
  pattern: Pattern,
  handle: (request: ArmRequest<NamesIn<Pattern>>) => Answer | Promise<Answer>,
): Route {
  const source = pattern.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const expression = new RegExp(`^${source}/?$`, 'i');
  return {
    method,
    match(path) {
      const found = expression.exec(path);
      return found ? { ...found.groups } : undefined;
    },
    handle: (request, params) => handle({ ...request, params }),
  };
}

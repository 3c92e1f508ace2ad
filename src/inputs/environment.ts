/** The process environment, in which the runner hands over the inputs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the names of all input variables begin with. */
export const inputPrefix = 'INPUT_';

/**
 * The environment variable of an input: upper case, spaces as `_`, dashes kept; as the runner writes it and getInput of
 * @actions/core reads it.
 */
export function environmentName(input: string): string {
  return `${inputPrefix}${input.replaceAll(' ', '_').toUpperCase()}`;
}

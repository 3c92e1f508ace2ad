/** The process environment, which contains the inputs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The prefix of the names of all input variables. */
export const inputPrefix = 'INPUT_';

/**
 * Returns the environment variable of an input: upper case, spaces as `_`, dashes kept, as the runner sets it and
 * getInput of @actions/core reads it.
 */
export function environmentName(input: string): string {
  return `${inputPrefix}${input.replaceAll(' ', '_').toUpperCase()}`;
}

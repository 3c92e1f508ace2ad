import { configSections } from './config-sections.js';
import type { InputReader } from './reader.js';
import type { EffectiveValue } from './request.js';

/** Returns what the step uses of each input that the config file may have, section by section. */
export function effectiveValues({ text, placeOf }: InputReader): readonly EffectiveValue[] {
  return Object.entries(configSections).flatMap(([section, inputs]) =>
    inputs.map(input => ({ section, input, text: text(input), from: placeOf(input) })),
  );
}

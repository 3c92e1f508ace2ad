/** The inputs of an experiment that holds no fault, and measures for no longer than it must. */
export const shortChaos = { hold: '0s', steady: '500ms', 'min-availability': '0' };

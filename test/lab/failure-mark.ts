/** The global variable that is true when the present test has failed. */
export const failureMark = 'testHasFailed';

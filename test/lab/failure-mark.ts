/** The global variable that is true when a test or a hook has failed; who reports the failure sets it to false. */
export const failureMark = 'testHasFailed';

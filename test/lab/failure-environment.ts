import { TestEnvironment } from 'jest-environment-node';
import { failureMark } from './failure-mark.js';

/** The environment of the tests that have a lab: it tells them that a test failed, which Jest tells only reporters. */
export default class FailureEnvironment extends TestEnvironment {
  handleTestEvent({ name }: { readonly name: string }): void {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.global[failureMark] = true;
  }
}

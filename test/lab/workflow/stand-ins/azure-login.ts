import type { StandIn } from './stand-in.js';

/** azure/login with OpenID Connect: az is logged in for the steps that follow, until the end of the job. */
export const azureLogin: StandIn = {
  inputs: { 'client-id': '', 'tenant-id': '', 'subscription-id': '' },
  async run({ inputs, env, machine, print }) {
    const missing = ['client-id', 'tenant-id'].filter(name => (inputs[name] ?? '') === '');
    if (missing.length > 0) {
      throw new Error(
        `Login failed with Error: Not all values are present. Ensure '${missing.join("', '")}' are supplied.`,
      );
    }
    if ((env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') === '') {
      throw new Error(
        'Please make sure to give write permissions to id-token in the workflow. ' +
          'Error: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable',
      );
    }
    await machine.logIn(env, inputs['subscription-id'] ?? '');
    print('Azure CLI login succeeds by using OIDC.');
    // Ends the login before the post phases of earlier steps (Azure/login, action.yml).
    return env['AZURE_LOGIN_POST_CLEANUP'] === 'false' ? {} : { post: () => machine.logOut(env) };
  },
};

import { azureLogin } from './azure-login.js';
import { checkout } from './checkout.js';
import { downloadArtifact } from './download-artifact.js';
import { kindAction } from './kind-action.js';
import { setupNode } from './setup-node.js';
import type { StandIn } from './stand-in.js';
import { uploadArtifact } from './upload-artifact.js';

/** What the step runner does for actions of others, by their names; at which commit they are pinned does not matter. */
export const standIns: Readonly<Record<string, StandIn>> = {
  'actions/checkout': checkout,
  'actions/download-artifact': downloadArtifact,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'azure/login': azureLogin,
  'helm/kind-action': kindAction,
};

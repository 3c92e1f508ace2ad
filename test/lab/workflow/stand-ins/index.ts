import { azureLogin } from './azure-login.js';
import { checkout } from './checkout.js';
import { downloadArtifact } from './download-artifact.js';
import { kindAction } from './kind-action.js';
import { setupNode } from './setup-node.js';
import type { StandIn } from './stand-in.js';
import { uploadArtifact } from './upload-artifact.js';

/** The stand-ins for actions of others, by name; their pinned commits do not matter. */
export const standIns: Readonly<Record<string, StandIn>> = {
  'actions/checkout': checkout,
  'actions/download-artifact': downloadArtifact,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'azure/login': azureLogin,
  'helm/kind-action': kindAction,
};

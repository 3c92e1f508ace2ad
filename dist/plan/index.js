import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 954:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  lZ: () => (/* binding */ ActionError),
  ie: () => (/* binding */ toActionError)
});

// UNUSED EXPORTS: hasCode

;// CONCATENATED MODULE: ./build/src/errors/azure-errors.js
/**
 * Errors of Azure Resource Manager and AKS; see "Troubleshoot Azure Kubernetes Service" in Microsoft's documentation.
 */
const azureErrors = {
    'azure-quota': {
        transient: false,
        meaning: 'The vCPU quota of the region, or of the VM family of the node size, is exceeded.',
        hint: 'Lower `node-count`, set a smaller size in `node-vm-size`, request a higher quota, or change `location`.',
    },
    'azure-cluster-quota': {
        transient: false,
        meaning: 'The quota of managed clusters in the region is exceeded.',
        hint: 'Delete clusters that are no longer needed (operation sweep finds expired ones), or request a higher managed-cluster quota.',
    },
    'azure-size-unavailable': {
        transient: false,
        meaning: 'The node size is not available to the subscription in this region.',
        hint: 'Set another size in `node-vm-size`; `az vm list-skus --location REGION` lists the available sizes.',
    },
    'azure-capacity': {
        transient: true,
        meaning: 'Azure currently has no capacity for this node size in the region.',
        hint: 'Set more sizes in `node-vm-size`, fewer `zones`, or another `location`.',
    },
    'azure-zone-unsupported': {
        transient: false,
        meaning: 'The node size is not available in the requested availability zones of the region.',
        hint: 'Change `zones`, `node-vm-size` or `location`.',
    },
    'azure-throttled': {
        transient: true,
        meaning: 'Azure throttles the requests, because there were too many.',
        hint: 'Run fewer jobs against the subscription at the same time, for example with max-parallel in the matrix.',
    },
    'azure-busy': {
        transient: true,
        meaning: 'Another operation is in progress on the cluster.',
        hint: 'Wait until it ends; a `concurrency:` group in the workflow prevents concurrent runs.',
    },
    'azure-being-deleted': {
        transient: true,
        meaning: 'The resource group or the cluster is still being deleted.',
        hint: 'Wait until the deletion ends, or set another `resource-group` or `cluster-name`.',
    },
    'azure-precondition': {
        transient: false,
        meaning: 'The resource was changed after it was read and before it was written.',
        hint: 'Find out who else changes the resource, then run again.',
    },
    'cluster-exists': {
        transient: false,
        meaning: 'A cluster with this name already exists.',
        hint: 'Set `existing-cluster` to reuse, or set another `cluster-name`.',
    },
    'azure-invalid': {
        transient: false,
        meaning: 'A name or value in the request is not valid in Azure.',
        hint: 'Correct the value that the message names.',
    },
    'azure-version-unsupported': {
        transient: false,
        meaning: 'AKS does not support this Kubernetes version in the region.',
        hint: 'Leave `kubernetes-version` empty, or set a version that `az aks get-versions --location REGION` lists.',
    },
    'azure-provider-unregistered': {
        transient: false,
        meaning: 'The resource provider is not registered in the subscription.',
        hint: 'Register it once with `az provider register --namespace Microsoft.ContainerService`, or with the namespace in the message; this takes some minutes.',
    },
    'azure-forbidden': {
        transient: false,
        meaning: 'The identity is not authorized to perform this action in Azure.',
        hint: 'Assign it a role with the action and on the scope that the message names; a new role assignment takes effect after some minutes.',
    },
    'azure-policy': {
        transient: false,
        meaning: 'An Azure policy denies the request.',
        hint: 'The message names the policy; often it requires certain `tags`, another `location`, or no public IP address.',
    },
    'azure-locked': {
        transient: false,
        meaning: 'A lock on the resource or its resource group prevents the change.',
        hint: 'Remove the lock manually, then run again; the action never removes locks.',
    },
    'azure-subscription-disabled': {
        transient: false,
        meaning: 'The subscription is disabled and therefore read-only.',
        hint: 'Check the billing of the subscription, or set another `subscription-id`.',
    },
    'azure-public-ip-quota': {
        transient: false,
        meaning: 'The quota of public IP addresses in the region is exceeded.',
        hint: 'Delete unused public IP addresses, request a higher quota, or set `service-type` to internal.',
    },
    'azure-preempted': {
        transient: false,
        meaning: 'Another client changed or deleted the cluster during the operation.',
        hint: 'Check the activity log of the cluster to see which client it was, then run again.',
    },
    'azure-not-found': {
        transient: false,
        meaning: 'The resource does not exist in Azure.',
        hint: 'Check `subscription-id`, `resource-group` and `cluster-name`.',
    },
    'azure-unavailable': {
        transient: true,
        meaning: 'Azure did not respond, or responded that it is unavailable.',
        hint: 'Run again later; check the status of Azure at https://azure.status.microsoft.',
    },
    'azure-failed': {
        transient: false,
        meaning: 'Azure rejected the request for a reason that has no code of its own.',
        hint: 'Read the message of Azure above, and search for its error code in the AKS documentation.',
    },
    'cluster-create-failed': {
        transient: false,
        meaning: 'Azure accepted the request, but could not create the cluster.',
        hint: 'Read the reason from Azure above; the activity log of the cluster has more details.',
    },
    'cluster-create-timeout': {
        transient: true,
        meaning: 'The cluster was not created in time.',
        hint: 'Raise `create-timeout`, or check the activity log of the cluster.',
    },
};
//# sourceMappingURL=azure-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/chaos-errors.js
/** Chaos experiments: their targets, their locks and their records. */
const chaosErrors = {
    'disruption-blocked': {
        transient: false,
        meaning: 'The PodDisruptionBudget currently allows no eviction of a member.',
        hint: 'Add one member, deploy with `disruption-budget` max-unavailable, or set another mode in `when-blocked`.',
    },
    'disruption-allowed': {
        transient: false,
        meaning: 'The PodDisruptionBudget was expected to block an eviction, but allows it.',
        hint: 'Set `when-blocked` to surge or fail if the PodDisruptionBudget allows evictions.',
    },
    'drain-timeout': {
        transient: false,
        meaning: 'The node was not drained in time; pods are still running on it.',
        hint: 'Check the remaining pods in the report; a PodDisruptionBudget or a finalizer may block them.',
    },
    'target-refused': {
        transient: false,
        meaning: 'The node cannot be the target of the experiment.',
        hint: 'Set another `target-node`, or leave it empty to have one selected.',
    },
    'recovery-timeout': {
        transient: false,
        meaning: 'The cluster did not recover in time.',
        hint: 'Check the state of each member in the report; raise `max-recovery` if the recovery is only slow.',
    },
    'not-steady': {
        transient: true,
        meaning: 'The cluster was not in its steady state before the experiment, so no fault was injected.',
        hint: 'Run operation verify to see what is unhealthy, and fix that first.',
    },
    'experiment-skipped': {
        transient: false,
        meaning: 'The experiment is not possible on this cluster, so it was skipped.',
        hint: 'The report says what the cluster is missing.',
    },
    'unsupported-here': {
        transient: false,
        meaning: 'Azure denies changes to the virtual machines of this cluster.',
        hint: 'A node resource group lockdown or a policy may deny them; use drain, pod-kill or node-delete instead.',
    },
    'machine-foreign': {
        transient: false,
        meaning: 'A node, or a revert record, names a machine outside the node resource group of this cluster; the machine was not changed.',
        hint: 'Check the providerID of the node, and who is allowed to change nodes in this cluster.',
    },
    locked: {
        transient: true,
        meaning: 'Another run holds the lock of the same deployment.',
        hint: 'Wait until it ends. If its runner died, the lock expires after half a minute; then run operation recover.',
    },
    'lock-lost': {
        transient: true,
        meaning: 'Another run took over the lock, because this run did not renew it in time.',
        hint: 'Check the other run first, then run this one again.',
    },
    'mark-found': {
        transient: false,
        meaning: 'An earlier experiment left its revert record in the namespace: its changes were not reverted.',
        hint: 'Run operation recover on the cluster.',
    },
    'record-invalid': {
        transient: false,
        meaning: 'A revert record contains an entry that no experiment writes, or that the cluster does not confirm; the entry was ignored.',
        hint: 'Check the object named above. If no experiment is unfinished, delete the ConfigMap migratorydata-aks-mark of the namespace, or the annotation migratorydata-aks/mark of the node.',
    },
    'verdict-failed': {
        transient: false,
        meaning: 'An experiment ended with a verdict other than pass.',
        hint: 'Read the reason of each experiment in the report.',
    },
};
//# sourceMappingURL=chaos-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/kubernetes-errors.js
/** The cluster, its nodes and its API. */
const kubernetesErrors = {
    'nodes-not-ready': {
        transient: true,
        meaning: 'Fewer nodes became Ready than requested.',
        hint: 'Check the conditions of the nodes named above; AKS repairs a node that stays NotReady after some minutes.',
    },
    'api-conflict': {
        transient: true,
        meaning: 'Another client changed the object, or one of its fields, at the same time.',
        hint: 'Find out which other client manages the object that the message names, then run again.',
    },
    'api-error': {
        transient: false,
        meaning: 'The API server rejected the request for a reason that has no code of its own.',
        hint: 'Read the message of the API server above; it names the object and the field.',
    },
    'admission-denied': {
        transient: false,
        meaning: 'An admission policy of the cluster denies an object.',
        hint: 'The message names the policy; use `patches` to add what it requires.',
    },
    'namespace-not-ours': {
        transient: false,
        meaning: 'The namespace was not created by this action, so it is neither changed nor deleted.',
        hint: 'Set another `namespace`: the action changes only namespaces that have its label.',
    },
    'namespace-terminating': {
        transient: true,
        meaning: 'The namespace is still being deleted.',
        hint: 'Wait until it is deleted, or set another `namespace`.',
    },
    'immutable-field': {
        transient: false,
        meaning: 'Kubernetes does not allow this change to an existing object.',
        hint: 'Revert the change, or deploy to another `namespace`.',
    },
    'patches-failed': {
        transient: false,
        meaning: 'Kustomize could not apply the patches to the manifests.',
        hint: 'Correct the file in `patches` that the message names.',
    },
    'metrics-unavailable': {
        transient: true,
        meaning: 'The autoscaler gets no CPU metrics of the members.',
        hint: 'Check that metrics-server runs in the cluster and that `cpu-request` is set; the first values are available after one or two minutes.',
    },
};
//# sourceMappingURL=kubernetes-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/login-errors.js
/** Logging in to Azure and to the Kubernetes API of a cluster. */
const loginErrors = {
    'azure-not-logged-in': {
        transient: false,
        meaning: 'The runner has no valid login to Azure, and the inputs request none.',
        hint: 'Set `client-id`, `tenant-id` and `subscription-id`, or log in with azure/login in an earlier step.',
    },
    'azure-oidc-unavailable': {
        transient: false,
        meaning: 'The job is not allowed to request an OpenID Connect token from GitHub.',
        hint: 'Add `permissions: id-token: write` to the job; pull requests from forks cannot get this permission.',
    },
    'azure-federation-mismatch': {
        transient: false,
        meaning: 'Microsoft Entra ID has no federated credential that matches the identity of the job.',
        hint: 'Compare the subject in the message with the federated credential: the subject is case-sensitive and depends on the `environment:` of the job.',
    },
    'azure-assertion-expired': {
        transient: true,
        meaning: 'The login to Azure has expired, and its token could not be renewed.',
        hint: 'Set `client-id` and `tenant-id`, so that the action can log in again.',
    },
    'local-accounts-disabled': {
        transient: false,
        meaning: 'Local accounts are disabled in the cluster, so Azure issues no static credentials for it.',
        hint: 'Set `credentials` to kubelogin, and add azure/use-kubelogin to the job.',
    },
    'kubelogin-missing': {
        transient: false,
        meaning: 'The cluster uses Microsoft Entra ID, and kubelogin is not on the PATH of the runner.',
        hint: 'Add azure/use-kubelogin to the job before this step.',
    },
    'kubeconfig-invalid': {
        transient: false,
        meaning: 'The kubeconfig cannot be read, or does not contain the requested context.',
        hint: 'Set a valid file in `kubeconfig` or its content in `kubeconfig-content`, and a `context` that it contains.',
    },
    'api-unreachable': {
        transient: true,
        meaning: 'The API server of the cluster could not be reached.',
        hint: 'Check that the cluster is running, that its address is correct, and that `authorized-ip-ranges` includes this runner.',
    },
    'api-unauthorized': {
        transient: false,
        meaning: 'The API server does not accept the credentials.',
        hint: 'Get new credentials: these have expired or belong to another cluster.',
    },
    'api-forbidden': {
        transient: false,
        meaning: 'The credentials are valid, but lack a permission that the operation needs.',
        hint: 'Bind the identity to a Kubernetes role with the permission that the message names.',
    },
};
//# sourceMappingURL=login-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/member-errors.js
/** The members of the MigratoryData cluster: start, update and scaling. */
const memberErrors = {
    'image-pull': {
        transient: false,
        meaning: 'The image of the members cannot be pulled.',
        hint: 'Check the name and tag in `image`, and set `registry-credentials` for a private registry.',
    },
    'image-rate-limit': {
        transient: true,
        meaning: 'The registry limits the rate of pulls from this address.',
        hint: 'Set `registry-credentials`, or use a mirror in `image`; the limit resets after some hours.',
    },
    'crash-loop': {
        transient: false,
        meaning: 'A member repeatedly exits soon after its start.',
        hint: 'Read its last log lines in the report, and check `extra-opts`, `java-extra-opts` and `license-key`.',
    },
    'out-of-memory': {
        transient: false,
        meaning: 'A member was terminated because it exceeded the memory limit of its container.',
        hint: 'Raise `memory-request`: the JVM needs more than the memory that `memory` assigns to the server.',
    },
    unschedulable: {
        transient: false,
        meaning: 'No node has enough resources for a member.',
        hint: 'Raise `max-nodes`, set a larger size in `node-vm-size`, or lower `cpu-request` and `memory-request`.',
    },
    'mount-failed': {
        transient: false,
        meaning: 'A volume of a member cannot be mounted.',
        hint: 'Check the volume or Secret that the event names, and `patches` if it is defined there.',
    },
    'container-config': {
        transient: false,
        meaning: 'The container of a member cannot be created from its configuration.',
        hint: 'Check the Secret, ConfigMap or setting that the event names, and `patches` if it is defined there.',
    },
    'options-lost': {
        transient: false,
        meaning: 'The patches change the server options that the container gets.',
        hint: 'Change `patches` so that the environment variables and the command of the container are not modified.',
    },
    'rollout-timeout': {
        transient: false,
        meaning: 'Not all members became Ready in time.',
        hint: 'Check the state of each member in the report; raise `verify-timeout` if they are only slow.',
    },
    'rollout-reverted': {
        transient: false,
        meaning: 'An update of the members failed and was rolled back.',
        hint: 'The previous version is running again: correct the change, and deploy again.',
    },
    'full-restart-needed': {
        transient: false,
        meaning: 'During the rollout of this change, members would have conflicting views of the cluster.',
        hint: 'Revert the change, or set `allow-full-restart` to true; then all members stop at the same time, and the message history in memory is lost.',
    },
    'members-missing': {
        transient: false,
        meaning: 'Fewer members are Ready than the StatefulSet requests.',
        hint: 'Check the state and the last log lines of each member in the report.',
    },
    'not-deployed': {
        transient: false,
        meaning: 'The namespace contains no deployment of this action.',
        hint: 'Run operation deploy first, or correct `namespace`.',
    },
    'scale-out-of-bounds': {
        transient: false,
        meaning: 'The requested number of members is outside the bounds of the deployment.',
        hint: 'Set `scale-to` to values between `min-replicas` and `max-replicas` of the deployment.',
    },
};
//# sourceMappingURL=member-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/ownership-errors.js
/** Deletion and undo: only what the action owns, and all of it. */
const ownershipErrors = {
    'ownership-mismatch': {
        transient: false,
        meaning: 'The resource does not have the tags of this repository and run, so it is not deleted.',
        hint: 'Set `resource-group` and `cluster-name` to resources that this repository created, or delete the resource manually.',
    },
    'delete-incomplete': {
        transient: true,
        meaning: 'Some resources could not be deleted.',
        hint: 'Run operation teardown again, or sweep after the expiry; the remaining resources are named above and may cause costs.',
    },
    'undo-incomplete': {
        transient: true,
        meaning: 'A temporary change of the action could not be undone.',
        hint: 'Undo the changes named above manually.',
    },
};
//# sourceMappingURL=ownership-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/service-errors.js
/** The client side of the cluster: load balancer, welcome page, connections and messages. */
const serviceErrors = {
    'load-balancer-pending': {
        transient: true,
        meaning: 'The load balancer did not assign an address to the Service in time.',
        hint: 'Check the events of the Service in the report; raise `verify-timeout` if they show no error.',
    },
    'load-balancer-failed': {
        transient: false,
        meaning: 'The cloud provider cannot create the load balancer of the Service.',
        hint: 'Read the reason in the event above; it may be a `dns-label` that is in use, a quota, or a missing role assignment.',
    },
    'welcome-page-failed': {
        transient: true,
        meaning: 'The welcome page did not return the expected response.',
        hint: 'Check that the Service reaches the members and that `source-ranges` includes this runner; set `verify-url` if clients use another address.',
    },
    'connect-failed': {
        transient: true,
        meaning: 'A TCP connection to the client endpoint could not be opened.',
        hint: 'Check the firewalls, that `source-ranges` includes this runner, and that the members are Ready.',
    },
    'delivery-failed': {
        transient: false,
        meaning: 'A message was not accepted, or did not arrive.',
        hint: 'Check the logs of the members in the report: the cluster may have no quorum, or may not have formed.',
    },
};
//# sourceMappingURL=service-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/step-errors.js
/** The step itself: its inputs, its runner, the programs that it starts, and how it ends. */
const stepErrors = {
    'invalid-input': {
        transient: false,
        meaning: 'One or more inputs are unknown, invalid or inconsistent.',
        hint: 'Correct the inputs named above; nothing was started.',
    },
    'unsupported-runner': {
        transient: false,
        meaning: 'The action does not support the operating system of the runner.',
        hint: 'Use a Linux runner, such as `runs-on: ubuntu-latest`.',
    },
    'tool-missing': {
        transient: false,
        meaning: 'A program that the operation needs is not on the PATH of the runner.',
        hint: 'Install the program named above in an earlier step, or use a runner image that includes it.',
    },
    'tool-too-old': {
        transient: false,
        meaning: 'A program on the runner is older than the minimum version.',
        hint: 'Install the version named above or a newer one in an earlier step.',
    },
    'identifier-invalid': {
        transient: false,
        meaning: 'A name from the cluster or from Azure is not valid, so it was not used in a command or URL.',
        hint: 'Check the object with this name; it may have been created with malicious intent.',
    },
    'command-failed': {
        transient: false,
        meaning: 'A program failed with an error that has no code of its own.',
        hint: 'Read the last output of the program in the report; the command line there can be copied and run manually.',
    },
    'command-timeout': {
        transient: true,
        meaning: 'A program exceeded its time limit and was terminated.',
        hint: 'Run again; if it happens again, check the status page of the service that the program connects to.',
    },
    cancelled: {
        transient: false,
        meaning: 'The run was cancelled during the step.',
        hint: 'No action is needed: the report lists the remaining changes, and the post step undoes them.',
    },
    'timed-out': {
        transient: false,
        meaning: 'The step did not end within its time limit.',
        hint: 'Raise `timeout`, or shorten the plan; the report shows the durations of the phases.',
    },
    internal: {
        transient: false,
        meaning: 'An unexpected error occurred in the action.',
        hint: 'This is a bug in the action; please open an issue and attach report.json.',
    },
};
//# sourceMappingURL=step-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/catalogue.js








/**
 * All errors that a user can see: a stable code, whether a retry may help, what happened, and what to do next. Users
 * match on the codes, so a code is never renamed or reused. `docs/errors.md` is generated from this catalogue.
 */
const catalogue = {
    ...stepErrors,
    ...loginErrors,
    ...azureErrors,
    ...kubernetesErrors,
    ...memberErrors,
    ...serviceErrors,
    ...chaosErrors,
    ...ownershipErrors,
};
/** The codes grouped by the headings of the documentation, in its order. */
const catalogueGroups = [
    { title: 'The step', entries: stepErrors },
    { title: 'Logging in', entries: loginErrors },
    { title: 'Azure', entries: azureErrors },
    { title: 'Kubernetes', entries: kubernetesErrors },
    { title: 'Members', entries: memberErrors },
    { title: 'Clients', entries: serviceErrors },
    { title: 'Chaos', entries: chaosErrors },
    { title: 'Deleting and undoing', entries: ownershipErrors },
];
//# sourceMappingURL=catalogue.js.map
;// CONCATENATED MODULE: ./build/src/errors/action-error.js

/**
 * A failure that is reported to the user: a stable code of the catalogue, a message that names the resource and the
 * cause, and a hint that says what to do next.
 */
class ActionError extends Error {
    code;
    hint;
    transient;
    evidence;
    constructor(code, message, details = {}) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.name = 'ActionError';
        this.code = code;
        this.hint = details.hint ?? catalogue[code].hint;
        this.transient = catalogue[code].transient;
        this.evidence = details.evidence ?? '';
    }
}
/** Returns whether an error is an ActionError with one of the given codes. */
function hasCode(error, ...codes) {
    return error instanceof ActionError && codes.includes(error.code);
}
/** Converts any thrown value to an ActionError; an unexpected value gets the code `internal`. */
function toActionError(error) {
    if (error instanceof ActionError)
        return error;
    const message = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    return new ActionError('internal', message, { evidence: stack, cause: error });
}
//# sourceMappingURL=action-error.js.map

/***/ }),

/***/ 318:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  D: () => (/* binding */ createPlainStep)
});

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: ./build/src/runtime/text.js
/**
 * Makes text from outside (logs, events, program output) printable for the log and the reports. White space,
 * separators, control characters and format characters are those of Unicode, so that all readers agree on them:
 * JavaScript, the .NET code of the runner, terminals and browsers. Pure.
 */
/** Terminal escape sequences as defined in ECMA-48: CSI (colors, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
/** All line breaks of Unicode that occur in text. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
/**
 * Invisible characters: direction marks, joiners, zero-width spaces, byte order marks, variation selectors. They change
 * how the rest is displayed, and comparisons in .NET ignore most of them.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Control characters and noncharacters; with the `u` flag, an unpaired surrogate also matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/**
 * Returns printable text: no colors or format characters, only line feeds, plain spaces and tabs as white space, and
 * every other control character as `\xNN`.
 */
function toPlainText(text) {
    return text
        .replace(terminalSequences, '')
        .replace(invisible, '')
        .replace(lineBreaks, '\n')
        .replace(/\p{Zs}/gu, ' ')
        .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
/** Returns printable text on one line. */
function toOneLine(text) {
    return toPlainText(text).replace(/\s+/g, ' ').trim();
}
/** Returns at most the first `limit` characters, with a mark where the text was cut; never splits a surrogate pair. */
function clipEnd(text, limit) {
    if (text.length <= limit)
        return text;
    return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}
/**
 * Returns at most the last `limit` characters, from the start of a line if possible, with a mark where the text was
 * cut.
 */
function clipStart(text, limit) {
    if (text.length <= limit)
        return text;
    const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
    const lineStart = tail.indexOf('\n') + 1;
    return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}
/** Returns at most `limit` characters from the end of a name: the end distinguishes nodes of one pool. */
function clipName(name, limit) {
    return name.length <= limit ? name : `…${name.slice(1 - limit)}`;
}
const mark = '[...]';
//# sourceMappingURL=text.js.map
;// CONCATENATED MODULE: ./build/src/runtime/plain-step.js



function createPlainStep(environment) {
    const append = async (variable, text) => {
        const path = environment[variable];
        if (path)
            await (0,promises_namespaceObject.appendFile)(path, text);
    };
    return {
        environment,
        setOutputs: values => append('GITHUB_OUTPUT', Object.entries(values)
            .map(([name, value]) => `${name}=${value}\n`)
            .join('')),
        summarize: markdown => append('GITHUB_STEP_SUMMARY', markdown),
        error(message, title) {
            const property = escapeData(toOneLine(title)).replaceAll(':', '%3A').replaceAll(',', '%2C');
            process.stdout.write(`::error title=${property}::${escapeData(toPlainText(message))}\n`);
        },
        async readAll(folder, name) {
            const entries = await (0,promises_namespaceObject.readdir)(folder, { recursive: true }).catch(() => []);
            const paths = entries.filter(path => path === name || path.endsWith(`/${name}`)).sort();
            return Promise.all(paths.map(path => (0,promises_namespaceObject.readFile)((0,external_node_path_namespaceObject.join)(folder, path), 'utf8')));
        },
    };
}
/** Escapes the text of a workflow command. */
function escapeData(text) {
    return text.replaceAll('%', '%25').replaceAll('\n', '%0A');
}
//# sourceMappingURL=plain-step.js.map

/***/ }),

/***/ 332:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(598);
/* harmony import */ var _errors_action_error_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(954);
/* harmony import */ var _runtime_plain_step_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(318);
/* harmony import */ var _workflow_plan_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(439);
/**
 * The entry point of `.github/actions/plan`: validates the inputs of a workflow, and computes what all its jobs share.
 */




const step = (0,_runtime_plain_step_js__WEBPACK_IMPORTED_MODULE_2__/* .createPlainStep */ .D)(process.env);
try {
    const { instance, reports, legs } = (0,_workflow_plan_js__WEBPACK_IMPORTED_MODULE_3__/* .planWorkflow */ .t)(step.environment, (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(3).toString('hex'));
    await step.setOutputs({ instance, reports, legs: JSON.stringify(legs) });
}
catch (error) {
    const { message, code } = (0,_errors_action_error_js__WEBPACK_IMPORTED_MODULE_1__/* .toActionError */ .ie)(error);
    step.error(message, code);
    process.exitCode = 1;
}
//# sourceMappingURL=plan-step.js.map
__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 439:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  t: () => (/* binding */ planWorkflow)
});

// UNUSED EXPORTS: stepsOfJob

;// CONCATENATED MODULE: ./build/src/inputs/environment.js
/** What the names of all input variables begin with. */
const inputPrefix = 'INPUT_';
/**
 * The environment variable of an input: upper case, spaces as `_`, dashes kept; as the runner writes it and getInput of
 * @actions/core reads it.
 */
function environmentName(input) {
    return `${inputPrefix}${input.replaceAll(' ', '_').toUpperCase()}`;
}
//# sourceMappingURL=environment.js.map
// EXTERNAL MODULE: ./build/src/errors/action-error.js + 9 modules
var action_error = __nccwpck_require__(954);
;// CONCATENATED MODULE: ./build/src/runtime/identifiers.js

/**
 * The patterns of identifiers in Azure and Kubernetes. Sources: "Naming rules and restrictions for Azure resources",
 * the pattern of agent pool names in the AKS REST reference, "Object Names and IDs" in the Kubernetes documentation.
 */
const identifierForms = {
    // Any argument of az.
    argument: /^(?!@)\P{Cc}*$/su,
    'subscription id': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'resource group': /^(?!-)[\w().-]{0,89}[\w()-]$/,
    'cluster name': /^[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?$/,
    'scale set': /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/,
    // Without an instance, az acts on the whole scale set.
    'instance id': /^\d{1,10}$/,
    'node pool': /^[a-z][a-z0-9]{0,11}$/,
    'resource id': /^(?:\/[A-Za-z0-9_(][\w().-]*)+$/,
    etag: /^(?:W\/)?"?[A-Za-z0-9][A-Za-z0-9-]{0,99}"?$/,
    'tag key': /^[A-Za-z0-9_][^<>%&\\?/=\p{C}\u2028\u2029]{0,511}$/u,
    'tag value': /^[^\p{C}\u2028\u2029]{0,256}$/u,
    'address range': /^[0-9a-f:.]{2,45}(?:\/\d{1,3})?$/i,
    'node name': /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
    // Other names would change the path; see "Path Segment Names" in the Kubernetes documentation.
    'object name': /^(?!\.{1,2}$)[^/%\p{C}\u2028\u2029]{1,253}$/u,
};
function isIdentifier(kind, text) {
    return identifierForms[kind].test(text);
}
/**
 * Returns an identifier that is safe in an argument list or a URL, whatever its source: az reads a file if a value
 * starts with `@`, and takes a value that starts with `-` for an option.
 * @throws ActionError `identifier-invalid`, with the text as JSON.
 */
function identifier(kind, text) {
    if (isIdentifier(kind, text))
        return text;
    const shown = JSON.stringify(text.slice(0, 100));
    throw new ActionError('identifier-invalid', `${shown} is not a valid ${kind}, so it was not used.`);
}
//# sourceMappingURL=identifiers.js.map
;// CONCATENATED MODULE: ./build/src/inputs/parsers.js

/** Says what a text means. */
function accept(value) {
    return { ok: true, value };
}
/** Says which rule a text breaks and what to do about it. */
function parsers_refuse(rule, remedy) {
    return { ok: false, rule, remedy, hidden: false };
}
/** Like `refuse`, for a value that may be a secret in the wrong place. */
function refuseRedacted(rule, remedy) {
    return { ok: false, rule, remedy, hidden: true };
}
const unitMs = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
/** Accepts `90s`, `10m`, `1h30m`, `200ms` as milliseconds between two bounds, both included. */
function duration(min, max) {
    const [minMs, maxMs] = [readDuration(min) ?? 0, readDuration(max) ?? Infinity];
    return text => {
        const ms = readDuration(text);
        if (ms === undefined)
            return parsers_refuse('must be a duration', 'write it as 90s, 10m or 1h30m');
        if (ms < minMs || ms > maxMs)
            return parsers_refuse(`must be from ${min} to ${max}`, 'give a duration within these bounds');
        return accept(ms);
    };
}
function readDuration(text) {
    const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/.exec(text);
    if (text === '' || match === null)
        return undefined;
    const [, h = '0', m = '0', s = '0', ms = '0'] = match;
    return Number(h) * unitMs.h + Number(m) * unitMs.m + Number(s) * unitMs.s + Number(ms);
}
/** Milliseconds as the shortest text that `duration` reads back. */
function writeDuration(ms) {
    let rest = ms;
    let text = '';
    for (const [unit, size] of Object.entries(unitMs)) {
        const count = Math.floor(rest / size);
        rest -= count * size;
        if (count > 0)
            text += `${count}${unit}`;
    }
    return text === '' ? '0s' : text;
}
const booleans = {
    true: true,
    True: true,
    TRUE: true,
    false: false,
    False: false,
    FALSE: false,
};
/** Accepts what getBooleanInput of @actions/core accepts: the YAML 1.2 core schema. */
const parsers_boolean = text => {
    const value = Object.hasOwn(booleans, text) ? booleans[text] : undefined;
    return value === undefined ? parsers_refuse('must be true or false', 'write true or false') : accept(value);
};
/** Accepts a whole number between two bounds, both included. */
function integer(min, max) {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    return text => {
        const value = Number(text);
        if (/^\d{1,15}$/.test(text) && value >= min && value <= max)
            return accept(value);
        return parsers_refuse(`must be a whole number ${bounds}`, `write digits only, such as ${min}`);
    };
}
/** Accepts a share from 0 to 100, with up to three decimals. */
const percentage = text => /^\d{1,3}(\.\d{1,3})?$/.test(text) && Number(text) <= 100
    ? accept(Number(text))
    : parsers_refuse('must be a number from 0 to 100', 'write it as 95 or 99.5, without a percent sign');
/** Accepts one word of a list. */
function choice(words) {
    return text => {
        const found = words.find(word => word === text);
        return found === undefined ? parsers_refuse(`must be one of ${words.join(', ')}`, suggest(text, words)) : accept(found);
    };
}
/** Accepts any text that fits on one line. */
const line = text => /[\r\n\0]/.test(text) ? parsers_refuse('must be a single line', 'remove the line breaks') : accept(text);
/** Accepts an absolute http or https address. */
const webAddress = text => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && ['http:', 'https:'].includes(url.protocol))
        return accept(text);
    return parsers_refuse('must be an http or https address', 'write it as https://push.example.com');
};
/** The parts of a comma-separated list, trimmed; empty parts are dropped. */
function splitList(text) {
    return text
        .split(',')
        .map(part => part.trim())
        .filter(part => part !== '');
}
/** The lines of a text, trimmed; empty lines are dropped. */
function splitLines(text) {
    return text
        .split('\n')
        .map(part => part.trim())
        .filter(part => part !== '');
}
//# sourceMappingURL=parsers.js.map
;// CONCATENATED MODULE: ./build/src/inputs/name-parsers.js


/** Accepts texts that match a pattern; az would read a value that begins with `@` as a file name, so none may. */
function named(pattern, rule, remedy) {
    return text => {
        if (text.startsWith('@'))
            return parsers_refuse('must not begin with @, which az takes for a file name', 'remove the @');
        return pattern.test(text) ? accept(text) : parsers_refuse(rule, remedy);
    };
}
/** Resource group: "Naming rules and restrictions for Azure resources", Microsoft.Resources. Never begins with `-`. */
const resourceGroup = named(identifierForms['resource group'], 'must be 1 to 90 letters, digits or any of - _ . ( ), must not begin with - nor end with .', 'choose such a name, for example rg-migratorydata');
/** The longest node resource group that AKS accepts; its own MC_ names count as well. */
const nodeResourceGroupLength = 80;
/** The group that AKS makes for the nodes. */
const nodeResourceGroup = text => text.length > nodeResourceGroupLength
    ? refuse(`must have at most ${nodeResourceGroupLength} characters`, 'choose a shorter name')
    : resourceGroup(text);
const clusterPattern = named(identifierForms['cluster name'], 'must be 1 to 63 letters, digits, - or _, and begin and end with a letter or digit', 'choose such a name, for example aks-migratorydata');
/** Managed cluster: the same page, Microsoft.ContainerService, and its list of reserved words. */
const clusterName = text => /microsoft|windows|^login|^xbox/i.test(text)
    ? refuse('must not use the words microsoft, windows, login or xbox, which Azure reserves', 'choose another name')
    : clusterPattern(text);
/** The group that AKS uses for the nodes when none is named. */
function defaultNodeResourceGroup(group, cluster, location) {
    return `MC_${group}_${cluster}_${location}`;
}
/** The default resource group of a run: no attempt number, so that a rerun finds it again. */
function defaultResourceGroup(runId, instance) {
    const name = `rg-migratorydata-${runId}-${instance}`.replaceAll(/[^\w().-]/g, '-').slice(0, 90);
    return name.replace(/\.+$/, end => '-'.repeat(end.length));
}
/** Distinguishes jobs of one run; a tag value and a part of names, so from the letters that all of these allow. */
const instanceName = named(/^[A-Za-z0-9_][\w.-]{0,62}$/, 'must be 1 to 63 letters, digits, . _ or -, and begin with a letter, a digit or _', 'choose such a name, for example nightly-0');
/** Azure region by its short name, such as `eastus`. */
const name_parsers_location = named(/^[a-z][a-z0-9]{2,29}$/, 'must be the short name of a region, in lower-case letters and digits', 'take a name that `az account list-locations` shows, such as eastus');
/** VM size, such as `Standard_D2s_v5`. */
const vmSize = named(/^[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_-]{1,60}$/, 'must be the name of a VM size', 'take a name that `az vm list-skus` shows, such as Standard_D2s_v5');
/** Identifier of a subscription, tenant or application. */
const guid = named(identifierForms['subscription id'], 'must be a GUID', 'write it as 00000000-0000-0000-0000-000000000000');
/** Kubernetes version as AKS takes it: a minor version stands for its latest patch. */
const kubernetesVersion = named(/^1\.\d{1,3}(?:\.\d{1,3})?$/, 'must be a Kubernetes version', 'write it as 1.35 or 1.35.4, or leave it empty');
/** Label of a public address: the pattern that Azure checks it with. */
const publicDnsLabel = named(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/, 'must be 3 to 63 lower-case letters, digits or -, begin with a letter and end with a letter or digit', 'choose such a name, for example migratorydata-test');
const dnsLabel = named(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label: 1 to 63 lower-case letters, digits or -, beginning and ending with a letter or digit', 'choose such a name, for example migratory');
/** Namespace (RFC 1123 label). Those of Kubernetes itself are refused, and `default`, which nobody can delete. */
const namespace = text => text === 'default' || text.startsWith('kube-')
    ? refuse('must not be default nor begin with kube-', 'use a namespace of its own, for example migratory')
    : dnsLabel(text);
/** DNS name (RFC 1123 subdomain, at most 253 characters), for nodes and the cluster's domain. */
const dnsName = named(identifierForms['node name'], 'must be a DNS name of lower-case letters, digits, - and .', 'write it as cluster.local');
/** Repository as `owner/name`. */
const repository = named(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/, 'must be a repository as owner/name', 'write it as acme/shop');
//# sourceMappingURL=name-parsers.js.map
;// CONCATENATED MODULE: ./build/src/journal/redaction.js
const redaction_hidden = '***';
/** Shorter lines of a secret, such as a brace, are too common: redacting them would make logs unreadable. */
const shortestLine = 4;
/**
 * Returns all forms in which a secret can appear: as given, by line, in base64 (also within a longer encoded text), and
 * encoded for a URL or for JSON. The mask of the runner and the redactor use the same list.
 */
function maskForms(secret) {
    const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map(line => line.trim())];
    const forms = parts.filter(part => part.length >= shortestLine).flatMap(formsOf);
    return [...new Set(forms)].filter(form => form.length >= shortestLine);
}
/** Returns a function that replaces all forms of all secrets in a text, in one pass. */
function createRedactor(secrets) {
    const forms = [...new Set(secrets.flatMap(maskForms))];
    if (forms.length === 0)
        return text => text;
    // The longest first: the alternation takes the first match, which must not leave the end of a longer secret.
    forms.sort((a, b) => b.length - a.length);
    const pattern = new RegExp(forms.map(escapePattern).join('|'), 'g');
    return text => text.replace(pattern, redaction_hidden);
}
function formsOf(text) {
    return [
        text,
        JSON.stringify(text).slice(1, -1),
        encodeURIComponent(text),
        new URLSearchParams({ '': text }).toString().slice(1),
        ...base64Forms(Buffer.from(text)),
    ];
}
/**
 * Returns base64 forms for a secret alone and within a longer text. Three bytes become four characters, so within a
 * longer text the same bytes have one of three forms, without the first and last characters that depend on neighbouring
 * bytes.
 */
function base64Forms(bytes) {
    const whole = [bytes.toString('base64'), bytes.toString('base64url')];
    const within = [0, 1, 2].flatMap(shift => {
        const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
        const from = shift === 0 ? 0 : shift + 1;
        const to = Math.floor((shifted.length * 8) / 6);
        return ['base64', 'base64url'].map(alphabet => shifted.toString(alphabet).slice(from, to));
    });
    // Short base64 strings would match by chance.
    return [...whole, ...within].filter(form => form.length >= 8);
}
function escapePattern(text) {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
/**
 * Fields that never contain external text. They are not redacted, so that a common word in a secret does not change
 * them.
 */
const internalFields = new Set([
    'schemaVersion',
    'operation',
    'outcome',
    'startedAt',
    'status',
    'verdict',
    'code',
    'tool',
    'method',
]);
/** Returns a copy of the report with all external text redacted. */
function redactReport(report, redact) {
    return redactValue(report, redact);
}
function redactValue(value, redact) {
    if (typeof value === 'string')
        return redact(value);
    if (Array.isArray(value))
        return value.map(item => redactValue(item, redact));
    if (typeof value !== 'object' || value === null)
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [
        key,
        internalFields.has(key) ? item : redactValue(item, redact),
    ]));
}
/** Masks the given secrets, and those that are added later with `hide`. */
function keepSecret(secrets, log) {
    const known = new Set();
    let redactor = createRedactor([]);
    const hide = (secret) => {
        if (known.has(secret))
            return;
        known.add(secret);
        for (const form of maskForms(secret))
            log.mask(form);
        redactor = createRedactor([...known]);
    };
    secrets.forEach(hide);
    return { redact: text => redactor(text), hide };
}
//# sourceMappingURL=redaction.js.map
;// CONCATENATED MODULE: ./build/src/inputs/problems.js


/** Longest part of a value that is repeated in a message, in characters. */
const shownLength = 120;
/** An empty collection; texts that contain one of the `secrets` lose it. */
function createProblems(secrets) {
    const lines = [];
    const warnings = [];
    const redact = createRedactor(secrets);
    return {
        add({ input, value, rule, remedy }) {
            // Hidden first: cutting or quoting could leave a part of a secret that no longer matches.
            const found = value === undefined ? '' : ` ${quote(redact(value))}`;
            lines.push(`- ${redact(`${input}${found}: ${rule}; ${remedy}`)}.`);
        },
        warn(text) {
            warnings.push(redact(text));
        },
        warnings: () => warnings,
        throwIfAny() {
            if (lines.length === 0)
                return;
            const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
            throw new action_error/* ActionError */.lZ('invalid-input', [`${count} with the inputs; nothing was started:`, ...lines].join('\n'));
        },
    };
}
function quote(value) {
    return JSON.stringify(value.length > shownLength ? `${value.slice(0, shownLength)}…` : value);
}
//# sourceMappingURL=problems.js.map
;// CONCATENATED MODULE: ./build/src/inputs/secret-inputs.js
/** Inputs whose values appear in no message, log, report or manifest. */
const secretInputs = [
    'license-key',
    'cluster-password',
    'entitlement-token',
    'registry-credentials',
    'kubeconfig-content',
    'github-token',
];
/** Whether the value of an input must be kept secret. */
function isSecret(input) {
    return secretInputs.some(secret => secret === input);
}
//# sourceMappingURL=secret-inputs.js.map
;// CONCATENATED MODULE: ./build/src/inputs/reader.js



/** A reader of these texts that adds to these problems. */
function createReader(raw, problems) {
    const unsound = new Set();
    function report(input, value, { rule, remedy, hidden }) {
        unsound.add(input);
        problems.add({ input, rule, remedy, ...(!hidden && !isSecret(input) && { value }) });
    }
    function read(input, text, parse) {
        const parsed = parse(text);
        if (parsed.ok)
            return parsed.value;
        report(input, text, parsed);
        return undefined;
    }
    function readAll(input, parts, parse) {
        const text = raw.text(input);
        if (parts.length === 0 && text !== '')
            report(input, text, parsers_refuse('has no element', 'give at least one'));
        const values = parts.map(part => read(input, part, parse));
        return values.filter(value => value !== undefined);
    }
    return {
        problems,
        text: input => raw.text(input),
        isDefault: input => raw.text(input) === raw.defaultOf(input),
        areValid: (...names) => !names.some(name => unsound.has(name)),
        value(input, parse) {
            const value = read(input, raw.text(input), parse);
            if (value !== undefined)
                return value;
            const fallback = parse(raw.defaultOf(input));
            if (fallback.ok)
                return fallback.value;
            throw new action_error/* ActionError */.lZ('internal', `The default of ${input} in action.yml breaks its own rule: ${fallback.rule}.`);
        },
        optional(input, parse) {
            const text = raw.text(input);
            return text === '' ? undefined : read(input, text, parse);
        },
        list: (input, parse) => readAll(input, splitList(raw.text(input)), parse),
        lines: (input, parse) => readAll(input, splitLines(raw.text(input)), parse),
    };
}
//# sourceMappingURL=reader.js.map
;// CONCATENATED MODULE: ./build/src/workflows/workflow-plan.js





/**
 * The time limit for the work of all steps of a job, in hours. A job can take 350 minutes, of which undo and the post
 * phase take up to 9, and the setup a few: with this limit, the timeout of the job never interrupts a revert.
 */
const forwardHours = 5;
/** The number of steps with `timeout` in the longest job of a workflow; 1 for workflows that are not listed. */
const stepsOfJob = { deploy: 3, scale: 2, check: 4 };
/** Inputs that the workflows use themselves: for conditions, the concurrency group, and uploads. */
const decidedByWorkflows = [
    'instance',
    'provider',
    'resource-group',
    'cluster-name',
    'teardown',
    'patches',
    'operation',
    'report-directory',
];
/** Inputs that distinguish the legs of a matrix, or would make them use the same resources. */
const decidedByLegs = ['location', 'kubernetes-version', 'node-resource-group', 'existing-cluster', 'dns-label'];
/** The maximum number of jobs in a matrix ("Running variations of jobs in a workflow" in the GitHub documentation). */
const maxLegs = 256;
/**
 * Plans a workflow from the inputs of its first job.
 * @param unique distinguishes the artifacts of this call from those of other calls in the same run
 * @throws ActionError `invalid-input` with all problems, one per line.
 */
function planWorkflow(env, unique) {
    const problems = createProblems([]);
    const text = (input) => env[environmentName(input)]?.trim() ?? '';
    const inputs = createReader({ text, defaultOf: () => '' }, problems);
    const instance = inputs.optional('instance', instanceName) ?? 'main';
    inputs.optional('timeout', forwardTime(text('workflow')));
    checkOptions(inputs, text('workflow'));
    const legs = readLegs(inputs, instance, env['GITHUB_RUN_ID'] ?? '0');
    problems.throwIfAny();
    return { instance, reports: `migratorydata-${text('workflow')}-${instance}-${unique}`, legs };
}
/** Returns a parser for the timeout of one step. All steps of a job have the same limit. */
function forwardTime(workflow) {
    const steps = stepsOfJob[workflow] ?? 1;
    const longest = writeDuration((forwardHours * 3_600_000) / steps);
    const read = duration('1s', longest);
    return text => {
        const parsed = read(text);
        if (parsed.ok || steps === 1)
            return parsed;
        const remedy = `${parsed.remedy}; each of the ${steps} steps of a job can take at most ${longest}`;
        return { ...parsed, remedy };
    };
}
/**
 * Rejects options that the workflow uses itself. It does not see the options, so it would use other values than the
 * action, for example to decide which cluster to delete.
 */
function checkOptions({ problems, text }, workflow) {
    const decided = [...decidedByWorkflows, ...(workflow === 'matrix' ? decidedByLegs : [])];
    for (const line of splitLines(text('options'))) {
        const [name = '', value = ''] = line.split('=', 2).map(part => part.trim());
        if (decided.includes(name)) {
            const rule = 'must be the same for all jobs of the workflow';
            problems.add({
                input: 'options',
                value: name,
                rule,
                remedy: `give ${name} as an input in a call of the workflow`,
            });
        }
        const time = name === 'timeout' ? forwardTime(workflow)(value) : undefined;
        if (time?.ok === false)
            problems.add({ input: 'options', value: line, rule: time.rule, remedy: time.remedy });
    }
}
/** Returns a leg for each combination of region and version, each with its own instance. */
function readLegs(inputs, instance, runId) {
    const versions = inputs.list('kubernetes-versions', kubernetesVersion);
    const legs = [...new Set(inputs.list('locations', name_parsers_location))].flatMap(region => (versions.length === 0 ? [''] : [...new Set(versions)]).map(version => {
        const own = [instance, region, version].filter(part => part !== '').join('-');
        const nodes = `${defaultResourceGroup(runId, own)}-nodes`;
        return { instance: own, location: region, 'kubernetes-version': version, 'node-resource-group': nodes };
    }));
    if (legs.length > maxLegs) {
        const rule = `makes ${legs.length} legs with the versions, but GitHub runs at most ${maxLegs}`;
        inputs.problems.add({ input: 'locations', rule, remedy: 'test fewer regions or versions in one run' });
    }
    // The node resource group has the strictest limit: the instance itself may be longer.
    const excess = (leg) => leg['node-resource-group'].length - nodeResourceGroupLength;
    const [longest] = legs.toSorted((a, b) => excess(b) - excess(a));
    if (longest && excess(longest) > 0 && inputs.areValid('instance')) {
        const rule = `is too long for a leg: its node resource group can have at most ${nodeResourceGroupLength} characters`;
        const remedy = `choose an instance that is shorter by ${excess(longest)}`;
        inputs.problems.add({ input: 'instance', value: longest.instance, rule, remedy });
    }
    return legs;
}
//# sourceMappingURL=workflow-plan.js.map

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(332);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 

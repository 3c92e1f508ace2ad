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
/** What Azure Resource Manager and AKS answer; see "Troubleshoot Azure Kubernetes Service" in Microsoft's documentation. */
const azureErrors = {
    'azure-quota': {
        transient: false,
        meaning: 'The subscription has too few vCPUs left in the region, in all or of the family of the node size.',
        hint: 'Lower `node-count`, give a smaller size in `node-vm-size`, raise the quota of the region, or change `location`.',
    },
    'azure-cluster-quota': {
        transient: false,
        meaning: 'The subscription has as many managed clusters in the region as it may have.',
        hint: 'Delete clusters that are not needed any more (operation sweep finds expired ones), or raise the managed-cluster quota.',
    },
    'azure-size-unavailable': {
        transient: false,
        meaning: 'The subscription may not use the node size in this region.',
        hint: 'Give another size in `node-vm-size`; `az vm list-skus --location REGION` shows what the region offers.',
    },
    'azure-capacity': {
        transient: true,
        meaning: 'Azure has no machines of this size left in the region at the moment.',
        hint: 'Give more sizes in `node-vm-size`, fewer `zones`, or another `location`.',
    },
    'azure-zone-unsupported': {
        transient: false,
        meaning: 'The region does not offer the node size in the availability zones that were asked for.',
        hint: 'Change `zones`, `node-vm-size` or `location`.',
    },
    'azure-throttled': {
        transient: true,
        meaning: 'Azure refuses further requests for a while, because there were too many.',
        hint: 'Run fewer jobs against the subscription at once, for example with max-parallel in the matrix.',
    },
    'azure-busy': {
        transient: true,
        meaning: 'Another operation is working on the cluster.',
        hint: 'Wait until it has ended; a `concurrency:` group in the workflow keeps runs from meeting.',
    },
    'azure-being-deleted': {
        transient: true,
        meaning: 'The resource group or the cluster is still being deleted.',
        hint: 'Wait for the deletion, or use another `resource-group` or `cluster-name`.',
    },
    'azure-precondition': {
        transient: false,
        meaning: 'The resource changed between the moment it was read and the moment it was to be written.',
        hint: 'Find out who else works on the resource, then run again.',
    },
    'cluster-exists': {
        transient: false,
        meaning: 'A cluster of this name is already there.',
        hint: 'Set `existing-cluster` to reuse, or give another `cluster-name`.',
    },
    'azure-invalid': {
        transient: false,
        meaning: 'Azure does not accept a name or value of the request.',
        hint: 'Correct the value that the message names.',
    },
    'azure-version-unsupported': {
        transient: false,
        meaning: 'AKS does not offer this version of Kubernetes in the region.',
        hint: 'Leave `kubernetes-version` empty, or give a version that `az aks get-versions --location REGION` lists.',
    },
    'azure-provider-unregistered': {
        transient: false,
        meaning: 'The subscription has not registered the resource provider.',
        hint: 'Register it once with `az provider register --namespace Microsoft.ContainerService`, or with the namespace in the message; it takes minutes.',
    },
    'azure-forbidden': {
        transient: false,
        meaning: 'The identity may not do this in Azure.',
        hint: 'Grant it a role with the action that the message names, on the scope that it names; a new grant takes some minutes to work.',
    },
    'azure-policy': {
        transient: false,
        meaning: 'An Azure policy refuses the request.',
        hint: 'Read the name of the policy in the message; often it wants certain `tags`, another `location`, or no public address.',
    },
    'azure-locked': {
        transient: false,
        meaning: 'A lock on the resource or its group forbids the change.',
        hint: 'Remove the lock by hand, then run again; the action never removes one.',
    },
    'azure-subscription-disabled': {
        transient: false,
        meaning: 'The subscription is disabled and can only be read.',
        hint: 'Look at the billing of the subscription, or give another `subscription-id`.',
    },
    'azure-public-ip-quota': {
        transient: false,
        meaning: 'The subscription has as many public addresses in the region as it may have.',
        hint: 'Delete addresses that are not used, raise the quota, or set `service-type` to internal.',
    },
    'azure-preempted': {
        transient: false,
        meaning: 'Somebody else changed or deleted the cluster while the operation was working on it.',
        hint: 'Look at the activity log of the cluster to see who it was, then run again.',
    },
    'azure-not-found': {
        transient: false,
        meaning: 'Azure does not know the resource.',
        hint: 'Check `subscription-id`, `resource-group` and `cluster-name`.',
    },
    'azure-unavailable': {
        transient: true,
        meaning: 'Azure gave no answer, or said that it cannot answer now.',
        hint: 'Run again later; the status of Azure is at https://azure.status.microsoft.',
    },
    'azure-failed': {
        transient: false,
        meaning: 'Azure refused the request for a reason that is not one of those listed here.',
        hint: 'Read the message of Azure above; its error code can be searched for in the documentation of AKS.',
    },
    'cluster-create-failed': {
        transient: false,
        meaning: 'Azure accepted the request for the cluster, and could not create it.',
        hint: 'Read the reason that Azure gave above; the activity log of the cluster has more.',
    },
    'cluster-create-timeout': {
        transient: true,
        meaning: 'The cluster was not created within the time allowed for it.',
        hint: 'Raise `create-timeout`, or look at the activity log of the cluster.',
    },
};
//# sourceMappingURL=azure-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/chaos-errors.js
/** Experiments that take nodes away. */
const chaosErrors = {
    'disruption-blocked': {
        transient: false,
        meaning: 'The disruption budget allows no member to be evicted now.',
        hint: 'Scale to one member more, deploy with `disruption-budget` max-unavailable, or choose another `when-blocked` mode.',
    },
    'disruption-allowed': {
        transient: false,
        meaning: 'An eviction was expected to be blocked by the disruption budget, and would have been allowed.',
        hint: 'Choose `when-blocked` surge or fail for a budget that lets a member go.',
    },
    'drain-timeout': {
        transient: false,
        meaning: 'Pods were still on the node when the time for draining it was over.',
        hint: 'Look in the report at the pods that stayed; a budget or a finalizer may hold them.',
    },
    'target-refused': {
        transient: false,
        meaning: 'The node is not fit for the experiment.',
        hint: 'Give another `target-node`, or leave it empty so that one is chosen.',
    },
    'recovery-timeout': {
        transient: false,
        meaning: 'The cluster had not recovered when the time for it was over.',
        hint: 'Look at the state of each member in the report; raise `max-recovery` if it is merely slow.',
    },
    'not-steady': {
        transient: true,
        meaning: 'The cluster was not whole before the experiment, so nothing was broken.',
        hint: 'Run operation verify to see what is wrong with it, and mend that first.',
    },
    'experiment-skipped': {
        transient: false,
        meaning: 'The experiment cannot be tried on this cluster, so it was skipped.',
        hint: 'Read in the report what it lacks.',
    },
    'unsupported-here': {
        transient: false,
        meaning: 'Azure forbids changes of the machines behind this cluster.',
        hint: 'The node resource group may be locked down, or a policy denies it: choose drain, pod-kill or node-delete.',
    },
    'machine-foreign': {
        transient: false,
        meaning: 'A node, or the record of an experiment, names a machine that is not in the node resource group of this cluster; nothing was done to it.',
        hint: 'Look at the providerID of the node and at who may change nodes in this cluster.',
    },
    locked: {
        transient: true,
        meaning: 'Another run works on the same deployment and holds the lock.',
        hint: 'Wait until it has ended. If its runner died, the lock is free half a minute later; run operation recover then.',
    },
    'lock-lost': {
        transient: true,
        meaning: 'Another run took the lock while this one worked, since this one had not renewed it in time.',
        hint: 'Look at the other run first, then start this one again.',
    },
    'mark-found': {
        transient: false,
        meaning: 'An earlier experiment has left a mark in the namespace: what it changed was not undone.',
        hint: 'Run operation recover on the cluster.',
    },
    'record-invalid': {
        transient: false,
        meaning: 'The record of an experiment says what no experiment of this cluster writes, or what the cluster does not confirm; that part was left alone.',
        hint: 'Look at the place named above. If no experiment of yours is open, delete the ConfigMap migratorydata-aks-mark of the namespace, or the annotation migratorydata-aks/mark of the node.',
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
        meaning: 'Fewer nodes became Ready than were asked for.',
        hint: 'Look at the conditions of the nodes named above; a node that stays so is repaired by AKS after some minutes.',
    },
    'api-conflict': {
        transient: true,
        meaning: 'Somebody else changed the object, or a field of it, at the same time.',
        hint: 'Find out what else manages the object that the message names, then run again.',
    },
    'api-error': {
        transient: false,
        meaning: 'The API server refused a request for a reason that is not one of those listed here.',
        hint: 'Read the message of the API server above; it names the object and the field.',
    },
    'admission-denied': {
        transient: false,
        meaning: 'A policy of the cluster refuses an object.',
        hint: 'Read the name of the policy in the message; `patches` can add what it asks for.',
    },
    'namespace-not-ours': {
        transient: false,
        meaning: 'The namespace was not made by this action, so it is neither changed nor deleted.',
        hint: 'Give another `namespace`: only those that carry the label of this action are touched.',
    },
    'namespace-terminating': {
        transient: true,
        meaning: 'The namespace is still being deleted.',
        hint: 'Wait until it is gone, or give another `namespace`.',
    },
    'immutable-field': {
        transient: false,
        meaning: 'Kubernetes does not allow the change on an object that exists.',
        hint: 'Take the change back, or deploy into another `namespace`.',
    },
    'patches-failed': {
        transient: false,
        meaning: 'Kustomize could not apply the patches to the manifests.',
        hint: 'Correct the file in `patches` that the message names.',
    },
    'metrics-unavailable': {
        transient: true,
        meaning: 'The autoscaler got no CPU metric of the members.',
        hint: 'Check that metrics-server runs in the cluster, and keep `cpu-request` set; the first values come after a minute or two.',
    },
};
//# sourceMappingURL=kubernetes-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/login-errors.js
/** Getting in: to Azure, and to the Kubernetes API of a cluster. */
const loginErrors = {
    'azure-not-logged-in': {
        transient: false,
        meaning: 'No valid login to Azure was found on the runner, and none was asked for.',
        hint: 'Give `client-id`, `tenant-id` and `subscription-id`, or log in with azure/login in an earlier step.',
    },
    'azure-oidc-unavailable': {
        transient: false,
        meaning: 'GitHub does not let this job ask for an OpenID Connect token.',
        hint: 'Add `permissions: id-token: write` to the job; pull requests from forks can never have it.',
    },
    'azure-federation-mismatch': {
        transient: false,
        meaning: 'Microsoft Entra ID knows no federated credential for the identity that GitHub presented.',
        hint: 'Compare the subject in the message with the federated credential, letter by letter: it is case-sensitive, and an `environment:` of the job changes it.',
    },
    'azure-assertion-expired': {
        transient: true,
        meaning: 'The login to Azure is too old, and its token could not be renewed.',
        hint: 'Give `client-id` and `tenant-id`, so that the action can log in again by itself.',
    },
    'local-accounts-disabled': {
        transient: false,
        meaning: 'The cluster has no local accounts, so Azure gives out no static credentials for it.',
        hint: 'Set `credentials` to kubelogin, and add azure/use-kubelogin to the job.',
    },
    'kubelogin-missing': {
        transient: false,
        meaning: 'The cluster uses Microsoft Entra ID, and kubelogin is not on the PATH of the runner.',
        hint: 'Add azure/use-kubelogin to the job, before this step.',
    },
    'kubeconfig-invalid': {
        transient: false,
        meaning: 'The kubeconfig cannot be read, or does not hold the context that was asked for.',
        hint: 'Give a valid file in `kubeconfig` or its text in `kubeconfig-content`, and a `context` that it holds.',
    },
    'api-unreachable': {
        transient: true,
        meaning: 'The API server of the cluster could not be reached.',
        hint: 'Check that the cluster is running, that its address is right, and that `authorized-ip-ranges` lets this runner in.',
    },
    'api-unauthorized': {
        transient: false,
        meaning: 'The API server does not accept the credentials.',
        hint: 'Fetch new credentials: these have expired or belong to another cluster.',
    },
    'api-forbidden': {
        transient: false,
        meaning: 'The credentials are valid, but may not do what the operation needs.',
        hint: 'Grant the identity a Kubernetes role that allows what the message names.',
    },
};
//# sourceMappingURL=login-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/member-errors.js
/** The members of the MigratoryData cluster: starting, updating and scaling them. */
const memberErrors = {
    'image-pull': {
        transient: false,
        meaning: 'The image of the members cannot be pulled.',
        hint: 'Check the name and tag in `image`, and give `registry-credentials` for a private registry.',
    },
    'image-rate-limit': {
        transient: true,
        meaning: 'The registry refuses further pulls from this address for a while.',
        hint: 'Give `registry-credentials`, or name a mirror in `image`; the limit ends after some hours.',
    },
    'crash-loop': {
        transient: false,
        meaning: 'A member ends again and again soon after its start.',
        hint: 'Read its last log lines in the report; check `extra-opts`, `java-extra-opts` and `license-key`.',
    },
    'out-of-memory': {
        transient: false,
        meaning: 'The kernel ended a member because it used more memory than its container may have.',
        hint: 'Raise `memory-request`: the JVM needs more than what `memory` gives to the server.',
    },
    unschedulable: {
        transient: false,
        meaning: 'No node has room for a member.',
        hint: 'Raise `max-nodes`, give a larger size in `node-vm-size`, or lower `cpu-request` and `memory-request`.',
    },
    'mount-failed': {
        transient: false,
        meaning: 'A volume of a member cannot be mounted.',
        hint: 'Check the volume or Secret that the event names, and `patches` if it comes from there.',
    },
    'container-config': {
        transient: false,
        meaning: 'The container of a member cannot be created from its specification.',
        hint: 'Check the Secret, ConfigMap or setting that the event names, and `patches` if it comes from there.',
    },
    'options-lost': {
        transient: false,
        meaning: 'The options of the server do not reach the container as they were given.',
        hint: 'Change `patches` so that the environment and the command of the container stay as they are.',
    },
    'rollout-timeout': {
        transient: false,
        meaning: 'Not all members became Ready in time.',
        hint: 'Look at the state of each member in the report; raise `verify-timeout` if they are merely slow.',
    },
    'rollout-reverted': {
        transient: false,
        meaning: 'An update of the members failed, and was rolled back.',
        hint: 'The former version serves again: correct the change, and deploy again.',
    },
    'full-restart-needed': {
        transient: false,
        meaning: 'The change would give members that disagree about the cluster while it is rolled out.',
        hint: 'Take the change back, or set `allow-full-restart` to true; then all members stop at once and the message history in memory is lost.',
    },
    'members-missing': {
        transient: false,
        meaning: 'Fewer members are Ready than the StatefulSet asks for.',
        hint: 'Look at the state and the last log lines of each member in the report.',
    },
    'not-deployed': {
        transient: false,
        meaning: 'There is no deployment of this action in the namespace.',
        hint: 'Run operation deploy first, or correct `namespace`.',
    },
    'scale-out-of-bounds': {
        transient: false,
        meaning: 'The number of members asked for is outside of what the deployment allows.',
        hint: 'Give values in `scale-to` between `min-replicas` and `max-replicas` of the deployment.',
    },
};
//# sourceMappingURL=member-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/ownership-errors.js
/** Deleting and undoing: only what is ours, and all of it. */
const ownershipErrors = {
    'ownership-mismatch': {
        transient: false,
        meaning: 'The resource does not carry the tags of this repository and run, so it is not deleted.',
        hint: 'Give in `resource-group` and `cluster-name` what this repository created, or delete the resource by hand.',
    },
    'delete-incomplete': {
        transient: true,
        meaning: 'Not everything that was to be deleted is gone.',
        hint: 'Run operation teardown again, or sweep once it has expired; what is left is named above and may cost money.',
    },
    'undo-incomplete': {
        transient: true,
        meaning: 'A change that the action made for a while could not be taken back.',
        hint: 'Undo by hand what is named above.',
    },
};
//# sourceMappingURL=ownership-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/service-errors.js
/** What a client of the cluster meets: the load balancer, the welcome page, connections and messages. */
const serviceErrors = {
    'load-balancer-pending': {
        transient: true,
        meaning: 'The Service got no address from the load balancer in time.',
        hint: 'Look at the events of the Service in the report; raise `verify-timeout` if they show no error.',
    },
    'load-balancer-failed': {
        transient: false,
        meaning: 'The cloud refuses to make the load balancer that the Service asks for.',
        hint: 'Read the reason in the event above; it may be a `dns-label` in use, a quota, or a missing role.',
    },
    'welcome-page-failed': {
        transient: true,
        meaning: 'The welcome page was not answered as expected.',
        hint: 'Check that the Service reaches the members and that `source-ranges` lets this runner in; give `verify-url` if clients come another way.',
    },
    'connect-failed': {
        transient: true,
        meaning: 'No TCP connection to the client address could be opened.',
        hint: 'Check firewalls and that `source-ranges` lets this runner in; look whether the members are Ready.',
    },
    'delivery-failed': {
        transient: false,
        meaning: 'A message was not accepted, or did not arrive.',
        hint: 'Look at the logs of the members in the report: the cluster may have no quorum, or not have formed.',
    },
};
//# sourceMappingURL=service-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/step-errors.js
/** The step itself: its inputs, its runner, the programs it starts, and how it ended. */
const stepErrors = {
    'invalid-input': {
        transient: false,
        meaning: 'One or more inputs are unknown, malformed or do not go together.',
        hint: 'Correct the inputs named above; nothing was started.',
    },
    'unsupported-runner': {
        transient: false,
        meaning: 'The job runs on an operating system that the action does not support.',
        hint: 'Use a Linux runner, such as `runs-on: ubuntu-latest`.',
    },
    'tool-missing': {
        transient: false,
        meaning: 'A program that the operation needs is not on the PATH of the runner.',
        hint: 'Install the program named above in an earlier step, or use a runner image that has it.',
    },
    'tool-too-old': {
        transient: false,
        meaning: 'A program on the runner is older than the oldest version that works.',
        hint: 'Install the version named above, or a newer one, in an earlier step.',
    },
    'identifier-invalid': {
        transient: false,
        meaning: 'A name that the cluster or Azure gave does not have the form of such a name, so it was put into no command and no URL.',
        hint: 'Look at the object that is named like this; somebody may have planted it.',
    },
    'command-failed': {
        transient: false,
        meaning: 'A program ended with an error that is not one of those listed here.',
        hint: 'Read the last output of the program in the report; the command line there can be copied and run by hand.',
    },
    'command-timeout': {
        transient: true,
        meaning: 'A program gave no answer within its time and was ended.',
        hint: 'Run again; if it repeats, look at the status page of the service that it talks to.',
    },
    cancelled: {
        transient: false,
        meaning: 'The run was cancelled while the step was working.',
        hint: 'Nothing needs to be done: what was left to undo is named in the report and undone in the post step.',
    },
    'timed-out': {
        transient: false,
        meaning: 'The step did not end within the time that it was given.',
        hint: 'Raise `timeout`, or shorten the plan; the durations of the phases are in the report.',
    },
    internal: {
        transient: false,
        meaning: 'The action met a situation that nobody foresaw.',
        hint: 'This is a defect of the action; please open an issue and attach report.json.',
    },
};
//# sourceMappingURL=step-errors.js.map
;// CONCATENATED MODULE: ./build/src/errors/catalogue.js








/**
 * Every error that a user can meet: a stable code, whether trying again may help, what happened and what to do next.
 * Users match on the codes, so a code is never renamed or used for something else. `docs/errors.md` is generated from
 * these.
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
/** The same codes under the headings of the documentation, in its order. */
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
 * A failure that the user is told about: a stable code of the catalogue, a message that names the resource, what was
 * found and why, and a hint that says what to do next.
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
/** Whether an error is ours and carries the given code. */
function hasCode(error, ...codes) {
    return error instanceof ActionError && codes.includes(error.code);
}
/** Any thrown value as an ActionError; what nobody foresaw becomes `internal`. */
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
 * Text from outside (logs, events, messages of programs) made printable, for the log and the reports. What counts as white
 * space, separator, control or format character follows Unicode, so that no reader finds one that another does not know:
 * JavaScript, the .NET of the runner, a terminal, a browser. Pure.
 */
/** Escape sequences that terminals read, as ECMA-48 defines them: CSI (colours, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
/** Everything that Unicode calls the end of a line and that text uses for it. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
/**
 * What has no shape of its own: direction marks, joiners, spaces without width, byte order marks, variation selectors.
 * They change how the rest looks, and comparisons in .NET skip most of them.
 */
const shapeless = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Controls, and what is no character at all; with the `u` flag a lone half of a surrogate pair matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/**
 * Printable text in lines: without colours and format characters, with line feeds and plain spaces (and tabs) only, and
 * with every other control character written as `\xNN`.
 */
function toPlainText(text) {
    return text
        .replace(terminalSequences, '')
        .replace(shapeless, '')
        .replace(lineBreaks, '\n')
        .replace(/\p{Zs}/gu, ' ')
        .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
/** Printable text on one line. */
function toOneLine(text) {
    return toPlainText(text).replace(/\s+/g, ' ').trim();
}
/** The first `limit` characters at most, marked where cut; a surrogate pair stays whole. */
function clipEnd(text, limit) {
    if (text.length <= limit)
        return text;
    return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}
/** The last `limit` characters at most, from the start of a line where there is one, marked where cut. */
function clipStart(text, limit) {
    if (text.length <= limit)
        return text;
    const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
    const lineStart = tail.indexOf('\n') + 1;
    return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}
/** The end of a name, which tells nodes of one pool apart, in `limit` characters at most. */
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
/** The text of a command as the runner reads it back. */
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
/** The entry of `.github/actions/plan`: what all jobs of a workflow agree on, checked before any of them begins. */




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
 * The forms of what names a thing in Azure or in a cluster. Sources: "Naming rules and restrictions for Azure resources",
 * the pattern of agent pool names in the AKS REST reference, "Object Names and IDs" in the Kubernetes documentation.
 */
const identifierForms = {
    // Any word of a command line of az.
    argument: /^(?!@)\P{Cc}*$/su,
    'subscription id': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'resource group': /^(?!-)[\w().-]{0,89}[\w()-]$/,
    'cluster name': /^[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?$/,
    'scale set': /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/,
    // Without an instance az acts on the whole scale set.
    'instance id': /^\d{1,10}$/,
    'node pool': /^[a-z][a-z0-9]{0,11}$/,
    'resource id': /^(?:\/[A-Za-z0-9_(][\w().-]*)+$/,
    etag: /^(?:W\/)?"?[A-Za-z0-9][A-Za-z0-9-]{0,99}"?$/,
    'tag key': /^[A-Za-z0-9_][^<>%&\\?/=\p{C}\u2028\u2029]{0,511}$/u,
    'tag value': /^[^\p{C}\u2028\u2029]{0,256}$/u,
    'address range': /^[0-9a-f:.]{2,45}(?:\/\d{1,3})?$/i,
    'node name': /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
    // Anything else would be another path; see "Path Segment Names" in the Kubernetes documentation.
    'object name': /^(?!\.{1,2}$)[^/%\p{C}\u2028\u2029]{1,253}$/u,
};
function isIdentifier(kind, text) {
    return identifierForms[kind].test(text);
}
/**
 * An identifier that may go into an argument list or a URL, whoever said it: az reads a file where a value begins with
 * `@`, and takes one that begins with `-` for an option.
 * @throws ActionError `identifier-invalid`, with the text as JSON.
 */
function identifier(kind, text) {
    if (isIdentifier(kind, text))
        return text;
    const shown = JSON.stringify(text.slice(0, 100));
    throw new ActionError('identifier-invalid', `${shown} is not a valid ${kind}, so nothing was done with it.`);
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
/** Hides secrets in text by their value, in whatever form they travel. Pure. */
const redaction_hidden = '***';
/** Shorter lines of a secret, such as `true` or a brace, are ordinary words: hiding them would ruin every log. */
const shortestLine = 4;
/**
 * Every form in which a secret may show up: as given, by line, in base64 (also within a longer encoded text), encoded
 * for a URL and for JSON. The runner's mask and the redactor use the same list, so that nothing is hidden by one only.
 */
function maskForms(secret) {
    const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map(line => line.trim())];
    const forms = parts.filter(part => part.length >= shortestLine).flatMap(formsOf);
    return [...new Set(forms)].filter(form => form.length >= shortestLine);
}
/** A function that hides every form of every secret in a text. One pass over the text, whatever their number. */
function createRedactor(secrets) {
    const forms = [...new Set(secrets.flatMap(maskForms))];
    if (forms.length === 0)
        return text => text;
    // The longest first: of two that begin alike the alternation takes the first, and a rest must not stay behind.
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
 * Base64 with and without what depends on neighbours. Three bytes make four characters, so within a longer text the
 * same bytes appear in one of three shapes, whose first and last characters also hold bits of the neighbours.
 */
function base64Forms(bytes) {
    const whole = [bytes.toString('base64'), bytes.toString('base64url')];
    const within = [0, 1, 2].flatMap(shift => {
        const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
        const from = shift === 0 ? 0 : shift + 1;
        const to = Math.floor((shifted.length * 8) / 6);
        return ['base64', 'base64url'].map(alphabet => shifted.toString(alphabet).slice(from, to));
    });
    // A few characters of base64 would match by chance.
    return [...whole, ...within].filter(form => form.length >= 8);
}
function escapePattern(text) {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
/** Fields that hold a word of ours or a stamp, never text from outside; a word in a secret must not spoil them. */
const ownWords = new Set([
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
/** The same report with every text from outside redacted; the original stays as it is. */
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
        ownWords.has(key) ? item : redactValue(item, redact),
    ]));
}
/** Hides the given secrets from now on, and those that come to be known later. */
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
 * A job may last 350 minutes. Undoing and the post phase take up to 9 of them, and setting up a few: the forward work of
 * all its steps gets five hours, so that the job's own limit never cuts a revert.
 */
const forwardHours = 5;
/** How many steps with the `timeout` the longest job of a workflow has; one where it is not named here. */
const stepsOfJob = { deploy: 3, scale: 2, check: 4 };
/** Inputs by which the workflows themselves choose: their conditions, the group in which calls wait, what is uploaded. */
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
/** What tells the legs of a matrix apart, or would make them meet. */
const decidedByLegs = ['location', 'kubernetes-version', 'node-resource-group', 'existing-cluster', 'dns-label'];
/** GitHub makes no more jobs of one matrix ("Running variations of jobs in a workflow"). */
const mostLegs = 256;
/**
 * Plans a workflow from the inputs of its first job.
 * @param unique tells this call from all others of the run, whose artifacts lie in the same place
 * @throws ActionError `invalid-input` with every problem, one a line.
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
/** The time for one step, for each of a job has the same. */
function forwardTime(workflow) {
    const steps = stepsOfJob[workflow] ?? 1;
    const longest = writeDuration((forwardHours * 3_600_000) / steps);
    const read = duration('1s', longest);
    return text => {
        const parsed = read(text);
        if (parsed.ok || steps === 1)
            return parsed;
        const remedy = `${parsed.remedy}; the ${steps} steps of a job may take ${longest} each at most`;
        return { ...parsed, remedy };
    };
}
/**
 * Options reach the action behind the back of the workflow: what decides there whether a cluster is deleted, and which,
 * must not be among them.
 */
function checkOptions({ problems, text }, workflow) {
    const decided = [...decidedByWorkflows, ...(workflow === 'matrix' ? decidedByLegs : [])];
    for (const line of splitLines(text('options'))) {
        const [name = '', value = ''] = line.split('=', 2).map(part => part.trim());
        if (decided.includes(name)) {
            const rule = 'is for all jobs of the workflow to agree on';
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
/** Every region with every version, each with an instance of its own. */
function readLegs(inputs, instance, runId) {
    const versions = inputs.list('kubernetes-versions', kubernetesVersion);
    const legs = [...new Set(inputs.list('locations', name_parsers_location))].flatMap(region => (versions.length === 0 ? [''] : [...new Set(versions)]).map(version => {
        const own = [instance, region, version].filter(part => part !== '').join('-');
        const nodes = `${defaultResourceGroup(runId, own)}-nodes`;
        return { instance: own, location: region, 'kubernetes-version': version, 'node-resource-group': nodes };
    }));
    if (legs.length > mostLegs) {
        const rule = `makes ${legs.length} legs with the versions, and GitHub runs no more than ${mostLegs}`;
        inputs.problems.add({ input: 'locations', rule, remedy: 'test fewer regions or versions in one run' });
    }
    // That bound is the narrowest: an instance by itself may be longer.
    const excess = (leg) => leg['node-resource-group'].length - nodeResourceGroupLength;
    const [longest] = legs.toSorted((a, b) => excess(b) - excess(a));
    if (longest && excess(longest) > 0 && inputs.areValid('instance')) {
        const rule = `is too long for a leg: the group of its nodes may have ${nodeResourceGroupLength} characters`;
        const remedy = `choose an instance shorter by ${excess(longest)}`;
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

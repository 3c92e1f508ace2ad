import type { Arm } from './arm.js';
import { instanceView, machineBody, scaleSetBody } from './machine-bodies.js';
import { changePower, type PowerVerb, powerVerbs, runScript } from './machine-operations.js';
import { ArmError, ok, textsAt } from './messages.js';
import { sameName, scaleSetType } from './names.js';
import { page } from './pages.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { requireGroup, requireScaleSet, type ScaleSet, type VirtualMachine } from './state.js';

const scaleSetPath = `${groupPath}/providers/Microsoft.Compute/virtualMachineScaleSets/{scaleSet}` as const;
const machinePath = `${scaleSetPath}/virtualMachines/{instance}` as const;

/** Scale sets and their machines: list, show, instance view, power. */
export function scaleSetRoutes(arm: Arm): readonly Route[] {
  const { state } = arm;
  const all = (): readonly ScaleSet[] => [...state.scaleSets.values()];
  const find = (params: Readonly<Record<'group' | 'scaleSet', string>>) =>
    requireScaleSet(state, params.group, params.scaleSet);
  const withView = (query: URLSearchParams): boolean => /instanceview/i.test(query.get('$expand') ?? '');

  const onMachine = (verb: PowerVerb) =>
    route('POST', `${machinePath}/${verb}`, request => {
      const scaleSet = find(request.params);
      return changePower(arm, request, scaleSet, [requireMachine(scaleSet, request.params.instance)], verb);
    });
  const onSet = (verb: PowerVerb) =>
    route('POST', `${scaleSetPath}/${verb}`, request => {
      const scaleSet = find(request.params);
      const ids = textsAt(request.json, 'instanceIds');
      // No ids, or an asterisk, mean the complete scale set.
      const machines =
        ids.length === 0 || ids.includes('*') ? scaleSet.instances : ids.map(id => requireMachine(scaleSet, id));
      return changePower(arm, request, scaleSet, machines, verb);
    });

  return [
    route('GET', `${subscriptionPath}/providers/${scaleSetType}`, request =>
      page(arm, request, all().map(scaleSetBody)),
    ),
    route('GET', `${groupPath}/providers/${scaleSetType}`, request => {
      requireGroup(state, request.params.group);
      const within = all().filter(({ group }) => sameName(group, request.params.group));
      return page(arm, request, within.map(scaleSetBody));
    }),
    route('GET', scaleSetPath, ({ params }) => ok(scaleSetBody(find(params)))),
    route('GET', `${scaleSetPath}/virtualMachines`, request => {
      const scaleSet = find(request.params);
      const view = withView(request.query);
      return page(
        arm,
        request,
        scaleSet.instances.map(machine => machineBody(scaleSet, machine, view)),
      );
    }),
    route('GET', machinePath, ({ params, query }) => {
      const scaleSet = find(params);
      return ok(machineBody(scaleSet, requireMachine(scaleSet, params.instance), withView(query)));
    }),
    route('GET', `${machinePath}/instanceView`, ({ params }) => {
      const scaleSet = find(params);
      return ok(instanceView(scaleSet, requireMachine(scaleSet, params.instance)));
    }),
    route('POST', `${machinePath}/runCommand`, request => {
      const scaleSet = find(request.params);
      return runScript(arm, request, scaleSet, requireMachine(scaleSet, request.params.instance));
    }),
    ...(Object.keys(powerVerbs) as PowerVerb[]).flatMap(verb => [onMachine(verb), onSet(verb)]),
  ];
}

function requireMachine(scaleSet: ScaleSet, id: string): VirtualMachine {
  const machine = scaleSet.instances.find(candidate => String(candidate.id) === id);
  if (machine) return machine;
  const message = `The provided instanceId ${id} is not an active Virtual Machine Scale Set VM instanceId.`;
  throw new ArmError(400, 'InvalidParameter', message, 'arm', { target: 'instanceIds' });
}

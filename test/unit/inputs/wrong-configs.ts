import { experimentNames } from '../../../src/chaos/experiments/index.js';

/** Config files with one kind of mistake each, and the problems that a user sees. */
export interface WrongConfig {
  readonly mistake: string;
  readonly text: string;
  readonly problems: readonly string[];
}

const path = '.github/migratorydata.yml';
const notHere = 'must not be in this file, which says what is deployed, and neither where it is nor what is deleted';

export const wrongConfigs: readonly WrongConfig[] = [
  {
    mistake: 'no version',
    text: 'deployment:\n  replicas: 3\n',
    problems: [`${path}:1:1 configVersion: is missing; begin the file with configVersion: 1.`],
  },
  {
    mistake: 'a later version',
    text: 'configVersion: 2\n',
    problems: [
      `${path}:1:16 configVersion "2": must be 1, the version that this release of the action reads; write configVersion: 1.`,
    ],
  },
  {
    mistake: 'no map',
    text: '- replicas\n',
    problems: [`${path}:1:1: must be a map; begin it with configVersion: 1.`],
  },
  {
    mistake: 'broken syntax',
    text: 'configVersion: 1\ndeployment: {replicas: 3\nscale:\n',
    problems: [`${path}:3:1: is not valid YAML (bad indent); correct the syntax.`],
  },
  {
    mistake: 'a tab',
    text: 'configVersion: 1\ndeployment:\n\treplicas: 3\n',
    problems: [`${path}:3:1: is not valid YAML (tab as indent); correct the syntax.`],
  },
  {
    mistake: 'two documents',
    text: 'configVersion: 1\n---\nconfigVersion: 1\n',
    problems: [`${path}:2:1: is not valid YAML (multiple docs); correct the syntax.`],
  },
  {
    mistake: 'a misspelt section',
    text: 'configVersion: 1\ndeploymnet:\n  replicas: 3\n',
    problems: [`${path}:2:1 "deploymnet": is not a section; did you mean deployment.`],
  },
  {
    mistake: 'an input outside of its section',
    text: 'configVersion: 1\nreplicas: 3\nexposure:\n  rest: true\n',
    problems: [
      `${path}:2:1 "replicas": belongs to section deployment; move it there.`,
      `${path}:4:3 exposure "rest": belongs to section deployment; move it there.`,
    ],
  },
  {
    mistake: 'a misspelt key',
    text: 'configVersion: 1\ndeployment:\n  replica: 3\n  no-such-thing: 1\n',
    problems: [
      `${path}:3:3 deployment "replica": is not an input of this section; did you mean replicas.`,
      `${path}:4:3 deployment "no-such-thing": is not an input of this section; choose one of these.`,
    ],
  },
  {
    mistake: 'a section that is no map',
    text: 'configVersion: 1\nscale: [5, 4]\n',
    problems: [`${path}:2:8 scale: must be a map of inputs and their values, without a tag; write each as key: value.`],
  },
  {
    mistake: 'a key given twice',
    text: 'configVersion: 1\nscale: {scale-to: 4}\nscale:\n  scale-to: 5\n  scale-to: 4\n',
    problems: [
      `${path}:3:1 "scale": is given twice; keep one of them.`,
      `${path}:5:3 scale "scale-to": is given twice; keep one of them.`,
    ],
  },
  {
    mistake: 'where it is and what is deleted',
    text: 'configVersion: 1\nazure:\n  resource-group: rg\nchaos:\n  target-node: n1\nteardown: never\n',
    problems: [
      `${path}:3:3 azure "resource-group": ${notHere}; set it under with:.`,
      `${path}:5:3 chaos "target-node": ${notHere}; set it under with:.`,
      `${path}:6:1 "teardown": ${notHere}; set it under with:.`,
    ],
  },
  {
    mistake: 'a secret',
    text: 'configVersion: 1\ndeployment:\n  license-key: tell-nobody\n',
    problems: [`${path}:3:3 deployment "license-key": is a secret and must not be in a file; set it under with:.`],
  },
  {
    mistake: 'a value of the wrong kind',
    text: 'configVersion: 1\ndeployment:\n  replicas: [3]\n  memory: {a: b}\n',
    problems: [
      `${path}:3:13 deployment.replicas: must be one value and not a list; write a single value.`,
      `${path}:4:11 deployment.memory: must be one value and not a map; write a single value.`,
    ],
  },
  {
    mistake: 'a value that the input refuses',
    text: 'configVersion: 1\ndeployment:\n  replicas: many\nazure:\n  location: West Europe\n',
    problems: [
      `${path}:5:13 azure.location "West Europe": must be the short name of a region, in lower-case letters and digits; use a name from \`az account list-locations\`, such as eastus.`,
      `${path}:3:13 deployment.replicas "many": must be a whole number from 1 to 100; write digits only, such as 1.`,
    ],
  },
  {
    mistake: 'an element of a list that the input refuses',
    text: 'configVersion: 1\nchaos:\n  experiments: [drain, drian]\nscale:\n  scale-to: [5, [4]]\n',
    problems: [
      `${path}:5:13 scale.scale-to: must have a text in each element; write each as a text.`,
      `${path}:3:16 chaos.experiments "drian": must be one of ${experimentNames.join(', ')}; did you mean drain.`,
    ],
  },
  {
    mistake: 'a comma in an element',
    text: 'configVersion: 1\nazure:\n  tags: {team: "a,b"}\n',
    problems: [`${path}:3:9 azure.tags: must not have "," in an element; make it elements of its own.`],
  },
  {
    mistake: 'a tag and an alias',
    text: 'configVersion: 1\ndeployment:\n  image: !!str &i a/b:1\n  memory: *i\n',
    problems: [
      `${path}:3:19 deployment.image: must not have a tag; remove the tag.`,
      `${path}:4:11 deployment.memory: must not be an alias; write the value itself.`,
    ],
  },
  {
    mistake: 'a combination that cannot work',
    text: 'configVersion: 1\ndeployment:\n  min-replicas: 4\n  replicas: 3\n',
    problems: [
      `${path}:3:17 deployment.min-replicas "4": must not be above replicas (3); lower min-replicas or raise replicas.`,
    ],
  },
  {
    mistake: 'a path outside of the workspace',
    text: 'configVersion: 1\ndeployment:\n  patches: ../other\n',
    problems: [
      `${path}:3:12 deployment.patches "../other": must stay inside the workspace, links included; name a file or folder in the workspace.`,
    ],
  },
];

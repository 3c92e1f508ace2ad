import { type Lab, type NodeKind, startLab } from './lab.js';
import { ObstacleError } from './real/requirements.js';

/**
 * Runs a command for newcomers in a lab, which ends with it. Words of the form `name=value` are inputs, except `nodes`,
 * the kind of the nodes: simulated or real. Prints one sentence when this machine cannot run such nodes.
 */
export async function runCommand(
  body: (lab: Lab, inputs: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const words = process.argv.slice(2).map(word => {
    const cut = word.indexOf('=');
    return [word.slice(0, cut), word.slice(cut + 1)] as const;
  });
  const { nodes = 'simulated', ...inputs } = Object.fromEntries(words);
  try {
    await using lab = await startLab({
      nodes: kindOf(nodes),
      progress: line => {
        console.log(line);
      },
    });
    await body(lab, inputs);
  } catch (error) {
    if (!(error instanceof ObstacleError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function kindOf(text: string): NodeKind {
  if (text === 'simulated' || text === 'real') return text;
  throw new ObstacleError(`There are no nodes=${text}: use nodes=real or nodes=simulated.`);
}

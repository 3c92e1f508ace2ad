import { type Lab, type NodeKind, startLab } from './lab.js';
import { ObstacleError } from './real/requirements.js';

/**
 * Returns the inputs that words of the form `name=value` set, and the kind of the nodes, which the word `nodes` sets.
 * @throws ObstacleError for another kind
 */
export function readWords(words: readonly string[]): {
  readonly nodes: NodeKind;
  readonly inputs: Readonly<Record<string, string>>;
} {
  const given = words.map(word => {
    const cut = word.indexOf('=');
    return [word.slice(0, cut), word.slice(cut + 1)] as const;
  });
  const { nodes = 'simulated', ...inputs } = Object.fromEntries(given);
  if (nodes === 'simulated' || nodes === 'real') return { nodes, inputs };
  throw new ObstacleError(`There are no nodes=${nodes}: use nodes=real or nodes=simulated.`);
}

/**
 * Runs a command for newcomers in a lab, which ends with it. Prints one sentence when this machine cannot run the nodes
 * that its words choose.
 */
export async function runCommand(
  body: (lab: Lab, inputs: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  try {
    const { nodes, inputs } = readWords(process.argv.slice(2));
    await using lab = await startLab({
      nodes,
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

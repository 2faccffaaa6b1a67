import type { RunningOperator } from './operator-in-cluster.ts';
import { allRegistries, readRegistries, readSecret } from './registries.ts';
import { manifests, type World } from './world.ts';

const namespace = 'bad-input';

/** Registry -> the reason that its condition Ready must have. */
const expected = {
  'malformed-role': 'InvalidRole',
  'not-trusted': 'TrustPolicyDenied',
  taken: 'Conflict',
  'unknown-account': 'ServiceAccountNotFound',
  'without-role': 'NoRole',
} as const;

const reasons = `kubectl get ecr -n ${namespace} -o custom-columns='NAME:.metadata.name,READY:.status.conditions[?(@.type=="Ready")].status,REASON:.status.conditions[?(@.type=="Ready")].reason'`;
const messages = `kubectl get ecr -n ${namespace} -o jsonpath='{range .items[*]}{.metadata.name}: {.status.conditions[?(@.type=="Ready")].message}{"\\n"}{end}'`;

/** Shows what is said about mistakes, and that they change nothing else. */
export async function showBadInput(world: World, operator: RunningOperator): Promise<void> {
  const { screen, shell } = world;
  await shell.run(`kubectl apply -f ${manifests}/bad-input.yaml`);
  const foreign = await readSecret(world, namespace, 'taken-ecr');
  await screen.waitFor('a condition on each', () =>
    allRegistries(world, namespace, ({ ready }) => ready !== undefined),
  );
  await shell.run(reasons);
  await shell.run(messages);
  const states = await readRegistries(world, namespace);
  for (const [name, reason] of Object.entries(expected)) {
    const { ready, reason: found } = states.get(name) ?? {};
    screen.check(`${name}: ${reason}`, ready === 'False' && found === reason, () => `the reason is ${found}`);
  }
  const after = await readSecret(world, namespace, 'taken-ecr');
  screen.check(
    'the Secret that is not ours was not touched',
    after !== undefined && after.version === foreign?.version,
  );
  await showRefusals(world, operator);
}

async function showRefusals({ screen, shell }: World, { bundleFile }: RunningOperator): Promise<void> {
  screen.say('\nWhat the API server itself refuses:');
  const refused = await shell.fails(`kubectl apply -f ${manifests}/refused.yaml`);
  screen.check('the message says what to do', refused.includes('set the source, or remove accessKey'));
  screen.say('\nA wrong flag of the operator:');
  const flag = await shell.fails(`'${process.execPath}' ${bundleFile} --workers=many`);
  screen.check('the message names flag and value', flag.includes('--workers') && flag.includes('many'));
}

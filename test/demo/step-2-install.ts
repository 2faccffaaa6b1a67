import { buildBundle, release, startOperator, type RunningOperator } from './operator-in-cluster.ts';
import type { World } from './world.ts';

/** Installs the chart, and runs the operator with what the chart gave it. */
export async function installOperator(world: World): Promise<RunningOperator> {
  const { screen, shell } = world;
  const { name, namespace } = release;
  await shell.run(
    `helm install ${name} charts/ecr-operator -n ${namespace} --create-namespace --set runtimeServiceAccount=ecr-runtime --hide-notes`,
  );
  await shell.run('kubectl wait --for=condition=Established crd -l app.kubernetes.io/name=ecr-operator');
  await shell.run(
    `kubectl get deployment,serviceaccount,role,clusterrole -n ${namespace} -l app.kubernetes.io/name=ecr-operator`,
  );
  await shell.run('kubectl api-resources --api-group=ecr-operator.dev');

  screen.say(
    '\nThis cluster has no node. So the bundle of the image runs on this machine, with the flags that the chart gave to its\n' +
      "Deployment and the token of the chart's ServiceAccount: a right that the chart forgot would be missing now.",
  );
  const operator = await startOperator(world, await buildBundle(world));
  screen.output(`as    ${operator.serviceAccount}`);
  screen.output(`flags ${operator.args.join(' ')}`);
  screen.output(`log   ${operator.logFile}`);
  screen.check('the operator is ready', !operator.ended());
  return operator;
}

import { beforeAll, describe, expect, it } from 'vitest';
import { flagTable } from '../../src/operator/flag-table.ts';
import { parseFlags } from '../../src/operator/flags.ts';
import { createHelm, type Helm } from './helm.ts';
import { type Deployment, deploymentOf, ofKind } from './manifests.ts';
import { variants } from './variants.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});

function containerOf(deployment: Deployment): Deployment['spec']['template']['spec']['containers'][0] {
  return deployment.spec.template.spec.containers[0];
}

async function imageOf(image: object): Promise<string> {
  return containerOf(deploymentOf(await helm.template({ image }))).image;
}

/** The port of a flag whose default is `:<port>`. */
function defaultPort(flagName: string): number {
  return Number(flagTable.find(({ name }) => name === flagName)?.default.slice(1));
}

describe.each(Object.entries(variants))('the Deployment with %s', (_, values) => {
  it('gives the operator only flags that it accepts', async () => {
    const { args } = containerOf(deploymentOf(await helm.template(values)));
    expect(parseFlags(args, {})).toMatchObject({ kind: 'flags' });
  });

  it('mounts a read-only root file system', async () => {
    const container = containerOf(deploymentOf(await helm.template(values)));
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  it('selects its own pods', async () => {
    const { selector, template } = deploymentOf(await helm.template(values)).spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  });
});

it('starts the operator with the defaults of its flags, but for the name of the Lease', async () => {
  const parsed = parseFlags(containerOf(deploymentOf(await helm.template())).args, {});
  const defaults = parseFlags([], {});
  if (parsed.kind !== 'flags' || defaults.kind !== 'flags') throw new Error('not parsed');
  expect(parsed.flags).toEqual({ ...defaults.flags, leaderElectionId: 'test-ecr-operator' });
});

it('passes every value that has a flag', async () => {
  const values = {
    watch: { namespace: 'ci' },
    runtimeServiceAccount: 'engine',
    allowOperatorIdentity: true,
    leaderElection: { enabled: false, id: 'mine' },
    workers: 3,
    log: { level: 'debug' },
  };
  const parsed = parseFlags(containerOf(deploymentOf(await helm.template(values))).args, {});
  expect(parsed).toMatchObject({
    flags: {
      watchNamespace: 'ci',
      runtimeServiceAccount: 'engine',
      allowOperatorIdentity: true,
      leaderElect: false,
      leaderElectionId: 'mine',
      workers: 3,
      logLevel: 'debug',
    },
  });
});

it('opens the ports that the operator listens on by default, and probes the health port', async () => {
  const { ports, ...container } = containerOf(deploymentOf(await helm.template()));
  expect(ports).toEqual([
    { name: 'metrics', containerPort: defaultPort('metrics-bind-address') },
    { name: 'health', containerPort: defaultPort('health-probe-bind-address') },
  ]);
  expect(container).toMatchObject({
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' } },
    livenessProbe: { httpGet: { path: '/healthz', port: 'health' } },
  });
});

it('pulls the image of the chart version, or of the tag, or of the digest', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  expect(await imageOf({})).toBe('ecr-operator:0.1.0');
  expect(await imageOf({ repository: 'r.example.com/x', tag: 'v9' })).toBe('r.example.com/x:v9');
  expect(await imageOf({ tag: 'v9', digest })).toBe(`ecr-operator:v9@${digest}`);
});

it('never runs two pods at once without leader election', async () => {
  const deployment = deploymentOf(await helm.template({ leaderElection: { enabled: false } }));
  expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
});

it('protects the last pod from eviction only where there are several', async () => {
  const single = await helm.template({ replicaCount: 1 });
  const several = await helm.template({ replicaCount: 2 });
  expect(ofKind(single, 'PodDisruptionBudget')).toHaveLength(0);
  expect(ofKind(several, 'PodDisruptionBudget')).toMatchObject([{ spec: { minAvailable: 1 } }]);
});

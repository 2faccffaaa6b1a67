import { beforeAll, expect, it } from 'vitest';
import { chartFolder, createHelm, type Helm, type Values } from './helm.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});

/** What helm says about values that it must refuse. */
async function refusal(values: Values): Promise<string> {
  const { code, stderr } = await helm.try('template', 'test', chartFolder, ...(await helm.values(values)));
  expect(code, 'helm accepted the values').not.toBe(0);
  return stderr;
}

const refused: [title: string, values: Values, message: RegExp][] = [
  ['a misspelt value', { replicas: 2 }, /additional properties 'replicas' not allowed/],
  ['a misspelt value inside another', { watch: { namespaces: ['a'] } }, /\/watch'.*'namespaces' not allowed/],
  ['text for a number', { workers: '16' }, /\/workers'.*got string, want integer/],
  ['a number out of bounds', { workers: 0 }, /\/workers'.*minimum/],
  ['an unknown log level', { log: { level: 'verbose' } }, /\/log\/level'.*one of/],
  ['text for a switch', { crds: { install: 'no' } }, /\/crds\/install'.*got string, want boolean/],
  ['a list for one namespace', { watch: { namespace: ['a'] } }, /\/watch\/namespace'.*want string/],
  [
    'a service account that is no name',
    { runtimeServiceAccount: 'Engine' },
    /\/runtimeServiceAccount'.*pattern/,
  ],
  ['a digest that is none', { image: { digest: 'sha256:1' } }, /\/image\/digest'.*pattern/],
  [
    'token names without a namespace',
    { rbac: { serviceAccountTokens: { all: false, allowed: [{ names: ['a'] }] } } },
    /\/rbac\/serviceAccountTokens\/allowed\/0'.*missing property 'namespace'/,
  ],
  [
    'a namespace without token names, which RBAC would read as all names',
    { rbac: { serviceAccountTokens: { all: false, allowed: [{ namespace: 'a', names: [] }] } } },
    /\/allowed\/0\/names'.*minItems/,
  ],
  [
    'listed token names that would have no effect',
    { rbac: { serviceAccountTokens: { allowed: [{ namespace: 'a', names: ['b'] }] } } },
    /set all to false, or remove allowed/,
  ],
  [
    'listed token names outside of the watched namespace',
    {
      watch: { namespace: 'ci' },
      rbac: { serviceAccountTokens: { all: false, allowed: [{ namespace: 'web', names: ['b'] }] } },
    },
    /names the namespace web.*watch\.namespace ci only/,
  ],
  [
    'several replicas without leader election',
    { replicaCount: 2, leaderElection: { enabled: false } },
    /replicaCount above 1 needs leaderElection\.enabled/,
  ],
  [
    'a ServiceMonitor without a Service',
    { metrics: { service: { enabled: false }, serviceMonitor: { enabled: true } } },
    /needs metrics\.service\.enabled/,
  ],
];

it.each(refused)('refuses %s and says where', async (_, values, message) => {
  expect(await refusal(values)).toMatch(message);
});

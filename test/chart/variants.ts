import type { Values } from './helm.ts';

/** Everything that can be turned on, and every list and map with an entry. */
const everything: Values = {
  watch: { namespace: 'ci' },
  runtimeServiceAccount: 'engine',
  allowOperatorIdentity: true,
  replicaCount: 2,
  image: { repository: 'registry.example.com/ecr-operator', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'pull' }],
  serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/x' } },
  rbac: { serviceAccountTokens: { all: false, allowed: [{ namespace: 'ci', names: ['engine', 'pusher'] }] } },
  metrics: {
    service: { labels: { team: 'ci' }, annotations: { note: 'x' } },
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
  },
  injection: {
    enabled: true,
    namespaceSelector: {
      matchLabels: { ecr: 'enabled' },
      matchExpressions: [{ key: 'ci', operator: 'Exists' }],
    },
    mountPath: '/docker',
    sources: [
      ...['tekton', 'argo-workflows', 'github-runners', 'codefresh'].map((preset) => ({ preset })),
      { name: 'mine', pipelineLabel: 'example.com/pipeline', triggerLabel: 'example.com/trigger' },
    ],
  },
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: { matchLabels: { monitoring: 'true' } } }],
    extraEgress: [
      { to: [{ ipBlock: { cidr: '169.254.170.23/32' } }], ports: [{ port: 80, protocol: 'TCP' }] },
    ],
  },
  extraEnv: [{ name: 'AWS_USE_FIPS_ENDPOINT', value: 'true' }],
  podAnnotations: { note: 'x' },
  podLabels: { team: 'ci' },
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'ci', operator: 'Exists' }],
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'ecr-operator' } },
    },
  ],
};

/** The ways to install the chart that every test of the rendered objects goes through, by what they are for. */
export const variants: Readonly<Record<string, Values>> = {
  defaults: {},
  'one watched namespace': { watch: { namespace: 'ci' } },
  'tokens of listed service accounts': {
    rbac: {
      serviceAccountTokens: {
        all: false,
        allowed: [
          { namespace: 'ci', names: ['engine'] },
          { namespace: 'web', names: ['puller', 'pusher'] },
        ],
      },
    },
  },
  'no leader election': { leaderElection: { enabled: false } },
  'several replicas with monitoring and a network policy': {
    replicaCount: 3,
    metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } },
    networkPolicy: { enabled: true },
  },
  'nothing but the Deployment': {
    crds: { install: false },
    rbac: { create: false },
    serviceAccount: { create: false, name: 'given' },
    metrics: { service: { enabled: false } },
  },
  everything,
};

import type { Pki } from './pki.ts';

/**
 * Both are Unix sockets in the working folder: no TCP port to race for, and no other user of the machine can reach
 * the data. etcd wants a URL with host and port, so the files are called `etcd:1` and `etcd:2`.
 */
const clientSocket = 'unix://etcd:1';
const peerSocket = 'unix://etcd:2';

/** Without fsync: a test's data need not survive a power cut, and writes get several times faster. */
export function etcdArgs(): string[] {
  return [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    `--listen-client-urls=${clientSocket}`,
    `--advertise-client-urls=${clientSocket}`,
    `--listen-peer-urls=${peerSocket}`,
    `--initial-advertise-peer-urls=${peerSocket}`,
    `--initial-cluster=default=${peerSocket}`,
  ];
}

export interface ApiServerSettings {
  readonly port: number;
  readonly issuer: string;
  readonly pki: Pki;
  readonly audit?: { readonly policyFile: string; readonly logFile: string };
}

/** kube-apiserver with RBAC and client certificates, on 127.0.0.1 only. */
export function apiServerArgs({ port, issuer, pki, audit }: ApiServerSettings): string[] {
  return [
    `--etcd-servers=${clientSocket}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.server.certFile}`,
    `--tls-private-key-file=${pki.server.keyFile}`,
    `--client-ca-file=${pki.ca.certFile}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=${issuer}`,
    `--service-account-signing-key-file=${pki.serviceAccountKeyFile}`,
    `--service-account-key-file=${pki.serviceAccountPublicKeyFile}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    // A loopback address cannot be an endpoint of the service "kubernetes"; nothing here uses that service.
    '--endpoint-reconciler-type=none',
    ...(audit ? auditArgs(audit) : []),
  ];
}

/** Rotation is off in effect (megabytes), since tests count over the whole file. */
function auditArgs({ policyFile, logFile }: { policyFile: string; logFile: string }): string[] {
  return [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`, '--audit-log-maxsize=10000'];
}

/** What tests need of the control loops: owner references, namespace deletion, default accounts, aggregated roles. */
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'clusterrole-aggregation-controller',
];

/** kube-controller-manager without a port of its own. */
export function controllerManagerArgs(kubeconfig: string, pki: Pki): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    `--service-account-private-key-file=${pki.serviceAccountKeyFile}`,
    '--leader-elect=false',
    '--secure-port=0',
  ];
}

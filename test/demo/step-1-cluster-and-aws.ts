import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws, type LocalAws } from '../support/aws/index.ts';
import { startControlPlane } from '../support/controlplane/controlplane.ts';
import { startSupervisor } from '../support/controlplane/supervisor.ts';
import { kubeClient } from '../support/kube-client.ts';
import type { Screen } from './screen.ts';
import { createShell } from './shell.ts';
import type { Cleanup } from './steps.ts';
import { account, region, registryHost, repository, type World } from './world.ts';

/** Starts etcd, kube-apiserver, kube-controller-manager and a local AWS, and sets IAM up. */
export async function startClusterAndAws(screen: Screen, cleanup: Cleanup): Promise<World> {
  screen.say('Starting a real etcd, kube-apiserver and kube-controller-manager on this machine.');
  const log = (line: string): void => screen.say(line);
  const controlPlane = await startControlPlane({ controllerManager: true, auditLog: true, log });
  cleanup.add('control plane', () => controlPlane.stop());
  const client = await kubeClient(controlPlane.adminKubeconfig);
  cleanup.add('API client', () => client.close());

  const dir = await mkdtemp(join(tmpdir(), 'ecr-operator-demo-'));
  const supervisor = await startSupervisor(dir);
  cleanup.add('supervisor', () => supervisor.close({ keepDir: false }));
  // From here on temporary files of any kind go with the folder, even when this process is killed.
  process.env['TMPDIR'] = dir;

  const shell = await createShell({ screen, kubeconfig: controlPlane.adminKubeconfig, home: dir });
  shell.export({ KUBECONFIG: controlPlane.adminKubeconfig, DEMO: dir });
  await shell.run('kubectl get --raw /version | grep gitVersion');

  screen.say(
    '\nStarting a local AWS: STS and ECR that verify signatures, tokens and trust policies as AWS does.',
  );
  const aws = await startLocalAws({ issuer: controlPlane.issuer, jwks: () => controlPlane.jwks() });
  cleanup.add('local AWS', () => aws.stop());
  screen.output(`STS and ECR API   ${aws.endpoint}`);
  screen.output(`ECR registry      https://${registryHost} through the proxy ${aws.registry.proxyUrl}`);
  aws.settings.update({ lifetimeScale: tokenSeconds / scaledSeconds });
  screen.output(`Time flies here   a token lives for ${scaledSeconds} seconds, not for 12 hours`);
  setUpIam(screen, aws, controlPlane.issuer);
  return { screen, shell, cleanup, controlPlane, aws, client, supervisor, dir };
}

const tokenSeconds = 12 * 3600;
/** Refresh and expiry are half of it apart, which is long enough for a slow machine to act in between. */
const scaledSeconds = 30;

const mayPull = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** Each role trusts one service account of this cluster; `bad-input` is for the last step but one. */
const roles = [
  { name: 'ecr-account', subject: 'ci:ecr-account', may: 'push and pull' },
  { name: 'ecr-runtime', subject: 'ci:ecr-runtime', may: 'pull', allow: mayPull },
  { name: 'bad-input', subject: 'bad-input:ecr-runtime', may: 'pull', allow: mayPull },
] as const;

function setUpIam(screen: Screen, { iam, registry }: LocalAws, issuer: string): void {
  screen.say(
    `\nIAM of account ${account}: OIDC provider ${issuer}, and roles that trust one service account each.`,
  );
  for (const { name, subject, may, ...policy } of roles) {
    const arn = `arn:aws:iam::${account}:role/${name}`;
    const subjects = [`system:serviceaccount:${subject}`];
    const audience = 'sts.amazonaws.com';
    iam.role({ arn, trust: [{ kind: 'web-identity', subjects, audience, issuer }], ...policy });
    screen.output(`${arn}  trusts ${subjects.join()}, may ${may}`);
  }
  registry.createRepository(account, region, repository);
}

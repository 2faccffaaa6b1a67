import { sampleArchive, skopeoImage } from '../support/node/images.ts';
import { registryHost } from '../support/node/network.ts';
import { type E2e, repository } from './fixture.ts';
import { reachRegistry, restrictedPod, trustRegistry } from './pods.ts';
import type { Container, PodSpec } from './resources.ts';

/** A shell script that pushes the sample image, pulls it back, and prints both digests, one a line. */
function pushAndPull(tag: string): string {
  const remote = `docker://${registryHost}/${repository}:${tag}`;
  const copy = 'skopeo --insecure-policy copy --quiet';
  return [
    'set -e',
    `${copy} --digestfile /tmp/pushed docker-archive:${sampleArchive} ${remote}`,
    `${copy} --digestfile /tmp/pulled ${remote} dir:/tmp/back`,
    'cat /tmp/pushed; echo; cat /tmp/pulled',
  ].join('\n');
}

/** The container of a pod that pushes; where it finds its login is for the caller to say. */
export function pushContainer(tag: string): Omit<Container, 'name'> {
  return {
    image: skopeoImage,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', pushAndPull(tag)],
    ...trustRegistry,
  };
}

/** A pod that mounts a Secret as docs/pipelines.md shows, pushes with it, and pulls back. */
export function pushWith(e: E2e, secretName: string, tag: string): PodSpec {
  const container = pushContainer(tag);
  const { volumes, ...reach } = reachRegistry(e);
  const items = [{ key: '.dockerconfigjson', path: 'config.json' }];
  return restrictedPod(
    {
      ...container,
      env: [...trustRegistry.env, { name: 'REGISTRY_AUTH_FILE', value: '/ecr/config.json' }],
      volumeMounts: [...trustRegistry.volumeMounts, { name: 'ecr', mountPath: '/ecr', readOnly: true }],
    },
    { ...reach, volumes: [...volumes, { name: 'ecr', secret: { secretName, items } }] },
  );
}

/** The digests that such a pod printed. */
export function digestsIn(log: string): string[] {
  return log.trim().split('\n');
}

/** ARN of the role whose session put the manifest of a tag into the registry. */
export function roleThatPushed({ aws }: E2e, tag: string): string | undefined {
  const path = `/v2/${repository}/manifests/${tag}`;
  const put = aws.registry.requests().find((request) => request.method === 'PUT' && request.path === path);
  return put?.principalArn;
}

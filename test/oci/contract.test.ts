import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';
import type { Auth } from '../../src/docker-config/docker-config.ts';
import type { OciClient } from '../../src/oci/client.ts';
import { imageManifest, imageType, sha256 } from '../aws-local/registry-client.ts';
import { startDebianRegistry, startLocalEcr, type ContractRegistry } from './contract.ts';
import { findDockerRegistry } from './docker-registry.ts';
import { failureOf } from './fixture.ts';

const command = await findDockerRegistry();
const missing = 'docker-registry is not installed: apt-get install docker-registry';

describe('the contract of the OCI client holds at the local ECR', () => contract(startLocalEcr));

describe("the contract of the OCI client holds at Debian's docker-registry", () => {
  if (command !== undefined) contract(() => startDebianRegistry(command));
  else if (process.env['CI'] === undefined) it('is not checked', ({ skip }) => skip(missing));
  else
    it('has a docker-registry to run against', () => {
      throw new Error(missing);
    });
});

/** What a client can rely on at any registry. */
function contract(start: () => Promise<ContractRegistry>): void {
  const repository = 'team/app';
  const wrong: Auth = { username: 'AWS', password: new Redacted('wrong') };
  const absent = `sha256:${'0'.repeat(64)}`;
  let registry: ContractRegistry;
  let digest: string;
  const clients: OciClient[] = [];
  const as = (login: Auth | undefined): OciClient => {
    const client = registry.client(login);
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    registry = await start();
    digest = await registry.push('v1');
    await registry.push('v2');
    await registry.push('v3');
  });
  afterEach(() => clients.splice(0).forEach((client) => client.close()));
  afterAll(() => registry.stop());

  it('ping takes the login', () => as(registry.login).ping());

  it('ping tells a wrong login from a missing one', async () => {
    const refused = { operation: 'ping', status: 401, kind: 'terminal' };
    expect(await failureOf(as(wrong).ping())).toMatchObject({ ...refused, reason: 'LoginRefused' });
    expect(await failureOf(as(undefined).ping())).toMatchObject({ ...refused, reason: 'NoCredentials' });
  });

  it('headManifest finds an image by tag and by digest', async () => {
    const client = as(registry.login);
    const size = imageManifest('{}', 'layer').length;
    for (const reference of ['v1', digest])
      expect(await client.headManifest(repository, reference)).toEqual({
        mediaType: imageType,
        digest,
        size,
      });
  });

  it('headManifest knows no image that nobody pushed', async () => {
    for (const reference of ['absent', absent]) {
      const failure = await failureOf(as(registry.login).headManifest(repository, reference));
      expect(failure).toMatchObject({ reason: 'ImageNotFound', code: 'MANIFEST_UNKNOWN', status: 404 });
    }
  });

  it('hasBlob tells a layer that is there from one that nobody pushed', async () => {
    const client = as(registry.login);
    expect(await client.hasBlob(repository, sha256('layer'))).toBe(true);
    expect(await client.hasBlob(repository, sha256('another'))).toBe(false);
    await expect(as(wrong).hasBlob(repository, sha256('layer'))).rejects.toThrow('look for a layer in');
  });

  it('listTags gives all tags, page after page', async () => {
    const client = as(registry.login);
    const tags: string[] = [];
    let last: string | undefined;
    do {
      const page = await client.listTags(repository, { n: 2, last });
      tags.push(...page.tags);
      last = page.last;
    } while (last !== undefined);
    expect(tags.toSorted()).toEqual(['v1', 'v2', 'v3']);
  });

  it('listTags knows no repository that nobody made', async () => {
    const failure = await failureOf(as(registry.login).listTags('team/absent', { n: 1 }));
    expect(failure).toMatchObject({ reason: 'RepositoryNotFound', code: 'NAME_UNKNOWN', status: 404 });
    expect(failure.nextStep).toContain('team/absent');
  });

  it('startUpload and cancel leave nothing behind', async () => {
    const upload = await as(registry.login).startUpload(repository);
    expect(await registry.openUploads()).toBe(1);
    expect(await upload.cancel()).toBe('cancelled');
    expect(await registry.openUploads()).toBe(0);
    expect(await upload.cancel()).toBe('gone');
  });

  it('startUpload without the right login starts nothing', async () => {
    expect(await failureOf(as(wrong).startUpload(repository))).toMatchObject({ reason: 'LoginRefused' });
    expect(await registry.openUploads()).toBe(0);
  });

  it('serves many calls at once', async () => {
    const client = as(registry.login);
    const heads = await Promise.all(Array.from({ length: 20 }, () => client.headManifest(repository, 'v1')));
    expect(new Set(heads.map((head) => head.digest))).toEqual(new Set([digest]));
  });
}

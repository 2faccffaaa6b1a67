import { auditedWrites } from '../support/controlplane/audit-log.ts';
import type { Fixture } from './fixture.ts';

/**
 * What the operators of a fixture wrote so far, oldest first, as `<verb> <resource> <name>`: `create secrets prod-ecr`,
 * `patch ecrregistries/status prod`. Without events, which are a courtesy, and web-identity tokens, which change nothing.
 */
export async function operatorWrites({ controlPlane, operatorUser }: Fixture): Promise<string[]> {
  const writes = await auditedWrites(controlPlane.auditLogFile ?? '', operatorUser);
  return writes
    .filter(({ objectRef }) => objectRef?.resource !== 'events' && objectRef?.subresource !== 'token')
    .map(({ verb, objectRef: { resource, subresource, name } = {} }) => {
      const path = subresource === undefined ? resource : `${resource}/${subresource}`;
      return `${verb} ${path} ${name}`;
    });
}

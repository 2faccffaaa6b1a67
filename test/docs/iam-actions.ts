import * as ecrPublic from '@aws-sdk/client-ecr-public';
import * as ecr from '@aws-sdk/client-ecr';
import * as sts from '@aws-sdk/client-sts';

/** Actions that no operation of the API bears the name of. */
const permissionsOnly = [
  'ecr:BatchImportUpstreamImage',
  'ecr:ReplicateImage',
  'sts:GetServiceBearerToken',
  'sts:TagSession',
];

/** The IAM actions of ECR, ECR Public and STS, spelled as the operations of their APIs are. */
export const knownActions: ReadonlySet<string> = new Set([
  ...actionsOf('ecr', ecr),
  ...actionsOf('ecr-public', ecrPublic),
  ...actionsOf('sts', sts),
  ...permissionsOnly,
]);

function actionsOf(service: string, client: object): string[] {
  return Object.keys(client).flatMap((name) => {
    const [, operation] = /^([A-Z]\w+)Command$/.exec(name) ?? [];
    return operation === undefined ? [] : [`${service}:${operation}`];
  });
}

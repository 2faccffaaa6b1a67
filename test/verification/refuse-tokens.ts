import { onTestFinished } from 'vitest';
import { type ResourceType } from '../../src/kube/object.ts';
import type { Fixture } from '../operator/fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const type = (kind: string, plural: string): ResourceType => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  plural,
  namespaced: false,
});
const policies = type('ValidatingAdmissionPolicy', 'validatingadmissionpolicies');
const bindings = type('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings');

/** Lets nobody, administrators included, have a token of this service account: as with missing rights, but for one of many. */
export async function refuseTokensOf({ client, namespace }: Fixture, serviceAccount: string): Promise<void> {
  const metadata = { name: `no-tokens-${namespace}-${serviceAccount}` };
  const spec = {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['serviceaccounts/token'],
        },
      ],
    },
    matchConditions: [
      {
        name: 'this-one',
        expression: `request.namespace == '${namespace}' && request.name == '${serviceAccount}'`,
      },
    ],
    validations: [{ expression: 'false', reason: 'Forbidden', message: 'no tokens for this one' }],
  };
  onTestFinished(async () => {
    await client.delete(bindings, metadata);
    await client.delete(policies, metadata);
  });
  await client.create(policies, { metadata, spec } as never);
  await client.create(bindings, {
    metadata,
    spec: { policyName: metadata.name, validationActions: ['Deny'] },
  } as never);
  await waitFor('the policy to take effect', async () => {
    const asked = { audience: 'sts.amazonaws.com', expirationSeconds: 600 };
    return client.createServiceAccountToken({ namespace, name: serviceAccount }, asked).then(
      () => false,
      () => true,
    );
  });
}

import { z } from 'zod';
import { apiRequest } from '../support/controlplane/api-request.ts';

/** A request to the API server in the words of RBAC. */
export interface Access {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Asks the API server whether a user, such as `system:serviceaccount:<namespace>:<name>`, may do something. */
export async function mayDo(adminKubeconfig: string, user: string, access: Access): Promise<boolean> {
  // What a service account may do is also granted to its groups.
  const [, kind, namespace] = user.split(':');
  const groups =
    kind === 'serviceaccount' ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : [];
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups: [...groups, 'system:authenticated'], resourceAttributes: access },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status, body } = await apiRequest(adminKubeconfig, path, { method: 'POST', body: review });
  if (status !== 201) throw new Error(`SubjectAccessReview answered ${status}: ${JSON.stringify(body)}`);
  return Review.parse(body).status.allowed;
}

import type { ApiRequest } from '../../src/kube/transport-request.ts';

export const get: ApiRequest = {
  method: 'GET',
  path: '/api/v1/namespaces/ci/secrets/prod',
  resource: 'secrets',
  what: 'get secrets ci/prod',
  accept: 'application/json',
};
export const patch: ApiRequest = {
  ...get,
  method: 'PATCH',
  what: 'patch secrets ci/prod',
  contentType: 'application/merge-patch+json',
  body: '{"data":{"k":"Y2FuYXJ5"}}',
};
export const post: ApiRequest = { ...patch, method: 'POST', what: 'create secrets ci/prod' };

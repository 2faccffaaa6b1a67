/** What a request of the OCI distribution API is about. */
export type Route =
  | { readonly kind: 'ping' }
  /** The token service of ECR Public. */
  | { readonly kind: 'token' }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: string }
  | { readonly kind: 'new-upload'; readonly name: string }
  | { readonly kind: 'upload'; readonly name: string; readonly id: string }
  | { readonly kind: 'tags'; readonly name: string };

/** Reads the path of a request; undefined when it is none of the API. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  if (path === '/token/' || path === '/token') return { kind: 'token' };
  const [, name = '', rest = ''] =
    /^\/v2\/(.+?)\/(manifests\/[^/]+|blobs\/uploads\/?[^/]*|blobs\/[^/]+|tags\/list)$/.exec(path) ?? [];
  const last = rest.slice(rest.lastIndexOf('/') + 1);
  if (rest === '') return undefined;
  if (rest === 'tags/list') return { kind: 'tags', name };
  if (rest.startsWith('manifests/')) return { kind: 'manifest', name, reference: last };
  if (rest === 'blobs/uploads' || rest === 'blobs/uploads/') return { kind: 'new-upload', name };
  return rest.startsWith('blobs/uploads/')
    ? { kind: 'upload', name, id: last }
    : { kind: 'blob', name, digest: last };
}

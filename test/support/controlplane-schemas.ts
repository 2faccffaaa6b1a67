import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { apiRequest } from './controlplane/api-request.ts';

/** Which kind of object a schema is for. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

type Schema = Record<string, unknown>;

const Document = z.object({ components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }) });
const GroupVersionKinds = z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() }));

const refPrefix = '#/components/schemas/';

/**
 * Writes one JSON schema per kind, taken from the OpenAPI document of a running API server, and returns the value for
 * kubeconform's `-schema-location`. Kinds of CRDs are included once they are installed. Unknown fields are refused, as
 * `kubectl --validate=strict` does. Rejects for a kind that the API server does not have.
 */
export async function writeKindSchemas(
  adminKubeconfig: string,
  kinds: readonly Kind[],
  folder: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const apiVersion of new Set(kinds.map((kind) => kind.apiVersion))) {
    const schemas = await fetchSchemas(adminKubeconfig, apiVersion);
    for (const kind of kinds) {
      if (kind.apiVersion !== apiVersion) continue;
      await writeFile(join(folder, fileName(kind)), JSON.stringify(kindSchema(schemas, kind)));
    }
  }
  return join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
}

/** kubeconform's `{{.ResourceKind}}{{.KindSuffix}}.json`: of a group, only the first label. */
function fileName({ apiVersion, kind }: Kind): string {
  const [group, version] = splitApiVersion(apiVersion);
  return `${[kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-')}.json`;
}

async function fetchSchemas(adminKubeconfig: string, apiVersion: string): Promise<Map<string, Schema>> {
  const path = `/openapi/v3/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
  const { status, body } = await apiRequest(adminKubeconfig, path);
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: the API server has no ${apiVersion}`);
  return new Map(Object.entries(Document.parse(body).components.schemas));
}

/** The schema of one kind, with every schema that it refers to under `definitions`. */
function kindSchema(schemas: ReadonlyMap<string, Schema>, { apiVersion, kind }: Kind): Schema {
  const [group, version] = splitApiVersion(apiVersion);
  const root = [...schemas].find(([, schema]) => {
    const kinds = GroupVersionKinds.safeParse(schema['x-kubernetes-group-version-kind']).data ?? [];
    return kinds.length === 1 && isSame(kinds[0], { group, version, kind });
  });
  if (root === undefined) throw new Error(`the API server has no kind ${kind} in ${apiVersion}`);
  const definitions: Record<string, unknown> = {};
  const waiting = [root[0]];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in definitions) continue;
    definitions[name] = toJsonSchema(schemas.get(name), (found) => waiting.push(found));
  }
  return { $ref: `#/definitions/${root[0]}`, definitions };
}

function isSame(a: object | undefined, b: object): boolean {
  return JSON.stringify(a, Object.keys(b).toSorted()) === JSON.stringify(b, Object.keys(b).toSorted());
}

/** OpenAPI to JSON schema: references point to `definitions`, and an object with listed fields has no others. */
function toJsonSchema(node: unknown, onReference: (name: string) => void): unknown {
  if (Array.isArray(node)) return node.map((item) => toJsonSchema(item, onReference));
  if (typeof node !== 'object' || node === null) return node;
  const schema: Schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, toJsonSchema(value, onReference)]),
  );
  const reference = schema['$ref'];
  if (typeof reference === 'string' && reference.startsWith(refPrefix)) {
    const name = reference.slice(refPrefix.length);
    onReference(name);
    return { ...schema, $ref: `#/definitions/${name}` };
  }
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  return schema['type'] === 'object' && 'properties' in schema && !open
    ? { ...schema, additionalProperties: false }
    : schema;
}

function splitApiVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

import { z } from 'zod';
import { clusterEcrRegistry } from './cluster-ecr-registry.schema.ts';
import { ecrPipeline } from './ecr-pipeline.schema.ts';
import { ecrRegistry } from './ecr-registry.schema.ts';
import { group, version } from './names.ts';

/**
 * Builds the CustomResourceDefinitions from the zod schemas. Used by `make generate` and by tests, never by the operator:
 * zod is a development dependency.
 */

interface PrinterColumn {
  name: string;
  type: 'string' | 'date' | 'integer';
  jsonPath: string;
  description?: string;
  /** 0 is shown always, 1 only with `-o wide`. */
  priority?: 0 | 1;
}

interface Kind {
  kind: string;
  plural: string;
  shortNames: string[];
  scope: 'Namespaced' | 'Cluster';
  schema: z.ZodType;
  columns: PrinterColumn[];
}

const readyColumn: PrinterColumn = {
  name: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
};
const messageColumn: PrinterColumn = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  priority: 1,
};
const reasonColumn: PrinterColumn = {
  name: 'Reason',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
};
const secretsColumn: PrinterColumn = {
  name: 'Secrets',
  type: 'string',
  jsonPath: '.status.ready',
  description: 'Secrets that are ready',
};
/** Not type date: the API server prints times of the future as <invalid>. */
const expiresColumn: PrinterColumn = { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt' };
const serviceAccountColumn: PrinterColumn = {
  name: 'Service Account',
  type: 'string',
  jsonPath: '.status.identity.serviceAccount',
};
const secretColumn: PrinterColumn = { name: 'Secret', type: 'string', jsonPath: '.status.secretName' };
const refreshColumn: PrinterColumn = {
  name: 'Refresh',
  type: 'string',
  jsonPath: '.status.refreshAt',
  priority: 1,
};
const roleColumn: PrinterColumn = {
  name: 'Role',
  type: 'string',
  jsonPath: '.status.identity.roleArn',
  priority: 1,
};
const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

const kinds: Kind[] = [
  {
    kind: 'EcrRegistry',
    plural: 'ecrregistries',
    shortNames: ['ecr'],
    scope: 'Namespaced',
    schema: ecrRegistry,
    columns: [
      readyColumn,
      reasonColumn,
      { name: 'Level', type: 'string', jsonPath: '.status.identity.level', description: 'Level that won' },
      serviceAccountColumn,
      secretColumn,
      expiresColumn,
      ageColumn,
      refreshColumn,
      roleColumn,
      { name: 'Caller', type: 'string', jsonPath: '.status.identity.callerArn', priority: 1 },
      messageColumn,
    ],
  },
  {
    kind: 'ClusterEcrRegistry',
    plural: 'clusterecrregistries',
    shortNames: ['cecr'],
    scope: 'Cluster',
    schema: clusterEcrRegistry,
    columns: [
      readyColumn,
      reasonColumn,
      secretsColumn,
      { name: 'Failed', type: 'integer', jsonPath: '.status.targets.failed' },
      serviceAccountColumn,
      secretColumn,
      expiresColumn,
      ageColumn,
      refreshColumn,
      roleColumn,
      messageColumn,
    ],
  },
  {
    kind: 'EcrPipeline',
    plural: 'ecrpipelines',
    shortNames: ['ecrp'],
    scope: 'Namespaced',
    schema: ecrPipeline,
    columns: [
      readyColumn,
      reasonColumn,
      secretsColumn,
      expiresColumn,
      ageColumn,
      { name: 'Service Accounts', type: 'string', jsonPath: '.status.serviceAccounts', priority: 1 },
      messageColumn,
    ],
  },
];

type Json = Record<string, unknown>;

/** All CRDs, by file name. */
export function customResourceDefinitions(): Map<string, Json> {
  return new Map(kinds.map((kind) => [`${group}_${kind.plural}.yaml`, crdOf(kind)]));
}

function crdOf(kind: Kind): Json {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}` },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: kind.shortNames,
        // Not `ecr`: kubectl takes a category before a short name, and `kubectl get ecr --watch` bears one kind only.
        categories: ['ecr-operator'],
      },
      scope: kind.scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns,
          schema: { openAPIV3Schema: rootSchema(kind.schema) },
        },
      ],
    },
  };
}

function rootSchema(schema: z.ZodType): Json {
  const root = structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as Json);
  root['properties'] = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    ...(root['properties'] as Json),
  };
  return root;
}

/** Drops what zod writes and a structural schema may not have. */
function structural(node: Json): Json {
  const out: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === '$schema' || key === 'id') continue;
    if (key === 'properties') {
      out[key] = Object.fromEntries(
        Object.entries(value as Json).map(([k, v]) => [k, structural(v as Json)]),
      );
    } else if (key === 'items' || key === 'additionalProperties') {
      out[key] = typeof value === 'object' ? structural(value as Json) : value;
    } else {
      out[key] = value;
    }
  }
  return out;
}

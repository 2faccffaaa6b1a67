import { parseJsonObject, type JsonObject } from './json.ts';
import { parseAuthorization, type Authorization, type SignedParts } from './sigv4.ts';

export type Service = 'sts' | 'ecr' | 'ecr-public';

/** A request to one of the services, told apart but not yet verified. */
export interface ApiRequest {
  readonly service: Service;
  readonly operation: string;
  /**
   * The region of the signature, or of the endpoint (`/region/<name>`). `global` when neither names one: an unsigned
   * call on the one address that stands for all regional endpoints.
   */
  readonly region: string;
  /** The region that the address of the call names, if it does. */
  readonly endpointRegion: string | undefined;
  readonly authorization: Authorization | undefined;
  /** Form fields of STS. */
  readonly form: URLSearchParams;
  /** JSON members of ECR and ECR Public. */
  readonly json: JsonObject;
  readonly parts: SignedParts;
}

const servicesByTarget: Readonly<Record<string, Service>> = {
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  SpencerFrontendService: 'ecr-public',
};

/** Tells which service and operation a request is for; undefined when it is no AWS API request at all. */
export function classifyRequest(parts: SignedParts): ApiRequest | undefined {
  const authorization = parseAuthorization(parts.headers.authorization);
  const endpointRegion = /^\/region\/([^/]+)\/?$/.exec(parts.path)?.[1];
  const region = endpointRegion ?? authorization?.region ?? 'global';
  const common = { region, endpointRegion, authorization, parts };
  const [prefix = '', target] = [parts.headers['x-amz-target'] ?? ''].flat().join('').split('.');
  const service = servicesByTarget[prefix];
  if (service !== undefined && target !== undefined) {
    return {
      ...common,
      service,
      operation: target,
      form: new URLSearchParams(),
      json: parseJson(parts.body),
    };
  }
  const form = new URLSearchParams(parts.body.toString('utf8'));
  const action = form.get('Action');
  return action === null ? undefined : { ...common, service: 'sts', operation: action, form, json: {} };
}

function parseJson(body: Buffer): JsonObject {
  try {
    return parseJsonObject(body);
  } catch {
    return {};
  }
}

import type { CallLog } from './calls.ts';
import type { Fault, Faults } from './faults.ts';
import type { HttpReply } from './http.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from './json.ts';
import type { SettingsStore } from './settings.ts';

export interface AdminDependencies {
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly settings: SettingsStore;
}

const services = new Set<unknown>(['sts', 'ecr', 'ecr-public']);
const kinds = new Set<unknown>(['error', 'hang', 'reset', 'delay', 'body']);

/** The same controls as the typed API, for another process: paths under `/_admin/`, JSON in and out. */
export function answerAdmin(deps: AdminDependencies, method: string, path: string, body: Buffer): HttpReply {
  try {
    switch (`${method} ${path}`) {
      case 'POST /_admin/faults':
        deps.faults.inject(checkFault(parseJsonObject(body)));
        return reply(201, {});
      case 'DELETE /_admin/faults':
        deps.faults.clear();
        return reply(200, {});
      case 'GET /_admin/calls':
        return reply(200, { calls: deps.calls.list() });
      case 'DELETE /_admin/calls':
        deps.calls.reset();
        return reply(200, {});
      case 'POST /_admin/settings':
        deps.settings.update(parseJsonObject(body));
        return reply(200, deps.settings.current());
      default:
        return reply(404, { error: `no admin call ${method} ${path}` });
    }
  } catch (error) {
    return reply(400, { error: String(error) });
  }
}

/** A misspelt fault that never hits would make a test pass for the wrong reason. */
function checkFault(fault: JsonObject): Fault {
  if (!services.has(fault['service'])) throw new Error(`service must be one of ${[...services].join(', ')}`);
  if (!kinds.has(fault['kind'])) throw new Error(`kind must be one of ${[...kinds].join(', ')}`);
  if (!isFault(fault)) throw new Error('kind "error" needs a code, kind "body" a body');
  return fault;
}

function isFault(value: JsonObject): value is JsonObject & Fault {
  if (value['kind'] === 'error') return typeof value['code'] === 'string';
  return value['kind'] !== 'body' || isJsonObject(value['body']);
}

function reply(status: number, value: object): HttpReply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

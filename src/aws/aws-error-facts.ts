/** What is known about an error of the SDK or of the network, in the words of whoever reported it. Not scrubbed yet. */
export interface AwsErrorFacts {
  /** Names it may be known by, best first; without the suffix `Exception`, which only some protocols add. */
  readonly codes: readonly string[];
  readonly message: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
}

const deepest = 5;
/** What the SDK adds for programmers where an answer is not what it expects. */
const sdkAdvice = /\s*Deserialization error: to see the raw response[^]*$/;
/** Names of JavaScript errors that say nothing about the cause. */
const sayNothing = new Set(['Error', 'TypeError', 'AggregateError', 'Unknown', 'UnknownError']);

/** The facts of an error and then of its causes. Takes anything that can be thrown. */
export function awsErrorFacts(error: unknown): readonly [AwsErrorFacts, ...AwsErrorFacts[]] {
  const chain: [AwsErrorFacts, ...AwsErrorFacts[]] = [factsOf(error)];
  let cause = field(error, 'cause');
  while (chain.length < deepest && typeof cause === 'object' && cause !== null) {
    chain.push(factsOf(cause));
    cause = field(cause, 'cause');
  }
  return chain;
}

function factsOf(error: unknown): AwsErrorFacts {
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  const requestId = field(metadata, 'requestId');
  return {
    codes: [field(error, 'name'), field(error, 'code'), field(error, 'Code')].flatMap(codeOf),
    message: messageOf(error).replace(sdkAdvice, ''),
    httpStatus: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId) ? requestId : undefined,
  };
}

/** Node tries several addresses at once and then says all in an AggregateError that has no message of its own. */
function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const first = field(field(error, 'errors'), '0');
  const candidates = [field(error, 'message'), field(error, 'Message'), field(first, 'message')];
  return candidates.filter((text) => typeof text === 'string').find((text) => text !== '') ?? '';
}

function field(of: unknown, key: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  const value: unknown = Reflect.get(of, key);
  return value;
}

/** JSON services may name an error `namespace#Code` or `Code:url`. */
function codeOf(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  const [code = ''] = value.slice(value.indexOf('#') + 1).split(':');
  return /^\w{1,64}$/.test(code) && !sayNothing.has(code) ? [normalCode(code)] : [];
}

/** The code without the suffix that SDK classes and JSON services add: `AccessDeniedException` is `AccessDenied`. */
function normalCode(code: string): string {
  return code.replace(/Exception$/, '');
}

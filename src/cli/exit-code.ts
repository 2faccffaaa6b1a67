/** Exit codes of `kubectl ecr`, as the help and docs/cli.md list them. */
export const exitCode = {
  ok: 0,
  /** The answer is no: the test failed, the object is not ready, or there is none. */
  no: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** There is no answer: no cluster, no CRD, no permission, or none came in time. */
  unknown: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command; the message is for the person who typed it. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** A command line that cannot be carried out. */
export function usageError(message: string): CommandFailure {
  return new CommandFailure(exitCode.usage, `${message}; see kubectl ecr help`);
}

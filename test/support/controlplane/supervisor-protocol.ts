/** Messages between a test process and the supervisor that owns its control plane's processes. */

/** A process to start. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Output is appended here. */
  readonly logFile: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What the test process asks for; each request has its own `id`, and one reply. */
export type Request =
  | { readonly id: number; readonly op: 'start'; readonly spec: ProcessSpec }
  | { readonly id: number; readonly op: 'signal'; readonly pid: number; readonly signal: NodeJS.Signals };

/** What the supervisor says. */
export type Notice =
  | { readonly kind: 'done'; readonly id: number; readonly pid: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'exited'; readonly pid: number; readonly exit: Exit };

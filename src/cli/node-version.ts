const needed = 24;

/** What to say to somebody whose Node, such as `v20.1.0`, is too old; undefined where it is not. */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version.slice(1), 10) >= needed) return undefined;
  return `kubectl ecr needs Node ${needed} or newer, this is ${version}: see https://nodejs.org`;
}

/** What `kubectl ecr demo` says: the demo needs the sources, which an installed command has not. */
export const demoLines: readonly string[] = [
  'The demo runs the operator on a real API server and a local AWS that checks what AWS checks. It needs no cluster',
  'and no AWS account, but a checkout of ecr-operator. In its folder:',
  '',
  '  make demo              # in about a minute; all of it keeps running for you to try',
  '  make demo ARGS=--once  # ends when all was shown',
];

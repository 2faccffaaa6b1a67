/** The commands, in the order of the help. */
export const commandTable = [
  {
    name: 'test',
    operands: 'NAME | -f FILE',
    help: 'Let the operator test a login stage by stage; with -f test an object that is not saved yet.',
  },
  {
    name: 'explain',
    operands: 'NAME',
    help: 'Tell who logs in and why, which Secrets there are, what comes next and what failed last.',
  },
  {
    name: 'get',
    operands: '[KIND]',
    help: 'List registries, pipelines and cluster registries in one table.',
  },
  {
    name: 'refresh',
    operands: 'NAME',
    help: 'Ask for new tokens now and wait until the Secrets have them.',
  },
  {
    name: 'docker-config',
    operands: 'NAME',
    help: 'Tell which hosts a Secret logs in to and how to use it; passwords only with --show.',
  },
  {
    name: 'demo',
    operands: '',
    help: 'Tell how to see all of it at work without a cluster or an AWS account.',
  },
  {
    name: 'completion',
    operands: 'bash|zsh|fish|kubectl',
    help: 'Print a completion script, or the program kubectl_complete-ecr for kubectl itself.',
  },
  { name: 'version', operands: '', help: 'Print the version.' },
  { name: 'help', operands: '[COMMAND]', help: 'Print this text.' },
] as const;

export type CommandName = (typeof commandTable)[number]['name'];

/** An option, as the parser, the help and the completion need it. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands behind it in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Absent: every command that talks to a cluster. */
  readonly commands?: readonly CommandName[];
  /** The values that there are, for the completion. */
  readonly choices?: readonly string[];
}

/** Commands that talk to a cluster. */
const clusterCommands: readonly CommandName[] = ['test', 'explain', 'get', 'refresh', 'docker-config'];

/** All options, in the order of the help. */
export const optionTable: readonly Option[] = [
  {
    name: 'namespace',
    short: 'n',
    value: 'name',
    help: "Namespace of the object; of a cluster registry's Secret. Default: that of the context.",
  },
  { name: 'all-namespaces', short: 'A', help: 'List the objects of all namespaces.', commands: ['get'] },
  {
    name: 'output',
    short: 'o',
    value: 'format',
    help: 'json or yaml for programs; wide for more columns of get.',
    commands: ['test', 'explain', 'get', 'docker-config'],
    choices: ['json', 'yaml', 'wide'],
  },
  {
    name: 'filename',
    short: 'f',
    value: 'file',
    help: 'File with the objects to test, - for standard input; may be given several times.',
    commands: ['test'],
  },
  {
    name: 'wait',
    help: 'Wait for the new tokens; --wait=false only asks for them. Default: true.',
    commands: ['refresh'],
  },
  {
    name: 'show',
    help: 'Print the config.json of the Secret as it is, passwords included.',
    commands: ['docker-config'],
  },
  {
    name: 'trigger',
    value: 'name',
    help: "Only the Secret of this trigger of a pipeline. Default: all; with --show the pipeline's own.",
    commands: ['docker-config'],
  },
  { name: 'timeout', value: 'duration', help: 'Give up after so long, such as 90s or 2m. Default: 60s.' },
  { name: 'context', value: 'name', help: 'Context of the kubeconfig. Default: its current one.' },
  { name: 'kubeconfig', value: 'file', help: 'Kubeconfig to use. Default: as kubectl.' },
];

/** Whether an option means something to a command. */
export function takesOption(command: CommandName, { commands = clusterCommands }: Option): boolean {
  return commands.includes(command);
}

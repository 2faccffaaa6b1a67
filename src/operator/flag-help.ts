import { environmentName, type Flag, flagTable } from './flag-table.ts';

/** Text of `--help`. */
export function helpText(): string {
  const left = (flag: Flag): string =>
    `  --${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}`;
  const width = Math.max(...flagTable.map((flag) => left(flag).length)) + 2;
  const lines = flagTable.map((flag) => {
    const fallback =
      flag.default === '' || flag.help.includes('Default:') ? '' : ` Default: ${flag.default}.`;
    return `${left(flag).padEnd(width)}${flag.help}${fallback}`;
  });
  return [
    'ecr-operator keeps Amazon ECR pull and push Secrets fresh.',
    '',
    'Usage: ecr-operator [flags]',
    '',
    ...lines,
    `${'  --version'.padEnd(width)}Print the version.`,
    `${'  --help'.padEnd(width)}Print this text.`,
    '',
    `Each flag can be set by a variable too, such as ${environmentName('log-level')}=debug; a flag wins over its variable.`,
    'AWS endpoints follow the variables of the AWS SDK, such as AWS_ENDPOINT_URL_STS and AWS_USE_FIPS_ENDPOINT.',
  ].join('\n');
}

// The page docs/cli.md: the help of each command, exactly as `--help` prints it, and what holds for all of them.

/**
 * @param {readonly import('../../src/main/cli/program.ts').HelpPage[]} pages
 * @returns {string}
 */
export function commandPage(pages) {
  return [
    '# The command line',
    '',
    '<!-- Made by `npm run docs` from the program. -->',
    '',
    'Exit codes: 0 done or positive, 1 negative result, 2 bad usage or input, 3 operational failure. With `--json` every',
    'line on standard output is one JSON object; diagnostics go to standard error. One data folder has one owner: beside a',
    'running app or `listen`, other commands are handed to it through `control.sock` in the folder.',
    ...pages.flatMap(({ command, text }) => ['', `## ${command}`, '', '```text', text.trimEnd(), '```']),
    '',
  ].join('\n');
}

import {ACTION_COMMANDS, type InputFacts, INPUTS, OUTPUTS} from '../../src/action/definition.ts'

const inputs: readonly (readonly [string, InputFacts])[] = Object.entries(INPUTS)
const outputs: readonly (readonly [string, string])[] = Object.entries(OUTPUTS)

/** action.yml, as GitHub reads it at the root of the repository. */
export function actionFile(): string {
  return [
    '# Made from src/action/definition.ts by `npm run docs`. docs/action.md says how it is used.',
    'name: Sluice',
    'description: Plans, checks and carries out upgrades of services that call each other',
    'branding: { icon: git-merge, color: blue }',
    'inputs:',
    ...inputs.flatMap(([name, facts]) => [
      `  ${name}:`,
      `    description: ${JSON.stringify(facts.description)}`,
      ...(facts.default === undefined ? [] : [`    default: ${JSON.stringify(facts.default)}`]),
    ]),
    'outputs:',
    ...outputs.flatMap(([name, description]) => [`  ${name}:`, `    description: ${JSON.stringify(description)}`]),
    'runs:',
    '  using: node24',
    '  main: dist/action.js',
    '',
  ].join('\n')
}

/** docs/reference/action.md: every input and output. */
export function actionPage(): string {
  const row = ([name, facts]: readonly [string, InputFacts]) =>
    `| \`${name}\` | ${(facts.of ?? ['all']).join(', ')} | ${facts.description}${defaulted(facts)} |`
  return [
    '# Inputs and outputs of the Action',
    '',
    `How it is used is in [../action.md](../action.md). Commands: ${ACTION_COMMANDS.map(name => `\`${name}\``).join(', ')}.`,
    '',
    '| input | of | meaning |',
    '|---|---|---|',
    ...inputs.map(row),
    '',
    '| output | meaning |',
    '|---|---|',
    ...outputs.map(([name, description]) => `| \`${name}\` | ${description} |`),
    '',
  ].join('\n')
}

function defaulted({default: value}: InputFacts): string {
  return value === undefined ? '' : ` Default: \`${value}\`.`
}

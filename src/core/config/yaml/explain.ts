/** What js-yaml says, and what to do about it where it says too little. */
export function explainSyntax(reason: string): {message: string; hint?: string} {
  const found = EXPLAINED.find(({said}) => said.test(reason))
  return found ? {message: found.message ?? reason, hint: found.hint} : {message: `this is not YAML: ${reason}`}
}

const EXPLAINED: readonly {said: RegExp; message?: string; hint: string}[] = [
  {said: /^tab characters/, message: 'a tab stands where YAML wants spaces', hint: 'indent with spaces'},
  {
    said: /^nesting exceeded/,
    message: 'the file nests too deeply',
    hint: 'nothing that is read here nests deeper than 100 levels',
  },
  {
    said: /non-printable|null byte/,
    message: 'the file holds a character that is not text, such as a NUL byte',
    hint: 'save it as UTF-8 text',
  },
  {said: /^unknown .* tag/, hint: 'leave the tag (the word after !) out'},
  {said: /^cannot resolve a node with/, hint: 'leave the tag (the word after !) out'},
  {said: /^a key must be text/, hint: 'write a name before the colon'},
  {
    said: /^(bad indentation|deficient indentation)/,
    message: 'the indentation does not fit the lines above',
    hint: 'keys of one mapping start in one column, and every [, { and quote is closed',
  },
]

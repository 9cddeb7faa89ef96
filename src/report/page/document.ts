import {createHash} from 'node:crypto'
import {bug} from '../../core/base/bug.ts'
import {html, type Markup, raw, textOf} from './html.ts'

/** What every page carries in itself, as shipped with the package. */
export interface PageParts {
  readonly style: string
  readonly script: string
}

/**
 * A whole page in one file: it loads nothing, and runs and wears only the script and the style that it was made with.
 * @param talks may it talk to where it came from?
 */
export function pageDocument(title: string, body: Markup, parts: PageParts, talks = false): string {
  const style = inlined(parts.style, '</style')
  const script = inlined(parts.script, '</script')
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    ...(talks ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
<script>${raw(script)}</script>
</body>
</html>
`)
}

/** Browsers read every line end as a line feed before they take the hash. */
function inlined(text: string, end: string): string {
  const lines = text.replaceAll('\r\n', '\n')
  return lines.toLowerCase().includes(end) ? bug(`a part of the page holds ${end}`) : lines
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

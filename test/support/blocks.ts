/** A piece of a page that a test does something with. */
export interface Block {
  readonly language: string
  readonly text: string
}

/** The code blocks of a Markdown page, in order. */
export function blocksIn(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({language, text}))
}

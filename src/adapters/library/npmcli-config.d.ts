/** The table of npm's own settings, which the types of the package leave out. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config'

  type Options = ConstructorParameters<typeof Config>[0]
  const table: {
    readonly definitions: Options['definitions']
    readonly flatten: NonNullable<Options['flatten']>
    readonly shorthands: NonNullable<Options['shorthands']>
  }
  export default table
}

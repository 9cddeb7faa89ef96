import type {Interfaces} from '@oclif/core'
import {Plugin} from '@oclif/core/config'

/** What oclif must know of every command without loading it, read from the built commands. */
export async function manifestOf(root: string): Promise<Interfaces.Manifest> {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  return plugin.manifest
}

import type {Place} from './place.ts'

/** crates.io by its sparse index; https://doc.rust-lang.org/cargo/reference/registry-index.html. */
export const cratesIo: Place = {
  name: 'crates.io',
  async versions(library, ask) {
    const text = await ask(`https://index.crates.io/${fileOf(library.toLowerCase())}`)
    const lines = text?.split('\n').filter(line => line !== '')
    return lines
      ?.map(line => JSON.parse(line) as {readonly vers: string; readonly yanked?: boolean})
      .flatMap(({vers, yanked}) => (yanked ? [] : [vers]))
  },
}

function fileOf(name: string): string {
  if (name.length < 3) return `${name.length}/${name}`
  return name.length === 3 ? `3/${name[0]}/${name}` : `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`
}

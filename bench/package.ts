import {execFileSync} from 'node:child_process'
import type {Figure} from './figure.ts'

/** What somebody downloads who tries `npx sluice`, beside its two dependencies. */
export async function bench(): Promise<Figure[]> {
  const said = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {encoding: 'utf8'})
  const [{size, unpackedSize}] = JSON.parse(said) as [{size: number; unpackedSize: number}]
  const mb = (bytes: number) => bytes / 1_000_000
  return [
    {name: 'package: download', value: mb(size), unit: 'MB', limit: {max: 2}},
    {name: 'package: unpacked', value: mb(unpackedSize), unit: 'MB', limit: {max: 8}},
  ]
}

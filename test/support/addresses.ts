import {execFileSync} from 'node:child_process'
import {randomInt} from 'node:crypto'

/** The second number of addresses `10.N.0.0/16` that no interface and no route of this machine has. */
export function freeNetwork(): number {
  const known = [['address'], ['route', 'show', 'table', 'all']].map(words =>
    execFileSync('ip', ['-4', ...words], {encoding: 'utf8'}),
  )
  const taken = new Set([...known.join('\n').matchAll(/\b10\.(\d+)\./g)].map(([, number]) => Number(number)))
  const free = Array.from({length: 200}, (_, index) => index + 20).filter(number => !taken.has(number))
  const network = free[randomInt(free.length)]
  if (network === undefined) throw new Error('every network 10.N.0.0/16 is taken')
  return network
}

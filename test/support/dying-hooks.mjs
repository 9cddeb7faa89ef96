// Module hooks of dying.mjs: gives it to whoever asks for SQLite.
let instead

export function initialize(data) {
  instead = data.instead
}

export function resolve(specifier, context, next) {
  const isSqlite = specifier === 'node:sqlite' || specifier === '@photostructure/sqlite'
  return isSqlite && context.parentURL !== instead ? {url: instead, shortCircuit: true} : next(specifier, context)
}

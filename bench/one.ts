import type {Figure} from './figure.ts'

/** Runs the bench that is named by its file, and prints its figures as JSON. */
const name = (process.argv[2] ?? '').replace(/\.ts$/, '')
const module = (await import(`./${name}.ts`)) as {bench: () => Promise<Figure[]>}
process.stdout.write(JSON.stringify(await module.bench()))

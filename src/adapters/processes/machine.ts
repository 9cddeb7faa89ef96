import {existsSync} from 'node:fs'
import {procTable} from './proc.ts'
import {psTable} from './ps.ts'
import type {ProcessTable} from './table.ts'

/** The processes of this machine. */
export const processTable: ProcessTable = existsSync('/proc/self/stat') ? procTable : psTable

import type {Config} from '../../config/config.ts'
import type {Finding} from '../../config/shape/shape.ts'
import type {System} from '../system.ts'

/** Looks at a valid system for one thing that works, and may still hurt. */
export type Advice = (config: Config, system: System) => Iterable<Finding>

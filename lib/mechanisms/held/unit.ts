/** What one call of the handler gets: a message, or a batch of them. */
export type Unit<T> = T | readonly T[];

/** The messages in a unit. */
export const itemsOf = <T>(unit: Unit<T>): readonly T[] => (Array.isArray(unit) ? (unit as readonly T[]) : [unit as T]);

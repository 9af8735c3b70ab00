/** The consumer group, and the name of its only consumer. */
export const GROUP = 'bench';
export const CONSUMER = 'bench';

/** The list of the jobs that a consumer holds, named as the library names it. */
export const processingOf = (queue: string): string => `${queue}:processing:${CONSUMER}`;

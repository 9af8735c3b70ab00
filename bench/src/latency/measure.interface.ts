/** Sends `count` messages or requests on time. @returns how long each took, in ms, in the order of sending. */
export type Measure = (key: string, count: number) => Promise<readonly number[]>;

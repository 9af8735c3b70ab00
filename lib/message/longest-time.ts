/** The longest that a timer of Node can wait, about 24.8 days, in ms: what is longer it takes for 1 ms. */
export const LONGEST_TIME = 2 ** 31 - 1;

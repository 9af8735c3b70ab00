/** What came of the requests. Errors are there by their names. */
export interface Facts {
  /** Before any instance was there. */
  readonly tooEarly: string;
  /** How many pieces the shop was told of, in the order of its questions. */
  readonly told: readonly number[];
  /** How often the instances were asked, all together. */
  readonly asked: number;
  /** Which instances have answered, in the order of the alphabet. */
  readonly answeredBy: readonly string[];
  readonly steps: readonly string[];
  readonly left: number;
  /** What the caller got where there were too few. */
  readonly refusal: unknown;
  readonly tooSlow: string;
  /** How many handlers stopped working on what nobody waited for. */
  readonly leftOff: number;
  /** Who answered when one instance was closed. */
  readonly remaining: string;
  /** After both were closed. */
  readonly tooLate: string;
}

/** The questions of the shop, one after the other. */
export const QUESTIONS: readonly string[] = Array.from({ length: 20 }, () => ['apples', 'plums']).flat();

export const EXPECTED: Facts = {
  tooEarly: 'NoConsumerError',
  told: QUESTIONS.map((article) => (article === 'apples' ? 12 : 3)),
  asked: 40,
  answeredBy: ['north', 'south'],
  steps: ['picked', 'packed', 'sent'],
  left: 1,
  refusal: { code: 'TOO_FEW', article: 'plums', missing: 97 },
  tooSlow: 'RequestTimeoutError',
  leftOff: 1,
  remaining: 'south',
  tooLate: 'NoConsumerError',
};

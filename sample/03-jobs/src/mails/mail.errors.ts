/** The server does not take the mail now. */
export class TryAgainError extends Error {
  override readonly name = 'TryAgainError';
}

/** There is nobody of that name, and no retry makes one. */
export class UnknownAddressError extends Error {
  override readonly name = 'UnknownAddressError';
}

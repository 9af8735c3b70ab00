/** The bank did not answer. Whether it has charged the card is not known. */
export class BankTimeoutError extends Error {
  constructor(orderId: string) {
    super(`the bank did not answer for order ${orderId}`);
  }
}

/** The bank says no, and will say so again. */
export class CardRefusedError extends Error {
  constructor(orderId: string) {
    super(`the card of order ${orderId} is refused`);
  }
}

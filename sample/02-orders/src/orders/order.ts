/** What lies in the stream `orders`. */
export interface Order {
  readonly orderId: string;
  readonly customer: string;
  readonly cents: number;
  /** How the bank takes it: see `Bank`. */
  readonly card: 'good' | 'stolen' | 'offline';
}

/** What lies in the stream `receipts`: one for each order that was paid. */
export interface Receipt {
  readonly orderId: string;
  readonly customer: string;
  readonly cents: number;
}

/** What lies in the queue `mails`. */
export interface Mail {
  readonly mailId: string;
  /** How its server takes it: see `MailServer`. */
  readonly to: string;
  readonly subject: string;
}

import { Injectable } from '@nestjs/common';
import { Database, type Queries } from './database.js';

/** Makes a handler's writes to the database happen once, however often the handler runs. */
@Injectable()
export class Inbox {
  constructor(private readonly database: Database) {}

  /**
   * Does the work in one transaction with a row that says so. Where the row is there already, the work has been done and
   * is left out; while another transaction is about to write it, Postgres makes this one wait.
   *
   * @returns whether the work was done now.
   */
  once(key: string, work: (queries: Queries) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      const text = 'INSERT INTO inbox (key) VALUES ($1) ON CONFLICT DO NOTHING RETURNING key';
      const { rows } = await queries.query(text, [key]);
      const isNew = rows.length === 1;
      if (isNew) await work(queries);
      return isNew;
    });
  }
}

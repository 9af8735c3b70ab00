import { PGlite } from '@electric-sql/pglite';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

const SCHEMA = `
  CREATE TABLE inbox (
    key text PRIMARY KEY,
    handled_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE accounts (
    customer text PRIMARY KEY,
    cents bigint NOT NULL
  );
`;

/** What can be asked of a database: what `pg` has as well. */
export interface Queries {
  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[] }>;
}

/** A Postgres in this process, in memory. */
@Injectable()
export class Database implements Queries, OnModuleInit, OnApplicationShutdown {
  private readonly postgres = new PGlite();

  async onModuleInit(): Promise<void> {
    await this.postgres.exec(SCHEMA);
  }

  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[] }> {
    return this.postgres.query<T>(text, values);
  }

  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.postgres.transaction(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.postgres.close();
  }
}

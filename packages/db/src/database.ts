import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client.ts";
import { createPublisher, type Publisher } from "./publisher.ts";

export type Tx = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends">;

/** One process's handle on PostgreSQL: the query client and the single connection that sends hints. */
export type Database = {
  readonly prisma: PrismaClient;
  readonly publisher: Publisher;
  close(): Promise<void>;
};

/**
 * @param options.url PostgreSQL connection string
 * @param options.poolSize connections kept for queries; the publisher takes one more
 */
export function createDatabase(options: { url: string; poolSize: number }): Database {
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 10_000,
    // A server that is gone without a word is noticed while an answer is awaited.
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 60_000,
    // A process that is cut off or paused in mid-transaction must not keep its locks, the audit chain's least of all: no
    // longer than a step is waited for whose worker gives no sign of life.
    idle_in_transaction_session_timeout: 10_000,
  });
  const prisma = new PrismaClient({
    adapter,
    // Longer formats repeat the query with its data, and so prompts and secrets, in every error.
    errorFormat: "minimal",
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
  const publisher = createPublisher(options.url);
  return {
    prisma,
    publisher,
    async close() {
      await publisher.close();
      await prisma.$disconnect();
    },
  };
}

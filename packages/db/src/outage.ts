const outageCodes =
  /^(P1\d\d\d|P2024|P2028|P2034|P2037|57P0\d|57014|55P03|40P01|40001|53300|08\d\d\d|ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT)$/;
const outageMessages =
  /code: `(57P0\d|57014|55P03|40P01|40001|53300|08\d\d\d)`|connection (terminated|closed|refused|timeout|error)|terminating connection|can't reach|the database system is|timeout exceeded when trying to connect/i;

/**
 * Whether an error says that PostgreSQL cannot be reached now, or that others kept the rows for too long, so that the same
 * call may well work later.
 */
export function isOutage(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    if (cause.name === "PrismaClientInitializationError") return true;
    if ("code" in cause && typeof cause.code === "string" && outageCodes.test(cause.code)) return true;
    if (outageMessages.test(cause.message)) return true;
  }
  return false;
}

-- AlterTable
ALTER TABLE "Provider" ADD COLUMN     "answeredAt" TIMESTAMPTZ(3),
ADD COLUMN     "failedAt" TIMESTAMPTZ(3),
ADD COLUMN     "failure" TEXT;

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "trace" TEXT;

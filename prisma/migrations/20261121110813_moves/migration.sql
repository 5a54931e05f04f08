-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "liveSince" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Thread" ADD COLUMN     "keptAt" TIMESTAMPTZ(3),
ADD COLUMN     "moves" INTEGER NOT NULL DEFAULT 0;

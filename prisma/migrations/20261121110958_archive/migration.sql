-- AlterTable
ALTER TABLE "Thread" DROP COLUMN "archiveCommit",
ADD COLUMN     "archive" JSONB;

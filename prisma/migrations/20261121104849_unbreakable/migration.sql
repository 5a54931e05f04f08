-- CreateEnum
CREATE TYPE "TurnMode" AS ENUM ('queue', 'steer');

-- CreateEnum
CREATE TYPE "SetupStatus" AS ENUM ('none', 'asked', 'running', 'done', 'failed', 'skipped');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "TurnStatus" ADD VALUE 'steered';
ALTER TYPE "TurnStatus" ADD VALUE 'superseded';

-- AlterEnum
ALTER TYPE "ItemType" ADD VALUE 'notice';

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "JobKind" ADD VALUE 'archive';
ALTER TYPE "JobKind" ADD VALUE 'restore';
ALTER TYPE "JobKind" ADD VALUE 'remove';

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "allowedHosts" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "devCommand" TEXT,
ADD COLUMN     "setupApproved" TEXT,
ADD COLUMN     "setupHosts" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "drainingAt" TIMESTAMPTZ(3),
ADD COLUMN     "startedAt" TIMESTAMPTZ(3),
ADD COLUMN     "version" TEXT;

-- AlterTable
ALTER TABLE "Thread" ADD COLUMN     "archiveCommit" TEXT,
ADD COLUMN     "archivedAt" TIMESTAMPTZ(3),
ADD COLUMN     "setupStatus" "SetupStatus" NOT NULL DEFAULT 'none';

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "interruptedAt" TIMESTAMPTZ(3),
ADD COLUMN     "interruptedById" TEXT,
ADD COLUMN     "intoStep" INTEGER,
ADD COLUMN     "intoTurnId" TEXT,
ADD COLUMN     "mode" "TurnMode" NOT NULL DEFAULT 'queue',
ADD COLUMN     "restoreTo" TEXT,
ADD COLUMN     "retries" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "CheckpointPack" (
    "threadId" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "ref" TEXT NOT NULL,
    "data" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CheckpointPack_pkey" PRIMARY KEY ("threadId","commit","index")
);

-- CreateTable
CREATE TABLE "NetworkDecision" (
    "id" TEXT NOT NULL,
    "threadId" TEXT NOT NULL,
    "turnId" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "list" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "allowed" BOOLEAN NOT NULL,
    "reason" TEXT,

    CONSTRAINT "NetworkDecision_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "CheckpointPack_threadId_position_idx" ON "CheckpointPack"("threadId", "position");

-- CreateIndex
CREATE INDEX "NetworkDecision_threadId_at_idx" ON "NetworkDecision"("threadId", "at");

-- AddForeignKey
ALTER TABLE "CheckpointPack" ADD CONSTRAINT "CheckpointPack_threadId_fkey" FOREIGN KEY ("threadId") REFERENCES "Thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkDecision" ADD CONSTRAINT "NetworkDecision_threadId_fkey" FOREIGN KEY ("threadId") REFERENCES "Thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateEnum
CREATE TYPE "DevStatus" AS ENUM ('starting', 'running', 'stopping', 'stopped', 'failed');

-- AlterTable
ALTER TABLE "Thread" ADD COLUMN     "setupFor" TEXT;

-- CreateTable
CREATE TABLE "DevServer" (
    "threadId" TEXT NOT NULL,
    "status" "DevStatus" NOT NULL,
    "command" TEXT NOT NULL,
    "itemId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "epoch" INTEGER,
    "port" INTEGER,
    "startedById" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DevServer_pkey" PRIMARY KEY ("threadId")
);

-- CreateIndex
CREATE INDEX "DevServer_hostId_status_idx" ON "DevServer"("hostId", "status");

-- AddForeignKey
ALTER TABLE "DevServer" ADD CONSTRAINT "DevServer_threadId_fkey" FOREIGN KEY ("threadId") REFERENCES "Thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Owners and admins have added these scripts with their projects, which counts as agreement: the digest of setup-agreement.ts, for no hosts.
UPDATE "Project"
SET "setupApproved" = encode(sha256(convert_to(encode(sha256(convert_to("setupScript", 'UTF8')), 'hex') || E'\n', 'UTF8')), 'hex')
WHERE btrim(coalesce("setupScript", '')) <> '';

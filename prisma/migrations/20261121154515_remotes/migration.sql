-- CreateEnum
CREATE TYPE "CredentialKind" AS ENUM ('none', 'token', 'key');

-- AlterEnum
ALTER TYPE "JobKind" ADD VALUE 'push';

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "changes" JSONB,
ADD COLUMN     "reasonCode" TEXT,
ALTER COLUMN "sourcePath" DROP NOT NULL;

-- CreateTable
CREATE TABLE "ProjectRemote" (
    "projectId" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "credential" "CredentialKind" NOT NULL DEFAULT 'none',
    "username" TEXT,
    "secretEnvelope" TEXT,
    "publicKey" TEXT,
    "hostKey" TEXT,
    "offeredHostKey" TEXT,
    "fetchEveryMinutes" INTEGER NOT NULL DEFAULT 15,
    "fetchDueAt" TIMESTAMPTZ(3),
    "progress" JSONB,
    "cancelAskedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ProjectRemote_pkey" PRIMARY KEY ("projectId")
);

-- CreateIndex
CREATE INDEX "ProjectRemote_fetchDueAt_idx" ON "ProjectRemote"("fetchDueAt");

-- AddForeignKey
ALTER TABLE "ProjectRemote" ADD CONSTRAINT "ProjectRemote_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

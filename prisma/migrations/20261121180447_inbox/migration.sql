-- CreateEnum
CREATE TYPE "InboxKind" AS ENUM ('turnFailed', 'turnFinished', 'setupAsked', 'setupFailed', 'hostTrouble', 'mention', 'handOver');

-- CreateTable
CREATE TABLE "InboxItem" (
    "id" TEXT NOT NULL,
    "workspaceId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "kind" "InboxKind" NOT NULL,
    "key" TEXT NOT NULL,
    "threadId" TEXT,
    "turnId" TEXT,
    "place" TEXT,
    "note" TEXT,
    "actorId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimedById" TEXT,
    "snoozedUntil" TIMESTAMPTZ(3),
    "doneAt" TIMESTAMPTZ(3),
    "handedToId" TEXT,
    "handedById" TEXT,
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "InboxItem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InboxEmail" (
    "itemId" TEXT NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "leaseUntil" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "InboxEmail_pkey" PRIMARY KEY ("itemId")
);

-- CreateTable
CREATE TABLE "NotificationSettings" (
    "workspaceId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "emailKinds" "InboxKind"[],
    "quietFromMinute" INTEGER,
    "quietToMinute" INTEGER,
    "timeZone" TEXT NOT NULL,

    CONSTRAINT "NotificationSettings_pkey" PRIMARY KEY ("workspaceId","userId")
);

-- CreateIndex
CREATE INDEX "InboxItem_userId_workspaceId_createdAt_idx" ON "InboxItem"("userId", "workspaceId", "createdAt");

-- CreateIndex
CREATE INDEX "InboxItem_threadId_idx" ON "InboxItem"("threadId");

-- CreateIndex
CREATE UNIQUE INDEX "InboxItem_workspaceId_key_userId_key" ON "InboxItem"("workspaceId", "key", "userId");

-- CreateIndex
CREATE INDEX "InboxEmail_endedAt_dueAt_idx" ON "InboxEmail"("endedAt", "dueAt");

-- AddForeignKey
ALTER TABLE "InboxItem" ADD CONSTRAINT "InboxItem_threadId_fkey" FOREIGN KEY ("threadId") REFERENCES "Thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InboxItem" ADD CONSTRAINT "InboxItem_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InboxEmail" ADD CONSTRAINT "InboxEmail_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "InboxItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NotificationSettings" ADD CONSTRAINT "NotificationSettings_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

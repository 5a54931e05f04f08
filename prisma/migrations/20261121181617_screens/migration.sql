-- AlterTable: words as they are and by their stems. A vector holds up to 1 MB, so of a very long text only the beginning is found
ALTER TABLE "Item" ADD COLUMN     "search" tsvector GENERATED ALWAYS AS (
    CASE WHEN "type" IN ('userMessage', 'agentMessage') THEN
        to_tsvector('english', left("data"->>'text', 50000)) || to_tsvector('simple', left("data"->>'text', 50000))
    END
) STORED;

-- CreateIndex
CREATE INDEX "Item_search_idx" ON "Item" USING GIN ("search") WHERE "search" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Thread_title_search_idx" ON "Thread" USING GIN ((to_tsvector('english', "title") || to_tsvector('simple', "title")));

-- CreateTable
CREATE TABLE "ViewedPatch" (
    "threadId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ViewedPatch_pkey" PRIMARY KEY ("threadId","userId","hash")
);

-- CreateTable
CREATE TABLE "SidebarView" (
    "workspaceId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "pins" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "filter" JSONB NOT NULL,

    CONSTRAINT "SidebarView_pkey" PRIMARY KEY ("workspaceId","userId")
);

-- AddForeignKey
ALTER TABLE "ViewedPatch" ADD CONSTRAINT "ViewedPatch_threadId_fkey" FOREIGN KEY ("threadId") REFERENCES "Thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SidebarView" ADD CONSTRAINT "SidebarView_workspaceId_userId_fkey" FOREIGN KEY ("workspaceId", "userId") REFERENCES "Membership"("workspaceId", "userId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "Thread" ADD COLUMN     "networkUnlogged" INTEGER NOT NULL DEFAULT 0;

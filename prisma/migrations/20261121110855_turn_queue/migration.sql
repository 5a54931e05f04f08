-- AlterEnum
ALTER TYPE "TurnStatus" ADD VALUE 'held';

-- AlterTable
ALTER TABLE "Thread" ADD COLUMN     "turnsVersion" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "firstStep" INTEGER NOT NULL DEFAULT 0;

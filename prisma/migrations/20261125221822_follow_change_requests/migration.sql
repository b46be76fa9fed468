-- AlterTable
ALTER TABLE "change_request" ADD COLUMN     "fork_url" TEXT,
ADD COLUMN     "last_run_id" UUID,
ADD COLUMN     "request_key" TEXT,
ADD COLUMN     "session_id" UUID,
ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'open';

-- CreateIndex
CREATE INDEX "change_request_request_key_idx" ON "change_request"("request_key");

-- AlterTable
ALTER TABLE "graph_cache" ADD COLUMN     "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateIndex
CREATE INDEX "graph_cache_used_at_idx" ON "graph_cache"("used_at");

-- Each event, claim and heartbeat updates a row of these tables. Without an index on what they change, and
-- with room left in its page, PostgreSQL updates it in place and touches no index (HOT).
-- DropIndex
DROP INDEX "session_user_id_updated_at_idx";

-- DropIndex
DROP INDEX "run_state_lease_until_idx";

-- DropIndex
DROP INDEX "event_created_at_idx";

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "run_summarised_ended_at_idx" ON "run"("summarised", "ended_at");

-- CreateIndex
CREATE INDEX "event_created_at_idx" ON "event" USING BRIN ("created_at");

ALTER TABLE "run" SET (fillfactor = 70);
ALTER TABLE "session" SET (fillfactor = 70);

-- AlterTable
ALTER TABLE "approval" ALTER COLUMN "plan_id" DROP NOT NULL;

-- By hand, as Prisma's schema has no checks: only a budget can be asked for before there is a plan.
ALTER TABLE "approval" ADD CONSTRAINT "approval_of_a_plan" CHECK ("plan_id" IS NOT NULL OR "kind" = 'budget');

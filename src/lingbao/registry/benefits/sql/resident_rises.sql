-- A rise belongs to one scheme. That of the resident basic pension is an amount a month, more by age, from the month its notice
-- names, for a province or one of its cities; where the notice can be read stands beside it. What was entered wrongly is refused
-- with a reason and entered anew; it stays on record.
ALTER TABLE benefit_adjustment
    ADD COLUMN scheme     text NOT NULL DEFAULT 'employee' CHECK (scheme IN ('employee', 'resident')),
    ADD COLUMN area       text CHECK (area <> ''),
    ADD COLUMN source     text NOT NULL DEFAULT '',
    ADD COLUMN refused_by bigint,
    ADD COLUMN refusal    text NOT NULL DEFAULT '',
    ADD CONSTRAINT benefit_adjustment_resident CHECK (scheme = 'employee' OR per_year_fen = 0 AND share = 0 AND source <> ''),
    ADD CONSTRAINT benefit_adjustment_employee CHECK (scheme = 'resident' OR area IS NULL AND from_month = year * 12),
    ADD CONSTRAINT benefit_adjustment_answered CHECK (approved_by IS NULL OR refused_by IS NULL),
    ADD CONSTRAINT benefit_adjustment_refusal CHECK ((refused_by IS NULL) = (refusal = '')),
    DROP CONSTRAINT benefit_adjustment_province_year_key;
CREATE UNIQUE INDEX benefit_adjustment_once ON benefit_adjustment (province, year) WHERE scheme = 'employee' AND refused_by IS NULL;
CREATE UNIQUE INDEX benefit_adjustment_resident_once ON benefit_adjustment (province, coalesce(area, ''), from_month)
    WHERE scheme = 'resident' AND refused_by IS NULL;
GRANT UPDATE (refused_by, refusal) ON benefit_adjustment TO lingbao_app;

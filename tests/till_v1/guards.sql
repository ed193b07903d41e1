CREATE INDEX ix_sale_training ON sale (entry) WHERE training = 1;
CREATE INDEX ix_sale_label ON sale (label);
CREATE INDEX ix_print_job_document ON print_job (document);
CREATE INDEX ix_print_job_open ON print_job (entry) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX ix_card_payment_open ON card_payment (entry) WHERE state IN ('asked', 'unknown');
CREATE UNIQUE INDEX ix_staff_number ON staff (number) WHERE removed = 0;
CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NOT EXISTS (
    SELECT 1 FROM entry WHERE ordinal = NEW.ordinal - 1 AND CAST(hash AS BLOB) = NEW.previous
    AND NEW.number = CASE WHEN epoch = NEW.epoch THEN number + 1 ELSE 1 END
) AND NOT (NEW.ordinal = 1 AND NEW.number = 1)
BEGIN SELECT RAISE(ABORT, 'the entry does not follow the last one'); END;
CREATE TRIGGER sale_adds_up BEFORE INSERT ON sale
WHEN (SELECT coalesce(sum(total), 0) FROM sale_line WHERE sale = NEW.entry) <> NEW.total
  OR (SELECT coalesce(sum(gross), 0) FROM sale_vat WHERE sale = NEW.entry) <> NEW.total
  OR (SELECT coalesce(sum(amount), 0) FROM sale_tender WHERE sale = NEW.entry)
     <> NEW.total + NEW.rounding
BEGIN SELECT RAISE(ABORT, 'the sale does not add up'); END;
CREATE TRIGGER entry_never_UPDATE BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is never changed'); END;
CREATE TRIGGER entry_never_DELETE BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is never changed'); END;
CREATE TRIGGER sale_never_UPDATE BEFORE UPDATE ON sale
BEGIN SELECT RAISE(ABORT, 'sale is never changed'); END;
CREATE TRIGGER sale_never_DELETE BEFORE DELETE ON sale
BEGIN SELECT RAISE(ABORT, 'sale is never changed'); END;
CREATE TRIGGER sale_line_never_UPDATE BEFORE UPDATE ON sale_line
BEGIN SELECT RAISE(ABORT, 'sale_line is never changed'); END;
CREATE TRIGGER sale_line_never_DELETE BEFORE DELETE ON sale_line
BEGIN SELECT RAISE(ABORT, 'sale_line is never changed'); END;
CREATE TRIGGER sale_vat_never_UPDATE BEFORE UPDATE ON sale_vat
BEGIN SELECT RAISE(ABORT, 'sale_vat is never changed'); END;
CREATE TRIGGER sale_vat_never_DELETE BEFORE DELETE ON sale_vat
BEGIN SELECT RAISE(ABORT, 'sale_vat is never changed'); END;
CREATE TRIGGER sale_tender_never_UPDATE BEFORE UPDATE ON sale_tender
BEGIN SELECT RAISE(ABORT, 'sale_tender is never changed'); END;
CREATE TRIGGER sale_tender_never_DELETE BEFORE DELETE ON sale_tender
BEGIN SELECT RAISE(ABORT, 'sale_tender is never changed'); END;
CREATE TRIGGER sale_line_closed BEFORE INSERT ON sale_line
WHEN EXISTS (SELECT 1 FROM sale WHERE entry = NEW.sale)
BEGIN SELECT RAISE(ABORT, 'the sale is closed'); END;
CREATE TRIGGER sale_vat_closed BEFORE INSERT ON sale_vat
WHEN EXISTS (SELECT 1 FROM sale WHERE entry = NEW.sale)
BEGIN SELECT RAISE(ABORT, 'the sale is closed'); END;
CREATE TRIGGER sale_tender_closed BEFORE INSERT ON sale_tender
WHEN EXISTS (SELECT 1 FROM sale WHERE entry = NEW.sale)
BEGIN SELECT RAISE(ABORT, 'the sale is closed'); END;

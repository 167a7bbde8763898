"""What the audit recomputes of monitoring: what is kept up payment by payment against the record worked out anew."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check


@audit_check("monitoring.paid")
def paid_is_the_record() -> Iterator[Finding]:
    """First, last and number of months of each payer are those of the record."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(p.person_id, r.person_id), p.months, r.months
            FROM monitoring_paid p
            FULL JOIN (SELECT person_id, min(month) AS first, max(month) AS last, count(*) AS months FROM record_month
                       WHERE voided_by IS NULL GROUP BY 1) r USING (person_id)
            WHERE (p.first_month, p.last_month, p.months::bigint) IS DISTINCT FROM (r.first, r.last, r.months) ORDER BY 1
            """)
        for person, kept, recorded in cursor.fetchall():
            yield Finding("monitoring.paid", str(person), f"人员 {person}：监测记 {kept} 个月，缴费记录 {recorded} 个月。",
                          f"Person {person}: {kept} months by monitoring, {recorded} by the record.")

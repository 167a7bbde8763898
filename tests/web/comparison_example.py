"""A comparison in the shape of the planner's contract, for page tests that need no planner."""

from __future__ import annotations

from typing import Any

from lingbao.law.month import month
from lingbao.law.rules.benefit import basic_pension
from lingbao.law.trace import Node, given, node_of, traced


def outlook(pension: float, paid: float, claim_age: int, scale: float) -> dict[str, Any]:
    """Return one projection of one option."""
    return {
        "outlay_total": paid * 1.4, "outlay_today": paid, "months_needed": 240, "claim_month": month(1990, 5) + claim_age,
        "claim_age_months": claim_age, "pension_then": pension * scale * 2.1, "pension_today": pension * scale,
        "replacement_rate": pension * scale / 6000, "payback_age_months": claim_age + 110, "payback_extra_age_months": None,
        "benefit_cost_ratio": 1.8 * scale, "irr": 0.045, "irr_real": 0.024, "expected_present_value": 81234.5 * scale,
        "chance_of_payback": 0.82, "heirs": [{"age": 60, "amount": 100000.0}],
        "parts": {"basic": pension * 0.6, "account": pension * 0.4, "transitional": 0.0}, "flags": [],
    }


def option(name: str, scheme: str, zh: str, en: str, cost: float, pension: float, claim_age: int) -> dict[str, Any]:
    """Return one option with its three projections."""
    return {
        "id": name, "scheme": scheme, "label_zh": zh, "label_en": en, "tier": None, "start": month(2026, 11), "rhythm": 1,
        "claim": "statutory", "saving": 0.0, "feasible": True, "reason_zh": "", "reason_en": "",
        "first_payment": {"month": cost, "year": cost * 12}, "share_of_income": cost / 6000,
        "outlook": {key: outlook(pension, cost * 240, claim_age, scale) for key, scale in (("low", 0.85), ("base", 1.0), ("high", 1.2))},
    }


PLAN: dict[str, Any] = {
    "as_of": month(2026, 11), "law_hash": "0" * 64, "person": {"birth": month(1990, 5), "sex": "male", "residence": "36"},
    "flags": [{"code": "projected", "zh": "2027 年以后的工资、物价和利率是推算的。", "en": "Wages, prices and rates after 2026 are projected."}],
    "retirement": {
        "worker_class": "male", "birth": month(1990, 5), "statutory_month": month(2053, 5), "statutory_age_months": 756,
        "delay_months": 36, "earliest_month": month(2050, 5), "minimum_months": 240, "months_paid": 0, "months_needed": 240,
        "resident_month": month(2050, 5),
    },
    "options": [
        option("employee-60", "employee", "职工养老保险，60% 档", "Employee scheme, 60% tier", 846.0, 2104.3, 756),
        option("employee-80", "employee", "职工养老保险，80% 档", "Employee scheme, 80% tier", 1128.0, 2498.1, 756),
        option("employee-100", "employee", "职工养老保险，100% 档", "Employee scheme, 100% tier", 1410.0, 2890.4, 756),
        option("resident-300", "resident", "居民养老保险，每年 300 元", "Resident scheme, 300 yuan a year", 25.0, 268.0, 720),
        option("resident-6000", "resident", "居民养老保险，每年 6000 元", "Resident scheme, 6,000 yuan a year", 500.0, 1160.0, 720),
        option("none", "none", "都不交", "Join neither", 0.0, 0.0, 720),
    ],
    "advice": [{
        "zh": "如果您能承受每月约 846 元，职工养老保险 60% 档是最稳妥的起点：每交 1 元，预期领回约 1.80 元。",
        "en": "If you can bear about 846 yuan a month, the 60% tier of the employee scheme is the soundest start: 1.80 yuan come back per yuan paid.",
        "conditions_zh": "条件：缴满 20 年，活到平均寿命，工资按中情景增长。", "conditions_en": "If: 20 years are paid, you live to the average age and wages grow as in the middle projection.",
    }],
}


class Comparison:
    """Answers like the planner's comparison."""

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return PLAN

    def explain(self, option_id: str, figure: str, projection: str = "base") -> Node:
        """Return a tree of reasons."""
        value = traced(basic_pension)(given("benefit_base", 7054.0), given("mean_index", 0.6), given("months", 240.0), 0.01)
        return node_of(figure, value)

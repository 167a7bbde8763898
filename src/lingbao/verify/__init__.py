"""Golden cases: numbers from statutes, worked examples and award forms, run against the rules of this version."""

from __future__ import annotations

from lingbao.verify.report import Failure, Report
from lingbao.verify.runner import Case, read_cases, verify

__all__ = ["Case", "Failure", "Report", "read_cases", "verify"]

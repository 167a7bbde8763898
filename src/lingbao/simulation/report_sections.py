"""What the report of a run shows: one section a question, each with its table and, where it helps, a chart."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.store import Law
from lingbao.simulation import decomposition, indicators, nation
from lingbao.simulation.fund_accounts import CONTRIBUTIONS, RESIDENT_BENEFITS, RESIDENT_INCOME, accounts
from lingbao.simulation.inequality import lorenz
from lingbao.simulation.report_charts import Chart
from lingbao.simulation.report_words import Lang
from lingbao.simulation.run_tables import GROUPS, RunTables, column, national

LIVES_BY_FIFTH = ("ever_paid_share", "interrupted_share", "replacement_rate_mean", "benefit_cost_ratio", "irr_10", "irr_median",
                  "irr_90", "fixed_taken_share", "fixed_months_mean")


@dataclass(frozen=True)
class Section:
    """One question and its answer.

    Attributes
    ----------
    name : str
        Short name, used for the files of its table.
    title_zh, title_en, text_zh, text_en : str
        The question, and how to read the answer.
    frame : DataFrame
        The table; its columns are named in ``report_labels.yaml``.
    chart : Chart, optional
        What is drawn of it.
    drawn : DataFrame, optional
        Another shape of the table for the chart.
    unit_from : str
        Column whose text gives the unit of ``value`` and the like in each row; empty where columns have one unit.
    """

    name: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    frame: pl.DataFrame
    chart: Chart | None = None
    drawn: pl.DataFrame | None = None
    unit_from: str = ""

    def title(self, lang: Lang) -> str:
        """Return the title in a language."""
        return self.title_zh if lang == "zh" else self.title_en

    def text(self, lang: Lang) -> str:
        """Return the text in a language."""
        return self.text_zh if lang == "zh" else self.text_en


def months_of(run: RunTables) -> tuple[int, int]:
    """Return the first and last month of a run, from its manifest."""
    first = month(int(run.manifest["first_year"]), 1)
    return first, first + int(run.manifest["years"]) * MONTHS_PER_YEAR - 1


def run_sections(run: RunTables, law: Law | None = None) -> list[Section]:
    """Return the sections of a run's report.

    Parameters
    ----------
    run : RunTables
    law : Law, optional
        With it, the ratios of the whole nation are shown; only for runs that begin after the last year of statistics.
    """
    made = [*_fund(run), *_people(run), *_lives(run), *distribution(run), factors(run)]
    if law is not None:
        made.append(_nation(run, law))
    return made


def _fund(run: RunTables) -> list[Section]:
    table = accounts(run.fund)
    wide = national(run.fund)
    paid = wide.select("year", *(column(wide, name).alias(name) for name in CONTRIBUTIONS))
    items = [name for name in (*RESIDENT_INCOME, *RESIDENT_BENEFITS) if name in wide.columns]
    made = [
        Section("fund", "职工养老保险基金收支（灵活就业人员）", "Employee scheme: income and expenditure for flexible workers",
                "当年价格。缴费包括个人、单位、补贴与贷款垫缴；支出包括养老金、遗属待遇和一次性待遇。只含被模拟的灵活就业人员。",
                "Yuan of the day. Contributions are those of persons, employers, subsidies and loans; benefits are pensions, death "
                "benefits and lump sums. Simulated flexible workers only.",
                table.select("year", "contributions", "benefits", "balance", "pool_balance", "coverage_of_benefits"),
                Chart("lines", "year", ("contributions", "benefits", "balance", "pool_balance"))),
        Section("sources", "谁在缴费", "Who pays the contributions", "按来源分的缴费。", "Contributions by source.", paid,
                Chart("stack", "year", ("contributions",), "item"),
                paid.unpivot(index="year", variable_name="item", value_name="contributions")),
        Section("liabilities", "欠参保人多少", "What is owed to the insured",
                "个人账户余额，以及已缴费形成的统筹养老金权益的现值（隐性债务）。", "Balances of accounts, and the present value of the pool "
                "pensions earned so far (implicit debt).",
                table.select("year", "account_liability", "resident_account_liability", "implicit_debt"),
                Chart("lines", "year", ("account_liability", "resident_account_liability", "implicit_debt"))),
    ]
    if items:
        made.append(Section("resident", "居民养老保险收支", "The resident scheme", "被模拟人员的居民养老保险。", "The resident scheme of the simulated people.",
                            table.select("year", "resident_balance").join(wide.select("year", *items), on="year").sort("year"),
                            Chart("lines", "year", ("resident_balance", *(name for name in items if name in ("resident_fees", "resident_subsidy",
                                                                                                 "resident_basic_benefits"))))))
    return made


def _grouped(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Put tables by one grouping each under one another: which grouping, which group, then the figures."""
    return pl.concat([
        table.rename({name: "group"}).with_columns(pl.lit(name).alias("dimension"), pl.col("group").cast(pl.String))
        .select("dimension", "group", pl.exclude("dimension", "group")) for name, table in tables.items()
    ])


def _people(run: RunTables) -> list[Section]:
    last = int(run.people["year"].max())  # type: ignore[arg-type]
    groups = _grouped({name: indicators.coverage(run.people, (name,)).filter(pl.col("year") == last)
                       for name in GROUPS if run.people[name].n_unique() > 1})
    tiers = indicators.choice_shares(run.choices, "tier").sort("year", pl.col("tier").cast(pl.Float64, strict=False).fill_null(0.0))
    rhythms = indicators.choice_shares(run.choices, "rhythm")
    return [
        Section("coverage", "谁参加了保险", "Who is covered", "占全部灵活就业人员的比例；参加不等于当年缴费。",
                "Shares of all flexible workers; being a member is not the same as paying this year.", indicators.coverage(run.people),
                Chart("lines", "year", ("employee_share", "resident_share", "none_share", "payer_share"))),
        Section("coverage_groups", "哪些人参加了保险（末年）", "Who is covered, by group, last year", f"{last} 年各组的参保情况。",
                f"Coverage by group in {last}.", groups, Chart("bars", "group", ("employee_share", "resident_share", "none_share"))),
        Section("interruption", "谁中断了缴费", "Who stopped paying",
                "中断：以前缴过、当年没有缴。密度：自首次缴费以来未缴月数的占比。",
                "Stopped: paid before, not this year. Density: months not paid of the months since the first payment.",
                indicators.interruption(run.people), Chart("lines", "year", ("stopped_share", "ever_stopped_share", "density_stopped"))),
        Section("tiers", "选择什么缴费档次", "Tiers chosen", "职工养老保险缴费者中各档次的比例。", "Shares of tiers among those in the employee scheme.",
                tiers, Chart("stack", "year", ("share",), "tier")),
        Section("rhythms", "多久缴一次", "Rhythms of payment", "按两次缴费之间的月数。", "By months between two payments.", rhythms,
                Chart("stack", "year", ("share",), "rhythm")),
        Section("old_age", "老年时的养老金与贫困", "Pensions and poverty in old age", "十二月的月养老金；贫困线见运行参数。",
                "Monthly pensions of December; the poverty line is in the run's parameters.", indicators.old_age(run.people),
                Chart("lines", "year", ("poverty_share", "employee_pensioner_share"))),
    ]


def _lives(run: RunTables) -> list[Section]:
    by_fifth = indicators.lives(run.persons, ("income_fifth",), LIVES_BY_FIFTH)
    ratio = (by_fifth.filter(pl.col("figure") == "benefit_cost_ratio")
             .select("income_fifth", pl.col("value").alias("benefit_cost_ratio"), pl.col("standard_error").alias("benefit_cost_ratio_error")))
    rates = by_fifth.filter(pl.col("figure").is_in(["irr_10", "irr_median", "irr_90"])).select("income_fifth", "figure", pl.col("value").alias("irr_median"))
    return [
        Section("lives", "一生的得失", "Figures of lives", "对保留的个人逐一计算，含标准误。", "Computed person by person for the people kept, with standard errors.",
                indicators.lives(run.persons), unit_from="figure"),
        Section("worth", "缴费值不值（按收入五等分）", "Is it worth it, by fifth of income", "待遇与个人缴费的现值之比；细线为95%区间。",
                "Present value of benefits over own contributions; thin lines are 95 percent bands.", by_fifth,
                Chart("bars", "income_fifth", ("benefit_cost_ratio",)), ratio, unit_from="figure"),
        Section("rates", "实际收益率（按收入五等分）", "Real rate of return, by fifth of income", "第10、50、90百分位。", "10th, 50th and 90th percentile.",
                by_fifth.filter(pl.col("figure").str.starts_with("irr")), Chart("bars", "income_fifth", ("irr_median",), "figure"), rates, unit_from="figure"),
    ]


def distribution(run: RunTables) -> list[Section]:
    """Return burden, inequality with progressivity, and who pays for whom (F8); the last needs somebody who pays."""
    first, last = months_of(run)
    year = int(run.people["year"].max())  # type: ignore[arg-type]
    fifth = indicators.paying(run.people, ("income_fifth",)).filter(pl.col("year") == year)
    made = [
        Section("burden", f"缴费负担（按收入五等分，{year} 年）", f"Burden by fifth of income, {year}",
                "负担为组内个人缴费合计与收入合计之比，未缴费者也计入分母。",
                "The burden is own contributions over the income of the whole fifth, those who do not pay included.", fifth,
                Chart("bars", "income_fifth", ("burden",))),
        Section("inequality", "对收入不平等的影响", "Effect on inequality",
                "以工作期（到领取为止）的收入为基础，逐人计算。卡克瓦尼指数：缴费为正表示累进（高收入者缴得更多）；待遇为负表示偏向低收入者。",
                "On income of the working years, which end with the claim, person by person. Kakwani index: of contributions above 0 is progressive; of benefits below 0 favours low incomes.",
                indicators.redistribution_of(run.persons, first, last).frame(), unit_from="measure"),
        Section("lorenz", "收入、缴费与待遇的分布", "Spread of income, contributions and benefits", "各自由低到高排列的洛伦兹曲线：横轴为人口累计占比，纵轴为所占份额。",
                "Lorenz curves, each ranked by itself: the share held by the poorest share of people.", _curves(run, first, last),
                Chart("lines", "people_share", ("income_held", "own_held", "benefits_held"))),
    ]
    if float(run.persons["pv_own"].sum()) > 0.0:
        made.append(Section("transfers", "谁补贴谁（按收入五等分）", "Who pays for whom, by fifth of income",
                            "净转移：领取现值减去按全体平均回报折算的缴费；合计为零。“向上流动”为正，表示钱从低收入组流向高收入组（逆向再分配）。",
                            "Net transfer: what is drawn less one's contributions at everyone's mean return; it adds up to 0. A flow upward above 0 "
                            "goes from lower to higher incomes (reverse redistribution).",
                            indicators.transfers_between_fifths(run.persons).rename({"group": "income_fifth"}),
                            Chart("bars", "income_fifth", ("mean_transfer",))))
    return made


def _curves(run: RunTables, first: int, last: int) -> pl.DataFrame:
    group = indicators.Lives(run.persons)
    curve = {"income_held": indicators.working_income(group, first, last), "own_held": group.number("pv_own"),
             "benefits_held": group.number("pv_benefits")}
    drawn = {name: lorenz(values, group.weight) for name, values in curve.items()}
    return pl.DataFrame({"people_share": drawn["income_held"]["people"], **{name: table["amount"] for name, table in drawn.items()}})


def factors(run: RunTables) -> Section:
    """Return the production and distribution decomposition (F1) of the change from the first year to the last."""
    years = run.fund["year"]
    first, last = int(years.min()), int(years.max())  # type: ignore[arg-type]
    table = decomposition.change_between_years(run.fund, first, last)
    return Section("factors", f"变化从何而来（{first} 至 {last} 年）", f"Where the change comes from, {first} to {last}",
                   "缴费 = 工资 × 基数比 × 费率 × 每人月数 × 缴费者占参保者 × 参保率 × 人数；养老金同理。按沙普利值把变化分到各因素，合计等于总变化。",
                   "Contributions = wage × base ratio × rate × months a payer × payers of members × membership × population, and pensions alike. The "
                   "change is shared out over the factors by Shapley values, which add up to it.",
                   table, Chart("bars", "factor", ("part",), "function"), unit_from="factor")


def _nation(run: RunTables, law: Law) -> Section:
    table = nation.ratios(run, law, str(run.manifest.get("projection", "base"))).rename(
        {"balance": "fund_balance", "income": "total_income"})
    return Section("nation", "放在全国职工养老保险中看", "Within the employee scheme of the nation",
                   "灵活就业人员来自模拟；其余在职与领取者是按宏观统计推算的队列，不是模拟的人。",
                   "Flexible workers are simulated; the rest of the contributors and pensioners are cohorts carried forward from the macro "
                   "series, not simulated people.",
                   table.select("year", "support_ratio", "contributors_rest", "contributors_simulated", "pensioners_rest", "pensioners_simulated",
                                "total_income", "expenditure", "fund_balance", "months_covered"),
                   Chart("lines", "year", ("support_ratio",)))

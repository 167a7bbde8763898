"""What the report of a comparison shows: a reform beside the baseline, question by question."""

from __future__ import annotations

import polars as pl

from lingbao.simulation import comparison, decomposition, indicators
from lingbao.simulation.comparison import Comparison
from lingbao.simulation.report_charts import Chart
from lingbao.simulation.report_sections import Section

SHARES = ("employee_share", "payer_share", "none_share")


def comparison_sections(compared: Comparison, rate: float) -> list[Section]:
    """Return the sections of a comparison's report.

    Parameters
    ----------
    compared : Comparison
    rate : float
        Nominal yearly rate at which the change of the fund is discounted [fraction].
    """
    return [*_coverage(compared), *_fund(compared, rate), *_people(compared), *_effects(compared)]


def _coverage(compared: Comparison) -> list[Section]:
    one, other = indicators.coverage(compared.baseline.people), indicators.coverage(compared.reform.people)
    both = (one.select("year", *(pl.col(name).alias(f"{name}_baseline") for name in SHARES))
            .join(other.select("year", *(pl.col(name).alias(f"{name}_reform") for name in SHARES)), on="year").sort("year"))
    both = both.select("year", *(f"{name}_{run}" for name in SHARES for run in ("baseline", "reform")))
    moves = comparison.moves(compared.pairs)
    joins = comparison.moves(compared.pairs, ("income_fifth",)).filter(pl.col("move") == "joins")
    return [
        Section("coverage", "参保有什么变化", "What changes in coverage", "占全部灵活就业人员的比例。", "Shares of all flexible workers.", both,
                Chart("lines", "year", tuple(name for name in both.columns if name != "year" and not name.startswith("none")))),
        Section("moves", "谁加入、谁离开", "Who joins and who stops", "同一个人在两种制度下的比较；占全部灵活就业人员的比例，细线为95%区间。",
                "The same person under both; shares of all flexible workers, thin lines are 95 percent bands.", moves,
                Chart("bars", "move", ("share",))),
        Section("joins", "新参保者（按收入五等分）", "Who joins, by fifth of income", "各组中新参保者的比例。", "Share of each fifth that joins.",
                joins, Chart("bars", "income_fifth", ("share",))),
        Section("transitions", "期末所在制度的变化", "Scheme at the end, under both", "人数。", "Persons.", comparison.transitions(compared.pairs)),
    ]


def _fund(compared: Comparison, rate: float) -> list[Section]:
    flows = compared.accounts
    names = ("contributions", "benefits", "balance", "pool_balance", "account_liability", "implicit_debt", "resident_balance")
    wide = (flows.filter(pl.col("item").is_in(names)).pivot("item", index="year", values="difference").sort("year").select("year", *names))
    last = int(flows["year"].max())  # type: ignore[arg-type]
    effects = {item: comparison.fund_effect(compared, rate, item) for item in ("balance", "pool_balance", "resident_balance")}
    table = pl.DataFrame([{"item": item, "fund_effect_total": effect["total"], "persons": effect["joiners"],
                           "fund_effect_per_joiner": effect["per_joiner"]} for item, effect in effects.items()])
    factors = decomposition.change_between_runs(compared.baseline.fund, compared.reform.fund, [last]).drop("year")
    return [
        Section("fund", "基金收支的变化", "Change of the fund", "改革减基准，当年价格。", "Reform less baseline, yuan of the day.", wide,
                Chart("lines", "year", ("contributions", "benefits", "balance", "pool_balance"))),
        Section("fund_effect", "基金影响的现值", "Present value of the effect on the fund",
                f"按每年 {rate:.1%} 折现；末列为每新增一名参保者的影响。运行结束后才发生的支出不在内，见隐性债务。",
                f"Discounted at {rate:.1%} a year; the last column is for each person who joins. What falls due after the run is not in it; "
                "see the implicit debt.", table),
        Section("factors", f"差额从何而来（{last} 年）", f"Where the difference comes from, {last}",
                "把改革与基准之差分到各因素（沙普利值），合计等于总差额。", "The difference shared out over factors by Shapley values; it adds up.",
                factors, Chart("bars", "factor", ("part",), "function"), unit_from="factor"),
    ]


def _people(compared: Comparison) -> list[Section]:
    fifths = comparison.winners(compared.pairs, ("income_fifth",))
    groups = pl.concat([
        comparison.winners(compared.pairs, (name,)).rename({name: "group"})
        .with_columns(pl.lit(name).alias("dimension"), pl.col("group").cast(pl.String)).select("dimension", "group", pl.exclude("dimension", "group"))
        for name in ("sex", "residence", "kind") if compared.pairs[name].n_unique() > 1
    ] or [comparison.winners(compared.pairs)])
    return [
        Section("winners", "谁受益、谁受损（按收入五等分）", "Winners and losers, by fifth of income",
                "以待遇现值减个人缴费现值的变化衡量，逐人比较；细线为95%区间。",
                "By the change of the present value of benefits less own contributions, person by person; thin lines are 95 percent bands.",
                fifths, Chart("bars", "income_fifth", ("winners", "losers"))),
        Section("winners_groups", "谁受益、谁受损（按人群）", "Winners and losers, by group", "同上。", "As above.", groups,
                Chart("bars", "group", ("mean_gain",))),
        Section("redistribution", "改革把钱移向谁", "To whom the reform moves money",
                "各组人均得失与全体人均之差；高收入组为正表示逆向再分配。", "Mean gain of a fifth less everyone's; above 0 in upper fifths is reverse redistribution.",
                comparison.redistribution_change(compared.pairs), Chart("bars", "income_fifth", ("relative_gain",))),
    ]


def _effects(compared: Comparison) -> list[Section]:
    one = indicators.lives(compared.baseline.persons).select("figure", pl.col("value").alias("value_baseline"))
    other = indicators.lives(compared.reform.persons).select("figure", pl.col("value").alias("value_reform"), "standard_error")
    made = [
        Section("lives", "一生指标的比较", "Figures of lives, side by side", "标准误为改革下数值的标准误。", "The standard error is that of the figure under the reform.",
                one.join(other, on="figure", maintain_order="left"), unit_from="figure"),
        Section("switching", "降档、套利与缴费流失", "Switching down, arbitrage and contributions lost",
                "降档：基准下缴费，改革下改缴定额且总缴费减少。", "Switches down: paid under the baseline, takes the fixed amount and pays less in all.",
                comparison.switching_down(compared.pairs), Chart("bars", "effect", ("share",))),
    ]
    joined = comparison.joiners(compared.pairs)
    if joined["people"].max():
        made.append(Section("joiners", "新参保者得到什么", "What those who join get", "含标准误。", "With standard errors.", joined, unit_from="figure"))
    return made

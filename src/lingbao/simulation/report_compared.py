"""What the report of a comparison shows: a reform beside the baseline, question by question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from lingbao.simulation import comparison, decomposition, indicators
from lingbao.simulation.comparison import Comparison
from lingbao.simulation.report_charts import ERROR, Chart
from lingbao.simulation.report_sections import Section, months_of
from lingbao.simulation.run_tables import RunTables

SHARES = ("employee_share", "payer_share", "none_share")


def comparison_sections(compared: Comparison, rate: float) -> list[Section]:
    """Return the sections of a comparison's report.

    Parameters
    ----------
    compared : Comparison
    rate : float
        Nominal yearly rate at which the change of the fund is discounted [fraction].
    """
    return [*_coverage(compared), *_fund(compared, rate), *_people(compared), *distribution(compared), *_effects(compared)]


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
        Section("moves", "谁加入、谁离开", "Who joins and who stops",
                "同一个人在两种制度下的比较。新参保：比基准下至少多缴一年；离开：至少少缴一年。占全部灵活就业人员的比例，细线为95%区间。",
                "The same person under both. Joins: pays at least a year more than under the baseline; stays away: at least a year less. Shares of all flexible "
                "workers, thin lines are 95 percent bands.", moves,
                Chart("bars", "move", ("share",))),
        Section("joins", "新参保者（按收入五等分）", "Who joins, by fifth of income", "各组中新参保者（至少多缴一年）的比例。",
                "Share of each fifth that joins (pays at least a year more).", joins, Chart("bars", "income_fifth", ("share",))),
        Section("transitions", "期末所在制度的变化", "Scheme at the end, under both", "人数。", "Persons.", comparison.transitions(compared.pairs)),
    ]


def _fund(compared: Comparison, rate: float) -> list[Section]:
    flows = compared.accounts
    names = ("contributions", "benefits", "balance", "pool_balance", "account_liability", "implicit_debt", "resident_balance")
    wide = (flows.filter(pl.col("item").is_in(names)).pivot("item", index="year", values="difference").sort("year").select("year", *names))
    effects = {item: comparison.fund_effect(compared, rate, item) for item in ("balance", "pool_balance", "resident_balance")}
    table = pl.DataFrame([{"item": item, "fund_flows": effect["flows"], "fund_owed": effect["owed"], "fund_effect": effect["total"],
                           "joiners": effect["joiners"], "fund_effect_per_joiner": effect["per_joiner"]} for item, effect in effects.items()])
    return [
        Section("fund", "基金收支的变化", "Change of the fund", "改革减基准，当年价格。", "Reform less baseline, yuan of the day.", wide,
                Chart("lines", "year", ("contributions", "benefits", "balance", "pool_balance"))),
        Section("fund_effect", "基金影响的现值", "Present value of the effect on the fund",
                f"按每年 {rate:.1%} 折现：各年收支差的变化，减去期末所欠（个人账户与隐性债务）的变化；末列按每一名新参保者（至少多缴一年）计。",
                f"Discounted at {rate:.1%} a year: the change of the balance of every year, less the change of what is owed at the end (accounts and implicit "
                "debt). The last column is for each who joins (pays at least a year more).", table),
        factors(compared),
    ]


def factors(compared: Comparison) -> Section:
    """Return the production and distribution decomposition (F1) of the difference in the last year."""
    last = int(compared.accounts["year"].max())  # type: ignore[arg-type]
    return Section("factors", f"差额从何而来（{last} 年）", f"Where the difference comes from, {last}",
                   "缴费 = 工资 × 基数比 × 费率 × 每人月数 × 缴费者占参保者 × 参保率 × 人数；养老金同理。把改革与基准之差分到各因素（沙普利值），合计等于总差额。",
                   "Contributions = wage × base ratio × rate × months a payer × payers of members × membership × population, and pensions alike. The "
                   "difference is shared out over the factors by Shapley values, which add up to it.",
                   decomposition.change_between_runs(compared.baseline.fund, compared.reform.fund, [last]).drop("year", "share"),
                   Chart("bars", "factor", ("part",), "function"), unit_from="factor")


def distribution(compared: Comparison) -> list[Section]:
    """Return burden, inequality with progressivity, and who pays for whom (F8), the baseline beside the reform."""
    runs = {"baseline": compared.baseline, "reform": compared.reform}
    last = int(compared.accounts["year"].max())  # type: ignore[arg-type]

    def beside(made: Callable[[RunTables], pl.DataFrame], key: str, names: Sequence[str]) -> pl.DataFrame:
        """Each column once for either run, side by side."""
        one, other = (made(run).select(key, *(pl.col(column).alias(_of_run(column, name)) for column in names)) for name, run in runs.items())
        return one.join(other, on=key, maintain_order="left").select(key, *(_of_run(column, name) for column in names for name in runs))

    def paid(run: RunTables) -> pl.DataFrame:
        return indicators.paying(run.people, ("income_fifth",)).filter(pl.col("year") == last)

    def indices(run: RunTables) -> pl.DataFrame:
        return indicators.redistribution_of(run.persons, *months_of(run)).frame()

    def flows(run: RunTables) -> pl.DataFrame:
        return indicators.transfers_between_fifths(run.persons).rename({"group": "income_fifth"})

    made = [
        Section("burden", f"缴费负担（按收入五等分，{last} 年）", f"Burden by fifth of income, {last}",
                "负担为组内个人缴费合计与收入合计之比，未缴费者也计入分母。",
                "The burden is own contributions over the income of the whole fifth, those who do not pay included.",
                beside(paid, "income_fifth", ("burden", "paid_by_payer", "floor_share")), Chart("bars", "income_fifth", ("burden_baseline", "burden_reform"))),
        Section("inequality", "对收入不平等的影响", "Effect on inequality",
                "以工作期（到领取为止）的收入为基础，逐人计算。卡克瓦尼指数：缴费为正表示累进（高收入者缴得更多）；待遇为负表示偏向低收入者。",
                "On income of the working years, which end with the claim, person by person. Kakwani index: of contributions above 0 is progressive; of benefits below 0 favours low incomes.",
                beside(indices, "measure", ("value", "standard_error")), unit_from="measure"),
    ]
    if all(float(run.persons["pv_own"].sum()) > 0.0 for run in runs.values()):
        made.append(Section("transfers", "谁补贴谁（按收入五等分）", "Who pays for whom, by fifth of income",
                            "净转移：领取现值减去按全体平均回报折算的缴费；合计为零。“向上流动”为正，表示钱从低收入组流向高收入组（逆向再分配）。",
                            "Net transfer: what is drawn less one's contributions at everyone's mean return; it adds up to 0. A flow upward above 0 "
                            "goes from lower to higher incomes (reverse redistribution).",
                            beside(flows, "income_fifth", ("mean_transfer", "mean_transfer_error", "upward")),
                            Chart("bars", "income_fifth", ("mean_transfer_baseline", "mean_transfer_reform"))))
    return made


def _of_run(column: str, run: str) -> str:
    """Return a column's name for one of the runs; the ending that says it is an error stays last, where charts look for it."""
    return f"{column.removesuffix(ERROR)}_{run}{ERROR}" if column.endswith(ERROR) and column != "standard_error" else f"{column}_{run}"


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
        redistribution(compared),
    ]


def redistribution(compared: Comparison) -> Section:
    """Return to whom the reform moves money (F8)."""
    return Section("redistribution", "改革把钱移向谁", "To whom the reform moves money",
                   "各组人均得失与全体人均之差；高收入组为正表示逆向再分配。", "Mean gain of a fifth less everyone's; above 0 in upper fifths is reverse redistribution.",
                   comparison.redistribution_change(compared.pairs), Chart("bars", "income_fifth", ("relative_gain",)))


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
        made.append(Section("joiners", "新参保者得到什么", "What those who join get", "新参保：至少多缴一年。与同一个人在基准下相比，含标准误。",
                            "Joins: pays at least a year more. Each beside oneself under the baseline, with standard errors.", joined, unit_from="figure"))
    return made

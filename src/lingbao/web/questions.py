"""The planner's questions, one page each, and the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lingbao.career.person import MOST_BALANCE, MOST_INCOME
from lingbao.web.fields import Choice, Field
from lingbao.web.places import places

Values = Mapping[str, Any]


def province_choices() -> tuple[Choice, ...]:
    """The 31 provinces as choices."""
    return tuple(Choice(place.code, place.zh, place.en) for place in places().values())


def month_choices() -> tuple[Choice, ...]:
    """The twelve months as choices."""
    from lingbao.web.figures import MONTH_NAMES

    return tuple(Choice(str(number), f"{number}月", name) for number, name in enumerate(MONTH_NAMES, start=1))


SEX = (Choice("female", "女", "Female"), Choice("male", "男", "Male"))
WOMENS_CLASS = (
    Choice("unsure", "不清楚，按本省灵活就业人员的规定", "Not sure: use the province's rule for flexible workers",
           "多数省份按原法定退休年龄 55 周岁这一类", "In most provinces the class whose former age is 55"),
    Choice("female55", "原 55 周岁退休的一类", "The class that used to retire at 55",
           "管理、技术岗位，或一直以灵活就业身份参保", "Management or technical posts, or insured as a flexible worker"),
    Choice("female50", "原 50 周岁退休的一类", "The class that used to retire at 50",
           "在企业做过工人岗位，并由当地认定", "Worked in a worker's post in an enterprise, and the local office recognises it"),
)
PAID = (
    Choice("none", "都没有交过", "I have paid neither"),
    Choice("employee", "交过职工养老保险", "I have paid employee insurance",
           "单位交的，或自己以灵活就业身份交的", "Through an employer, or by myself as a flexible worker"),
    Choice("resident", "交过城乡居民养老保险", "I have paid resident insurance",
           "按年交，多在户籍地村（居）委会办理", "Paid by the year, mostly at the place of household registration"),
    Choice("both", "两种都交过", "I have paid both"),
)
YES_NO = (Choice("no", "没有或不清楚", "No, or not sure"), Choice("yes", "是", "Yes"))


@dataclass(frozen=True)
class Step:
    """One page of the planner: a title, a hint, its fields, and whether it applies to what was answered before."""

    slug: str
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    fields: tuple[Field, ...]
    applies: Callable[[Values], bool] = lambda values: True


BIRTH_FIELDS = (
    Field("birth_year", "integer", "出生年份", "Year of birth", low=1920, high=2020, unit_zh="年"),
    Field("birth_month", "select", "出生月份", "Month of birth", choices=month_choices),
)
CLASS_FIELD = Field("class", "choice", "您属于哪一类？", "Which class are you in?", choices=lambda: WOMENS_CLASS)
EMPLOYEE_FIELDS = (
    Field("paid_years", "integer", "累计缴费年数", "Whole years paid", high=60, unit_zh="年", unit_en="years"),
    Field("paid_months", "integer", "另加月数", "and months", high=11, unit_zh="个月", unit_en="months", optional=True),
    Field("index", "number", "平均缴费指数", "Mean contribution index",
          "缴费基数除以当地平均工资，历年平均。一直按最低档交约为 0.6。",
          "Your base divided by the local average wage, averaged over the years. About 0.6 if you always paid the lowest tier.",
          low=0.01, high=5.0),
    Field("balance", "money", "个人账户余额", "Balance of the individual account",
          "截至上月底的累计储存额。", "The total at the end of last month.", high=MOST_BALANCE, unit_zh="元", unit_en="yuan"),
    Field("deemed_months", "integer", "视同缴费月数", "Deemed months",
          "国有或集体单位在建立个人账户以前的工龄，没有就不填。",
          "Service in state or collective units before accounts began; leave empty if none.",
          high=600, unit_zh="个月", unit_en="months", optional=True),
)
RESIDENT_FIELDS = (
    Field("resident_years", "integer", "居民养老保险缴费年数", "Years paid in the resident scheme", high=60,
          unit_zh="年", unit_en="years"),
    Field("resident_balance", "money", "居民养老保险账户余额", "Balance of the resident account",
          high=MOST_BALANCE, unit_zh="元", unit_en="yuan"),
)

WISH_FIELDS = (
    Field("base", "money", "自选的缴费基数", "A contribution base of your choice", high=MOST_INCOME, unit_zh="元/月",
          unit_en="yuan a month", optional=True),
    Field("gap", "integer", "如果中断缴费，停多少个月", "Months of an interruption", high=720, unit_zh="个月", unit_en="months", optional=True),
    Field("saving", "money", "另外每年存多少（个人养老金、储蓄）", "Saved on top in a year", high=MOST_INCOME, unit_zh="元/年",
          unit_en="yuan a year", optional=True),
    Field("move_to", "select", "如果换地方缴费，换到哪个省", "Province to which payment might move", choices=province_choices, optional=True),
    Field("first_year", "integer", "第一次缴职工养老保险是哪一年", "Year of the first employee contribution", low=1951, high=2100,
          unit_zh="年", optional=True),
)
STEPS = (
    Step("residence", "您在哪个省份工作或居住？", "In which province do you work or live?",
         "养老保险按缴费地的基数和规定计算。", "Contributions and pensions follow the figures of the place where you pay.",
         (Field("residence", "select", "工作或居住的省份", "Province of work or residence", choices=province_choices),)),
    Step("birth", "您的性别和出生年月？", "Your sex and month of birth?",
         "法定退休年龄由这两项决定，以身份证和档案为准。", "The statutory retirement age follows from these two.",
         (Field("sex", "choice", "性别", "Sex", choices=lambda: SEX), *BIRTH_FIELDS)),
    Step("class", "您属于哪一类退休年龄？", "Which retirement class are you in?",
         "女性的退休年龄分两类，差别可达数年。", "Women fall into two classes, which may differ by years.",
         (CLASS_FIELD,), lambda values: values.get("sex") == "female"),
    Step("income", "您平均每月挣多少钱？", "What do you earn in an average month?",
         "扣除油费、租车等成本后的到手收入，大致即可。用来衡量缴费负担，不会被保存。",
         "After costs such as fuel or rent; a rough figure is enough. It measures the burden and is not kept.",
         (Field("income", "money", "平均月收入", "Average monthly income", high=MOST_INCOME, unit_zh="元", unit_en="yuan"),)),
    Step("paid", "您以前交过养老保险吗？", "Have you paid into a pension scheme before?",
         "可在“掌上12333”、“国家社会保险公共服务平台”或当地社保大厅查询。",
         "Look it up in the 12333 app, on the national social insurance platform or at the local office.",
         (Field("paid", "choice", "以前的缴费", "Paid before", choices=lambda: PAID),)),
    Step("employee", "职工养老保险已经交了多少？", "How much have you paid into the employee scheme?",
         "按个人权益记录单填写。", "Copy the figures from your yearly record of rights.",
         EMPLOYEE_FIELDS, lambda values: values.get("paid") in ("employee", "both")),
    Step("resident", "居民养老保险已经交了多少？", "How much have you paid into the resident scheme?",
         "转入职工养老保险时只转账户余额，年数不折算。",
         "On a move to the employee scheme the balance moves; the years do not count.",
         RESIDENT_FIELDS, lambda values: values.get("paid") in ("resident", "both")),
    Step("home", "您的户籍在哪个省份？", "Where is your household registered?",
         "居民养老保险一般在户籍地参加；领取地也与户籍有关。",
         "The resident scheme is usually joined there, and it bears on where a pension is claimed.",
         (Field("home", "select", "户籍所在省份", "Province of household registration", choices=province_choices),)),
    Step("budget", "您每月最多愿意拿出多少钱交养老保险？", "What is the most you could pay each month?",
         "不填就比较所有档次。", "Leave empty to compare every tier.",
         (Field("budget", "money", "每月预算", "Monthly budget", high=MOST_INCOME, unit_zh="元", unit_en="yuan", optional=True),
          Field("difficulty", "choice", "您被认定为就业困难人员吗？", "Are you recognised as hard to employ?",
                "例如“4050”人员；认定后可申请社保补贴。", "For example “4050” workers; recognition opens the contribution subsidy.",
                choices=lambda: YES_NO, optional=True))),
    Step("wishes", "还想比较什么？", "What else should be compared?",
         "都可以不填；不填就按常见的情形比较。", "All optional; without them the usual cases are compared.",
         WISH_FIELDS, lambda values: any(values.get(field.name) is not None for field in WISH_FIELDS)),
)
FIELDS = {field.name: field for step in STEPS for field in step.fields}
STEP_OF = {field.name: step.slug for step in STEPS for field in step.fields}

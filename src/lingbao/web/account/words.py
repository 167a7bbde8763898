"""Words for what the registry calls by a name: kinds of entries, states, actions, who acts."""

from __future__ import annotations

Pair = tuple[str, str]

ENTRIES: dict[str, Pair] = {
    "contribution": ("缴费", "Contribution"), "payment_received": ("收到您的付款", "Your payment received"),
    "subsidy": ("补贴", "Subsidy"), "interest": ("利息", "Interest"), "orders.file": ("平台代扣", "Withheld by a platform"),
    "orders.identified": ("平台代扣（身份确认后转入）", "Withheld by a platform, yours since you were identified"),
    "orders.settlement": ("平台代扣已到账", "Withheld money received from the platform"),
    "orders.turnover": ("代扣转为缴费", "Withheld money turned into a contribution"),
    "refund_set_aside": ("退款（待付）", "Refund set aside"), "refund_paid": ("已退款", "Refund paid"),
    "subsidy_recovered": ("收回已付补贴", "Subsidy paid out and taken back"),
    "transfer_out": ("转移：转出", "Transfer: left"), "transfer_in": ("转移：转入", "Transfer: arrived"),
    "conversion": ("制度转换", "Conversion between schemes"), "inheritance": ("继承", "Inheritance"), "heir_returned": ("继承人退回", "Given back by an heir"), "pension": ("发放养老金", "Pension paid"),
    "merge": ("编号合并", "Two numbers merged"),
}
ACCOUNTS: dict[str, Pair] = {
    "individual": ("职工养老保险个人账户", "Personal account, employee scheme"),
    "resident_account": ("居民养老保险个人账户", "Personal account, resident scheme"),
    "suspense": ("待分配的钱", "Money not yet used"), "pending": ("平台已扣、还没到账", "Withheld by platforms, not yet received"),
    "withheld": ("平台代扣已到账", "Withheld and received"), "refund_payable": ("要退给您的钱", "To be refunded to you"),
    "transit": ("转移路上的钱", "On its way in a transfer"),
}
STANDINGS: dict[str, Pair] = {
    "flexible": ("职工养老保险（灵活就业，自己缴）", "Employee scheme, paid by yourself"),
    "employed": ("职工养老保险（单位缴）", "Employee scheme, paid by an employer"),
    "resident": ("城乡居民养老保险", "Resident scheme"),
}
RHYTHMS: dict[int, Pair] = {1: ("每月一次", "Every month"), 3: ("每季度一次", "Every quarter"),
                            6: ("每半年一次", "Every half-year"), 12: ("每年一次", "Once a year")}
REFUND_KINDS: dict[str, Pair] = {
    "suspense": ("退回没用的钱", "Unused money paid back"), "owed": ("支付应退给您的钱", "Money owed to you paid out"),
    "contribution": ("退回误缴", "Contribution taken back"), "withheld": ("退付未参保的代扣款", "Withheld money paid back, without a membership"),
}
REFUND_STATES: dict[str, Pair] = {
    "waiting": ("等待审核", "Waiting for the agency"), "withdrawn": ("已撤回", "Withdrawn"), "refused": ("不予退款", "Refused"), "taken_back": ("已退回到待分配的钱", "Back among the money not yet used"),
    "asked": ("银行办理中", "With the bank"), "paid": ("银行已付", "Paid by the bank"), "failed": ("银行未能付出", "The bank could not pay"),
}
REFUND_NOTES: dict[str, Pair] = {
    "waiting": ("经办机构两个人核对后付款，结果会在这里看到。", "Two people of the agency check it; you see the outcome here."),
    "withdrawn": ("您已撤回，钱还在您名下。", "You have withdrawn it; the money is still yours."),
    "refused": ("钱还在您名下，不服可以投诉或申请复议。", "The money is still yours; you may complain or ask for a review."),
    "taken_back": ("钱回到您名下，可以抵以后的缴费；没有用到的可以申请退回，其中平台代扣的要在终止参保以后。",
                   "The money is yours again and pays what comes next; what is not used you may have back, what platforms withheld once your membership has ended."),
    "asked": ("银行正在付款。", "The bank is paying."), "paid": ("钱已退回付款的银行。", "The money went back to the bank it came from."),
    "withheld paid": ("钱已由银行付给您。", "The bank has paid the money to you."),
    "failed": ("钱回到您名下，没有丢，可以再申请。", "The money is back with you and not lost; you may ask again."),
}
BILL_PARTS: dict[str, Pair] = {
    "open": ("待缴", "Open"), "paid": ("已缴", "Paid"), "dropped": ("已撤销", "Dropped"), "taken_back": ("误缴，已退回", "Paid in error, taken back"),
}
MATTER_STATES: dict[str, Pair] = {
    "lodged": ("已提交，等待受理", "Lodged, waiting to be taken up"), "referred": ("已转交，等待受理", "Referred, waiting to be taken up"),
    "accepted": ("已受理，正在办理", "Taken up"), "answered": ("已答复", "Answered"), "refused": ("不予受理", "Not taken up"),
    "withdrawn": ("已撤回", "Withdrawn"), "closed": ("已办结", "Closed"),
}
MATTER_STEPS: dict[str, Pair] = {
    "lodge": ("您提交了", "You lodged it"), "accept": ("已受理", "Taken up"), "refuse": ("不予受理", "Not taken up"),
    "refer": ("已转交", "Referred"), "extend": ("延长办理", "Extended"), "answer": ("答复", "Answer"), "object": ("您申请复核", "You asked for a review"),
    "withdraw": ("您撤回了", "You withdrew it"), "close": ("办结", "Closed"),
}
CLAIM_STATES: dict[str, Pair] = {
    "applied": ("已申请，正在核定", "Applied for, being worked out"), "provisional": ("已核定（暂按上年数，之后多退少补）", "Granted provisionally; the difference follows"),
    "final": ("已核定", "Granted"), "refused": ("不予核定", "Refused"), "ended": ("已终止", "Ended"),
}
CONVERSION_STATES: dict[str, Pair] = {
    "applied": ("已申请，正在审核", "Asked for, under review"), "done": ("已办结", "Done"), "refused": ("不予办理", "Refused"),
}
DIRECTIONS: dict[str, Pair] = {
    "to_employee": ("居民养老保险转入职工养老保险", "From the resident into the employee scheme"),
    "to_resident": ("职工养老保险转入居民养老保险", "From the employee into the resident scheme"),
}
SUBSIDIES: dict[str, Pair] = {
    "hard_to_employ": ("就业困难人员社会保险补贴（“4050”等）", "Subsidy for people hard to employ (the '4050' and others)"),
    "graduate": ("高校毕业生灵活就业社会保险补贴", "Subsidy for graduates working flexibly"),
    "shared": ("平台、地方或国家分担的补贴", "Subsidy shared by platform, place or state"),
    "youth": ("青年缴费补贴（建议）", "Subsidy for the young (a proposal)"),
}
SUBSIDY_HINTS: dict[str, Pair] = {
    "hard_to_employ": ("因年龄、身体、技能、家庭、失去土地或长期失业而难以就业，并经当地认定的人", "For people hard to employ by age, health, skill, family, loss of land or long unemployment, as the place recognises"),
    "graduate": ("离校不久、灵活就业的高校毕业生", "For graduates who left school not long ago and work flexibly"),
    "shared": ("有平台、当地或国家的分担协议才有", "Only under an agreement of a platform, the place or the state"),
    "youth": ("现行规定没有这一项", "Not part of the law in force"),
}
SUBSIDY_STATES: dict[str, Pair] = {
    "asked": ("已申请，正在审核", "Asked for, under review"), "granted": ("已批准", "Granted"), "refused": ("不予补贴", "Refused"), "withdrawn": ("您撤回了", "Withdrawn"),
}
EXEMPTION_STATES: dict[str, Pair] = {
    "asked": ("已申请，正在核对证明", "Asked for, the proof is being checked"), "checked": ("证明已核对，等待批准", "Proof checked, waiting for approval"),
    "approved": ("已批准", "Approved"), "refused": ("未予批准", "Refused"), "withdrawn": ("您撤回了", "Withdrawn"),
}
PLAN_STATES: dict[str, Pair] = {
    "proposed": ("已提出，等待审批", "Proposed, waiting for approval"), "approved": ("已审批，正在抵扣", "Approved, being set off"),
    "done": ("已抵扣完", "Set off in full"), "refused": ("未获批准", "Not approved"),
}
SCHEMES: dict[str, Pair] = {"employee": ("职工养老保险", "Employee scheme"), "resident": ("城乡居民养老保险", "Resident scheme")}
PARTS: dict[str, Pair] = {
    "basic": ("其中基础养老金", "Of which basic"), "account": ("其中个人账户养老金", "Of which from the account"),
    "transitional": ("其中过渡性养老金", "Of which transitional"), "long_payment": ("其中长缴加发", "Of which for long payment"),
    "age_addition": ("其中高龄加发", "Of which for age"),
}
CAUSES: dict[str, Pair] = {"final": ("按正式基数重算后多发", "Paid too much before the year's own base was out"), "death": ("身故之后多发", "Paid after a death"),
                           "undone": ("撤销死亡登记后重算多发", "Paid too much, as worked out once a death was undone")}
ROLES: dict[str, Pair] = {
    "system": ("系统", "The registry"), "clerk": ("经办人员", "A clerk"), "supervisor": ("经办审核人", "A supervisor"),
    "coordinator": ("协调机构", "The coordinating body"), "auditor": ("审计人员", "An auditor"), "worker": ("您本人", "Yourself"),
}
ACTIONS: dict[str, Pair] = {"read": ("查看", "read"), "write": ("修改", "changed"), "export": ("导出", "exported"), "merge": ("合并档案", "merged")}
FIELDS: dict[str, Pair] = {
    "file": ("档案（出生日期、账户余额、办事经过）", "the file (birth date, balances, what happened)"),
    "identity_number": ("公民身份号码", "identity number"), "identity": ("公民身份号码", "identity number"), "name": ("姓名", "name"),
    "phone": ("手机号", "telephone"), "residence_province": ("居住省份", "province of residence"), "residence_city": ("居住城市", "city of residence"),
    "hukou_kind": ("户口类别", "kind of register"), "hukou_province": ("户籍省份", "province of registration"), "sex": ("性别", "sex"), "birth": ("出生日期", "birth"),
}
CONSENTS: dict[str, Pair] = {"registry": ("办理养老保险", "Handling the pension insurance"), "identity_check": ("核对身份", "Checking the identity")}


def tier(kind: str, value: float, lang: str) -> str:
    """Return what was chosen to be paid on: the lowest base, a share of the wage, a base or a fee [yuan]."""
    zh, en = {"floor": ("最低档", "Lowest base"), "tier": (f"{value:.0%} 档", f"Tier {value:.0%}"),
              "base": (f"基数 {value:,.0f} 元", f"Base ¥{value:,.0f}"), "fee": (f"每年 {value:,.0f} 元", f"¥{value:,.0f} a year")}.get(kind, (kind, kind))
    return zh if lang == "zh" else en


def said(words: dict[str, Pair], name: str, lang: str) -> str:
    """Return the words for a name in a language; the name itself where there are none."""
    found = words.get(name)
    return name if found is None else found[0 if lang == "zh" else 1]

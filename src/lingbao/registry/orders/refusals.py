"""What a database constraint of this room means to the one who ran into it."""

from __future__ import annotations

from lingbao.registry.errors import Conflict, Forbidden, name_constraint


def name_constraints() -> None:
    """Give each named constraint its refusal."""
    name_constraint("orders_file_key", Conflict, "orders.key_used", "这个文件编号已用于另一份内容。换一个编号，或重发原文件。",
                    "This file key was used for other content. Use another key, or send the first file again.")
    name_constraint("orders_agreement_once", Conflict, "orders.agreement_overlap", "该平台在这段时间已有代扣协议。请先确认起止日期。",
                    "The platform already has an agreement in this period. Check the dates.")
    name_constraint("orders_exemption_once", Conflict, "orders.exemption_overlap", "此人在这段时间已有豁免。请核对起止日期。",
                    "The person is already exempt in this period. Check the dates.")
    name_constraint("orders_platform_code", Conflict, "orders.platform_code", "平台代码已被使用。请换一个。",
                    "The platform code is taken. Choose another.")
    name_constraint("orders_worker_link_pkey", Conflict, "orders.linked_before", "该劳动者编号已经关联，不能改为他人。",
                    "This worker reference is linked already and never changes its person.")
    name_constraint("orders_settlement_reference", Conflict, "orders.settled_before", "这笔转账凭证已经入账。",
                    "This transfer was booked before.")
    name_constraint("orders_receipt_two_actors", Forbidden, "orders.two_persons", "到账须由两人办理：登记人不能自己入账。",
                    "Money that came in takes two: who entered it does not book it.")
    name_constraint("orders_exemption_two_actors", Forbidden, "orders.exemption_two_persons", "豁免须由两人办理：核对证明的人不能自己批准。",
                    "An exemption takes two: who checked the proof does not approve it.")
    name_constraint("orders_exemption_request_open", Conflict, "orders.exemption_asked", "此人已有一份豁免申请在办，请等待结果或先撤回。",
                    "There is a request of this person under way already; wait for the answer or withdraw it.")
    name_constraint("orders_webhook_url", Conflict, "orders.webhook_known", "这个回调地址已经登记。",
                    "This webhook address is registered already.")

"""CRM exports become the workbook's rows through mapping files; ids keep systems apart."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ingest.crm import ImportReport, import_path
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Activity,
    Contact,
    Contract,
    LedgerEntry,
    Opportunity,
    Person,
    Product,
    Receivable,
    TeamSeat,
)

CRM = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "crm"
ACME, GLOBEX = "0011G00000eM9wvQAC", "0011G00000f8NwQQAU"
LI_NA, DANA = "0051G000005MreQQAS", "0031G00000q9jPQQAY"
DEAL = "0061G00000N38JZQAZ"

Importing = Callable[..., ImportReport]


@pytest.fixture
def importing(store: Store, saturday: Clock, tmp_path: Path) -> Importing:
    """Imports tables given as CSV texts: `importing("salesforce", Account="Id,Name\\n…")`."""
    numbers = itertools.count()

    def run(format: str, **tables: str) -> ImportReport:
        folder = tmp_path / f"export{next(numbers)}"
        folder.mkdir()
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        return import_path(store, folder, format=format, clock=saturday)

    return run


def every(store: Store, model: Any) -> list[Any]:
    with store.read() as session:
        rows = list(session.scalars(select(model).order_by(model.id)))
        session.expunge_all()
    return rows


def one(store: Store, model: Any, **fields: Any) -> Any:
    (row,) = [
        row
        for row in every(store, model)
        if all(getattr(row, name) == value for name, value in fields.items())
    ]
    return row


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def problems(report: ImportReport) -> list[tuple[str, str]]:
    return [(problem.where, problem.column) for problem in report.problems]


SALESFORCE = {
    "User": "Id,Username,Email,FirstName,LastName,Name,Title,ManagerId,TimeZoneSidKey,"
    "LanguageLocaleKey,IsActive\n"
    f"{LI_NA},li@x,Li.Na@example.com,Na,Li,Li Na,KAM,0051G000005Muu1QAC,Asia/Shanghai,zh_CN,true\n"
    "0051G000005Muu1QAC,gr@x,grace@example.com,Grace,Lin,Grace Lin,Head,,Asia/Tokyo,en_US,true\n"
    "0051G000005OldXQAC,ex@x,ex@example.com,Ex,Rep,Ex Rep,,,Europe/Berlin,en_US,false\n",
    "Account": "Id,IsDeleted,Name,Type,Industry,AnnualRevenue,BillingCountry,ParentId,OwnerId,"
    "SystemModstamp,Rating__c\n"
    f"{ACME},false,Acme Corp,Customer - Direct,Steel,1900000000,Germany,,{LI_NA},2026-01-01,hot\n"
    f"{GLOBEX},false,Globex,Prospect,,,,{ACME},{LI_NA},2026-01-01,\n"
    f"0011G00000xxxxxQAA,true,Gone Ltd,,,,,,{LI_NA},2026-01-01,\n",
    "Contact": "Id,AccountId,FirstName,LastName,Title,Email,Phone,ReportsToId\n"
    f"{DANA},{ACME},Dana,Wu,CTO,dana.wu@acme.example,+86 21 1,0031G00000rfAvuQAE\n"
    f"0031G00000rfAvuQAE,{ACME},Frank,Osterman,CEO,,,\n"
    f"0031G00000zhongQAE,{GLOBEX},丹娜,吴,,,,\n",
    "Opportunity": "Id,IsDeleted,AccountId,OwnerId,Name,StageName,Amount,Probability,CloseDate,"
    "Type,NextStep,IsClosed,IsWon,ForecastCategoryName,CreatedDate\n"
    f"{DEAL},false,{ACME},{LI_NA},Renewal,Negotiation,1150000,60,2027-01-20,Renewal,Send TCO,"
    "false,false,Best Case,2026-07-20T09:00:00.000Z\n"
    f"0061G00000Won00QAZ,false,{ACME},{LI_NA},Sensors,Closed Won,20000,100,2026-05-01,New Business,"
    ",true,true,Closed,2026-01-20T09:00:00.000Z\n"
    f"0061G00000Lost0QAZ,false,{GLOBEX},{LI_NA},Pumps,Closed Lost,5000,0,2026-05-01,,,"
    "true,false,Omitted,2026-01-20T09:00:00.000Z\n"
    f"0061G00000Gone0QAZ,true,{GLOBEX},{LI_NA},Deleted,Prospecting,1,10,2026-05-01,,,,,,\n",
    "OpportunityContactRole": f"Id,OpportunityId,ContactId,IsDeleted\n00K1,{DEAL},{DANA},false\n",
    "OpportunityLineItem": f"Id,OpportunityId,Product2Id,Name\n00k1,{DEAL},01t1,Renewal Core\n",
    "Product2": "Id,Name,Family,IsActive\n01t1,Harbor Core,Platform,true\n",
    "AccountTeamMember": "Id,AccountId,UserId,TeamMemberRole\n"
    f"01M1,{ACME},{LI_NA},Account Manager\n",
    "Task": "Id,WhoId,WhatId,AccountId,OwnerId,Subject,ActivityDate,Status,TaskSubtype,IsDeleted\n"
    f"00T1G00003Ufap9UAB,{DANA},{DEAL},{ACME},{LI_NA},TCO,2026-11-12,Completed,Call,false\n"
    f"00T1G00003UfepsUAB,{DANA},{DEAL},,{LI_NA},Email: offer,2026-11-26,Not Started,Task,false\n"
    f"00T1G00003UfmasUAB,{DANA},,{ACME},{LI_NA},Newsletter,2026-11-01,Completed,ListEmail,false\n",
    "Event": "Id,WhoId,WhatId,AccountId,OwnerId,Subject,StartDateTime,IsDeleted,IsPrivate\n"
    f"00U1G00000DEaypUAD,{DANA},{ACME},{ACME},{LI_NA},Roadmap,2026-11-10T01:30:00Z,false,false\n"
    f"00U1G00000DEaxXUAT,,{ACME},{ACME},{LI_NA},Review,2026-12-10T01:30:00Z,false,false\n",
    "Lead": "Id,Name\n00Q1,Somebody\n",
}


def test_a_salesforce_data_export_goes_in_joined_by_its_ids(
    importing: Importing, store: Store
) -> None:
    report = importing("salesforce", **SALESFORCE)
    assert report.problems == []
    assert report.unknown == [
        "Account.csv: 1 rows left out, deleted or archived in Salesforce",
        "Lead.csv: no table that the mapping knows",
        "Opportunity.csv: 1 rows left out, deleted or archived in Salesforce",
        "Task.csv: 1 rows left out, deleted or archived in Salesforce",
        "Account.csv: column 'Rating__c'",
    ]
    acme, globex = every(store, Account)
    assert acme.external_id == f"salesforce:{ACME}"
    assert (acme.company_revenue, acme.annual_revenue) == (Decimal(1900000000), None)
    assert (globex.parent_id, globex.account_class) == (acme.id, "prospect")
    li_na = one(store, Person, email="li.na@example.com")
    grace = one(store, Person, email="grace@example.com")
    assert (li_na.name, li_na.language, li_na.manager_id) == ("Li Na", "zh", grace.id)
    assert (li_na.listed, one(store, Person, email="ex@example.com").listed) == (True, False)
    dana = one(store, Contact, name="Dana Wu")
    assert dana.reports_to_id == one(store, Contact, name="Frank Osterman").id
    assert one(store, Contact, name="吴丹娜").account_id == globex.id
    renewal = one(store, Opportunity, name="Renewal")
    assert (renewal.kind, renewal.outcome, renewal.forecast) == ("renewal", "open", "best_case")
    assert (renewal.probability, renewal.close_date) == (Decimal("0.6"), date(2027, 1, 20))
    assert (renewal.contact_id, renewal.product, renewal.owner_id) == (
        dana.id,
        "Harbor Core",
        li_na.id,
    )
    assert renewal.created_on == date(2026, 7, 20)
    assert one(store, Opportunity, name="Sensors").outcome == "won"
    assert one(store, Opportunity, name="Pumps").outcome == "lost"
    assert [row.seat for row in every(store, TeamSeat)] == ["account_manager"]
    assert [
        (row.external_id, row.kind, row.status, row.date) for row in every(store, Activity)
    ] == [
        ("salesforce:task:00T1G00003Ufap9UAB", "call", "done", date(2026, 11, 12)),
        ("salesforce:task:00T1G00003UfepsUAB", "email", "planned", date(2026, 11, 26)),
        ("salesforce:event:00U1G00000DEaypUAD", "meeting", "done", date(2026, 11, 10)),
        ("salesforce:event:00U1G00000DEaxXUAT", "meeting", "planned", date(2026, 12, 10)),
    ]
    task = every(store, Activity)[1]
    assert (task.account_id, task.contact_ids, task.person_ids) == (acme.id, [dana.id], [li_na.id])
    again = importing("salesforce", **SALESFORCE)
    assert counts(again) == (0, 0, report.created)


def test_an_id_of_fifteen_characters_is_that_of_eighteen(
    importing: Importing, store: Store
) -> None:
    importing("salesforce", Account=f"Id,Name\n{ACME},Acme\n")
    report = importing("salesforce", Contact=f"Id,AccountId,LastName\n{DANA[:15]},{ACME[:15]},Wu\n")
    assert report.problems == []
    (contact,) = every(store, Contact)
    assert contact.external_id == f"salesforce:{DANA}"


def test_salesforce_reports_are_known_by_their_labels(importing: Importing, store: Store) -> None:
    importing("workbook", accounts="name\nAcme\n", people="email,name\nli.na@example.com,Li Na\n")
    report = importing(
        "salesforce",
        report1="Account Name,Account Owner,Industry,Annual Revenue,Billing Country,Last Activity\n"
        'Globex,Li Na,Chemicals,"1,900,000.50",Germany,2026-11-01\n',
        report2="Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Probability (%),"
        "Close Date,Type\nBig deal,Globex,Li Na,Proposal,500.50,1,12/31/2026,New Business\n"
        "Other deal,Nowhere,Nobody,Proposal,100.25,50,1/2/2027,\n"
        "Third deal,Globex,Nobody,Closed Won,7.75,100,1/3/2026,\n",
    )
    assert sorted(problems(report)) == [
        ("report2.csv:3", "Account Name"),
        ("report2.csv:4", "Opportunity Owner"),
    ]
    deal = one(store, Opportunity, name="Big deal")
    assert (deal.probability, deal.close_date) == (Decimal("0.01"), date(2026, 12, 31))
    assert deal.owner_id == one(store, Person, name="Li Na").id
    assert one(store, Opportunity, name="Third deal").outcome == "won"


HUBSPOT = {
    "owner_data": "owner_id,email,first_name,last_name,type\n35,li.na@example.com,Li,Na,PERSON\n",
    "company_data": "id,is_deleted,property_name,property_industry,property_annualrevenue,"
    "property_country,property_hubspot_owner_id\n"
    "501,false,Acme Corp,STEEL,10000000,Germany,35\n502,true,Gone,,,,\n",
    "contact_data": "id,_fivetran_deleted,property_email,property_firstname,property_lastname,"
    "property_associatedcompanyid,property_hs_buying_role,property_jobtitle\n"
    "901,FALSE,dana.wu@acme.example,Dana,Wu,501,DECISION_MAKER,CTO\n",
    "deal_data": "deal_id,is_deleted,owner_id,deal_pipeline_stage_id,property_dealname,"
    "property_amount,property_closedate,property_createdate,property_dealtype\n"
    "701,false,35,s1,Rollout,780000,2027-02-24 00:00:00,2026-07-04 12:48:22,newbusiness\n"
    "702,false,35,s2,Sensors,20000,2026-05-01 00:00:00,2026-01-04 12:48:22,existingbusiness\n",
    "deal_company_data": "deal_id,company_id,type_id\n701,501,5\n702,501,5\n",
    "deal_contact_data": "deal_id,contact_id\n701,901\n",
    "deal_pipeline_stage_data": "stage_id,label,probability,closed_won,is_closed\n"
    "s1,Proposal,0.4,FALSE,FALSE\ns2,Closed won,1.0,TRUE,TRUE\n",
    "engagement_call_data": "engagement_id,_fivetran_deleted,property_hs_timestamp,"
    "property_hubspot_owner_id,property_hs_call_title,type\n"
    "81,false,2026-11-12 09:43:05.526000,35,TCO call,CALL\n",
    "engagement_meeting_data": "engagement_id,start_time,title,meeting_outcome\n"
    "82,2026-12-01 13:00:00,Review,\n83,2026-10-01 13:00:00,Never happened,CANCELED\n",
    "engagement_email_data": "engagement_id,property_hs_timestamp,property_hs_email_subject\n"
    "84,2026-11-01 10:00:00,Offer\n",
    "engagement_task_data": "engagement_id,property_hs_timestamp,property_hs_task_type,"
    "property_hs_task_status,property_hs_task_subject\n"
    "85,2026-11-30 02:30:00,CALL,NOT_STARTED,Ring\n",
    "engagement_note_data": "engagement_id,property_hs_note_body\n86,hello\n",
    "engagement_company_data": "engagement_id,company_id\n81,501\n82,501\n85,501\n",
    "engagement_contact_data": "engagement_id,contact_id\n81,901\n84,901\n",
}


def test_hubspot_tables_go_in_with_their_associations(importing: Importing, store: Store) -> None:
    report = importing("hubspot", **HUBSPOT)
    assert report.problems == []
    assert "engagement_note_data.csv: no table that the mapping knows" in report.unknown
    (acme,) = every(store, Account)
    (dana,) = every(store, Contact)
    (li_na,) = every(store, Person)
    assert (acme.external_id, acme.owner_id) == ("hubspot:501", li_na.id)
    assert acme.company_revenue == Decimal(10000000)
    assert (dana.account_id, dana.decision_role) == (acme.id, "decision_maker")
    rollout, sensors = every(store, Opportunity)
    assert (rollout.account_id, rollout.contact_id, rollout.stage) == (acme.id, dana.id, "Proposal")
    assert (rollout.probability, rollout.outcome) == (Decimal("0.4"), "open")
    assert (sensors.outcome, sensors.kind) == ("won", "upsell")
    touches = {row.external_id: row for row in every(store, Activity)}
    assert {key: (row.kind, row.status) for key, row in touches.items()} == {
        "hubspot:call:81": ("call", "done"),
        "hubspot:email:84": ("email", "done"),
        "hubspot:meeting:82": ("meeting", "planned"),
        "hubspot:task:85": ("call", "planned"),
    }
    assert touches["hubspot:email:84"].account_id == acme.id
    assert touches["hubspot:call:81"].contact_ids == [dana.id]
    assert touches["hubspot:call:81"].person_ids == [li_na.id]
    assert counts(importing("hubspot", **HUBSPOT)) == (0, 0, report.created)


def test_hubspot_exports_are_known_by_their_labels(importing: Importing, store: Store) -> None:
    importing("workbook", accounts="name\nHooli\n", people="email,name\nli.na@example.com,Li Na\n")
    tables = {
        "hubspot-crm-exports-all-companies-2026-11-12": "Record ID,Company name,Company owner,"
        "Industry,Annual Revenue\n501,Acme Corp,Li Na (li.na@example.com),Steel,10000000\n",
        "hubspot-crm-exports-all-contacts-2026-11-12": "Record ID,First Name,Last Name,Email,"
        "Job Title,Associated Company,Associated Company IDs\n"
        "901,Dana,Wu,dana.wu@acme.example,CTO,Acme Corp,501\n",
        "hubspot-crm-exports-all-deals-2026-11-12": "Record ID,Deal Name,Deal Stage,Deal owner,"
        "Amount,Close Date,Associated Company,Associated Company IDs,Associated Contact IDs\n"
        '701,Rollout,Proposal,Li Na,780000,2027-02-24 09:30,Acme Corp,501;502,"901;902"\n',
    }
    report = importing("hubspot", **tables)
    assert report.problems == []
    deal = one(store, Opportunity, name="Rollout")
    assert deal.account_id == one(store, Account, name="Acme Corp").id
    assert deal.contact_id == one(store, Contact, name="Dana Wu").id
    assert deal.close_date == date(2027, 2, 24)


def test_two_crms_do_not_collide_and_a_known_name_is_not_doubled(
    importing: Importing, store: Store
) -> None:
    importing("workbook", accounts="name,aliases,industry\nACME Corp.,Acme;Globex Inc,pumps\n")
    first = importing("salesforce", Account=f"Id,Name,Industry\n{ACME},Acme Corp,Steel\n")
    second = importing("hubspot", company="id,name,industry\n501,acme corp,STEEL\n")
    assert (first.created, second.created) == (0, 0)
    assert [conflict.imported for conflict in first.conflicts] == ["Steel"]
    (acme,) = every(store, Account)
    assert (acme.name, acme.industry) == ("ACME Corp.", "pumps")
    assert acme.external_id == f"salesforce:{ACME}"
    contact = importing(
        "hubspot", contact="id,firstname,lastname,associatedcompanyid\n9,Dana,Wu,501\n"
    )
    assert contact.problems == []
    assert every(store, Contact)[0].account_id == acme.id
    again = importing("hubspot", company="id,name,industry\n501,acme corp,STEEL\n")
    assert (counts(again), again.conflicts) == ((0, 0, 1), [])
    other = importing("salesforce", Account=f"Id,Name\n{GLOBEX},Globex Inc.\n")
    assert other.created == 1, "an account that Salesforce knows by another id is another one"


def test_a_person_known_by_address_alone_is_named_by_whoever_lists_them(
    importing: Importing, store: Store
) -> None:
    report = importing(
        "hubspot", company="Record ID,Company name,Company owner\n5,Acme,li.na@example.com\n"
    )
    assert report.problems == []
    assert one(store, Person, email="li.na@example.com").name == "li.na@example.com"
    listing = importing("workbook", people="email,name\nli.na@example.com,Li Na\n")
    assert (counts(listing), listing.conflicts) == ((0, 1, 0), [])
    person = one(store, Person, email="li.na@example.com")
    assert (person.name, person.listed) == ("Li Na", True)


def test_an_account_known_by_name_is_known_by_its_new_id_in_the_same_import(
    importing: Importing, store: Store
) -> None:
    importing("workbook", accounts="name\nAcme Corp\n")
    report = importing(
        "salesforce",
        Account=f"Id,Name\n{ACME},Acme Corp\n",
        Contact=f"Id,AccountId,LastName\n{DANA},{ACME},Wu\n",
    )
    assert report.problems == []
    (acme,) = every(store, Account)
    (wu,) = every(store, Contact)
    assert wu.account_id == acme.id


def test_two_users_of_one_address_are_one_person(importing: Importing, store: Store) -> None:
    users = "Id,Email,Name\n0051G000005Muu1QAC,a@x.com,A\n0051G000005MreQQAS,A@x.com,B\n"
    report = importing("salesforce", User=users)
    assert problems(report) == [("User.csv:3", "Id")]
    assert [person.name for person in every(store, Person)] == ["A"]
    moved = importing(
        "salesforce",
        User="Id,Email,Name\n0051G000005Muu1QAC,b@x.com,A\n0051G000005MreQQAS,b@x.com,B\n",
    )
    assert problems(moved) == [("User.csv:3", "Id")]
    assert [person.email for person in every(store, Person)] == ["b@x.com"]


def test_two_records_of_one_name_in_one_crm_are_two_accounts(
    importing: Importing, store: Store
) -> None:
    text = f"Id,Name\n{ACME},Acme\n{GLOBEX},Acme\n"
    assert counts(importing("salesforce", Account=text)) == (2, 0, 0)
    assert counts(importing("salesforce", Account=text)) == (0, 0, 2)


def test_a_record_renamed_in_the_crm_is_renamed_here(importing: Importing, store: Store) -> None:
    importing("salesforce", Account=f"Id,Name\n{ACME},Acme\n")
    assert counts(importing("salesforce", Account=f"Id,Name\n{ACME},Acme Group\n")) == (0, 1, 0)
    assert every(store, Account)[0].name == "Acme Group"


def test_fxiaoke_exports_go_in_with_chinese_labels_and_values(
    store: Store, saturday: Clock, tmp_path: Path, importing: Importing
) -> None:
    import openpyxl

    tables = {
        "员工": [
            ["姓名", "邮箱", "部门", "职位", "状态"],
            ["李娜", "li.na@example.com", "大客户部", "客户经理", "启用"],
        ],
        "客户": [
            ["客户名称", "客户级别", "行业", "负责人", "年营业额", "唯一性ID"],
            ["华远重工", "重点客户", "重型机械", "李娜", "92亿", "c1"],
            ["华远智能", "普通客户", "", "王五", "", "c2"],
        ],
        "联系人": [
            ["姓名", "客户名称", "职务", "手机", "决策角色", "立场"],
            ["吴丹娜", "华远重工", "技术总监", 13800000000, "决策者", "支持"],
        ],
        "商机": [
            [
                "商机名称",
                "客户名称",
                "负责人",
                "预计成交金额",
                "预计成交日期",
                "销售阶段",
                "赢率",
                "商机类型",
            ],
            [
                "数字铸造二期",
                "华远重工",
                "李娜",
                "1,200万元",
                "2027年1月20日",
                "方案报价",
                "60%",
                "增购",
            ],
            ["传感器", "华远重工", "李娜", "35.5万", "2026年5月1日", "赢单", "100%", "新签"],
        ],
        "销售记录": [
            ["客户名称", "跟进方式", "跟进时间", "联系人", "创建人", "销售记录内容", "唯一性ID"],
            ["华远重工", "拜访", "2026-11-12 14:00", "吴丹娜", "李娜", "谈迁移成本", "r1"],
            ["华远重工", "微信", "2026-11-13 09:00", "", "李娜", "发资料", "r2"],
        ],
        "合同": [
            ["合同编号", "客户名称", "开始日期", "结束日期", "合同金额"],
            ["HY-1", "华远重工", "2024-01-01", "2026-12-31", "500万"],
        ],
        "回款计划": [
            ["回款计划编号", "客户名称", "计划回款金额", "计划回款日期", "实际回款日期"],
            ["HK-1", "华远重工", "100万", "2026-10-31", ""],
        ],
    }
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in tables.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    path = tmp_path / "纷享销客.xlsx"
    book.save(path)
    report = import_path(store, path, format="fxiaoke", clock=saturday)
    assert problems(report) == [("纷享销客.xlsx/客户:3", "负责人")]
    huayuan, smart = every(store, Account)
    assert (huayuan.account_class, huayuan.company_revenue) == ("key", Decimal(9200000000))
    assert (smart.account_class, smart.external_id) == ("ordinary", "fxiaoke:c2")
    (wu,) = every(store, Contact)
    assert (wu.decision_role, wu.support, wu.phone) == (
        "decision_maker",
        "supporter",
        "13800000000",
    )
    casting, sensors = every(store, Opportunity)
    assert (casting.amount, casting.currency) == (Decimal(12000000), "CNY")
    assert (casting.close_date, casting.probability) == (date(2027, 1, 20), Decimal("0.6"))
    assert (casting.kind, casting.outcome, sensors.outcome) == ("upsell", "open", "won")
    assert [(row.external_id, row.kind, row.contact_ids) for row in every(store, Activity)] == [
        ("fxiaoke:record:r1", "meeting", [wu.id]),
        ("fxiaoke:record:r2", "chat", []),
    ]
    (contract,) = every(store, Contract)
    assert (contract.end, contract.value) == (date(2026, 12, 31), Decimal(5000000))
    (invoice,) = every(store, Receivable)
    assert (invoice.amount, invoice.paid_on) == (Decimal(1000000), None)
    again = import_path(store, path, format="fxiaoke", clock=saturday)
    assert counts(again) == (0, 0, report.created)


def guid(number: int) -> str:
    return f"{number:08x}-1111-4222-8333-444444444444"


DYNAMICS = {
    "systemuser": "systemuserid,fullname,internalemailaddress,isdisabled,domainname\n"
    f"{guid(1)},Li Na,li.na@example.com,False,li\n{guid(2)},Ex Rep,ex@example.com,True,ex\n",
    "account": "accountid,name,_ownerid_value,_parentaccountid_value,revenue,address1_country,"
    "statecode,_transactioncurrencyid_value\n"
    f"{guid(11)},Acme Corp,{guid(1)},,1900000000,Germany,0,{guid(90)}\n"
    f"{guid(12)},Acme Labs,{guid(1)},{{{guid(11).upper()}}},,,0,\n",
    "transactioncurrency": f"transactioncurrencyid,isocurrencycode\n{guid(90)},EUR\n",
    "contact": "contactid,firstname,lastname,_parentcustomerid_value,jobtitle,emailaddress1,"
    f"accountrolecode\n{guid(21)},Dana,Wu,{guid(11)},CTO,dana.wu@acme.example,1\n",
    "opportunity": "opportunityid,name,_parentaccountid_value,_parentcontactid_value,"
    "_ownerid_value,estimatedvalue,estimatedclosedate,closeprobability,statecode,actualclosedate,stepname\n"
    f"{guid(31)},Renewal,{guid(11)},{guid(21)},{guid(1)},1150000,2027-01-20,60,0,,3-Propose\n"
    f"{guid(32)},Sensors,{guid(11)},,{guid(1)},20000,2026-06-01,100,1,2026-05-01,\n",
    "activitypointer": "activityid,activitytypecode,subject,_regardingobjectid_value,"
    "_ownerid_value,scheduledstart,actualend,statecode\n"
    f"{guid(41)},phonecall,TCO,{guid(31)},{guid(1)},,2026-11-12T09:30:00Z,1\n"
    f"{guid(42)},4201,Review,{guid(21)},{guid(1)},2026-12-01T09:30:00Z,,3\n"
    f"{guid(43)},email,Cancelled,{guid(11)},{guid(1)},2026-11-01T09:30:00Z,,2\n",
}


def test_dynamics_tables_go_in_joined_by_their_guids(importing: Importing, store: Store) -> None:
    report = importing("dynamics", **DYNAMICS)
    assert report.problems == []
    acme, labs = every(store, Account)
    assert (acme.currency, acme.company_revenue) == ("EUR", Decimal(1900000000))
    assert (labs.parent_id, labs.external_id) == (acme.id, f"dynamics:{guid(12)}")
    assert not one(store, Person, name="Ex Rep").listed
    (dana,) = every(store, Contact)
    assert dana.decision_role == "decision_maker"
    renewal, sensors = every(store, Opportunity)
    assert (renewal.probability, renewal.contact_id, renewal.outcome) == (
        Decimal("0.6"),
        dana.id,
        "open",
    )
    assert (sensors.outcome, sensors.close_date) == ("won", date(2026, 5, 1))
    assert [
        (row.external_id, row.kind, row.status, row.account_id, row.contact_ids)
        for row in every(store, Activity)
    ] == [
        (f"dynamics:phonecall:{guid(41)}", "call", "done", acme.id, []),
        (f"dynamics:appointment:{guid(42)}", "meeting", "planned", acme.id, [dana.id]),
    ]
    assert counts(importing("dynamics", **DYNAMICS)) == (0, 0, report.created)


def test_dynamics_exports_are_known_by_their_labels(importing: Importing, store: Store) -> None:
    importing("workbook", accounts="name\nHooli\n", people="email,name\nli.na@example.com,Li Na\n")
    report = importing(
        "dynamics",
        **{
            "My Active Accounts": "(Do Not Modify) Account,(Do Not Modify) Row Checksum,"
            "Account Name,Owner,Industry,Currency\n"
            f"{guid(11)},abc,Acme Corp,Li Na,Steel,US Dollar\n",
            "All Opportunities": "(Do Not Modify) Opportunity,Topic,Account,Est. Revenue,"
            f"Est. Close Date,Probability,Owner,Status\n{guid(31)},Renewal,Acme Corp,"
            '"1,150,000.00",1/20/2027,60,Li Na,Open\n',
        },
    )
    assert report.problems == []
    assert report.unknown == []
    acme = one(store, Account, name="Acme Corp")
    assert (acme.currency, acme.external_id) == ("USD", f"dynamics:{guid(11)}")
    deal = one(store, Opportunity, name="Renewal")
    assert (deal.amount, deal.close_date) == (Decimal(1150000), date(2027, 1, 20))


MAVEN = """
format: maven
title: Maven CRM
leave_out: ["*dictionary*"]
ignore: [year_established, employees, sales_price, sales_agent]
tables:
  account: {names: [accounts]}
  product: {names: [products]}
  deal: {names: [sales_pipeline]}
rows:
  - from: account
    to: accounts
    columns:
      name: account
      industry: {column: sector, map: {technolgy: technology}}
      region: office_location
      parent: subsidiary_of
      company_revenue: revenue
  - from: product
    to: products
    columns: {product: product, line: series}
  - from: deal
    to: opportunities
    columns:
      external_id: opportunity_id
      account: account
      name: {join: [product, opportunity_id]}
      product:
        first:
          - {lookup: product, by: product, with: product, take: product, match: letters}
          - product
      stage: deal_stage
      outcome: {column: deal_stage, map: {Won: won, Lost: lost}, else: open}
      created_on: engage_date
      close_date: close_date
      amount: close_value
"""


@pytest.mark.slow
def test_a_mapping_of_ones_own_takes_8800_deals(
    store: Store, saturday: Clock, tmp_path: Path
) -> None:
    if not CRM.exists():
        pytest.skip("../shared/data is absent: no mapping was tried on 8,800 deals")
    mapping = tmp_path / "maven.yaml"
    mapping.write_text(MAVEN)
    report = import_path(store, CRM / "maven", format=str(mapping), clock=saturday)
    assert counts(report) == (85 + 7 + 8800 - 1425, 0, 0)
    assert Counter(problem.column for problem in report.problems) == {"account": 1425}
    assert report.unknown == [
        "data_dictionary.csv: no table that the mapping knows",
        "sales_teams.csv: no table that the mapping knows",
    ]
    assert {deal.product for deal in every(store, Opportunity)} == {
        product.product for product in every(store, Product)
    }
    deal = one(store, Opportunity, external_id="maven:Z063OYW0")
    assert (deal.product, deal.created_on) == ("GTX Pro", date(2016, 10, 25))
    again = import_path(store, CRM / "maven", format=str(mapping), clock=saturday)
    assert counts(again) == (0, 0, report.created)


@pytest.mark.parametrize("system", ["salesforce", "hubspot"])
def test_connectors_tables_of_the_real_systems_are_read_without_a_crash(
    store: Store, saturday: Clock, system: str
) -> None:
    if not CRM.exists():
        pytest.skip("../shared/data is absent: no connector's tables were read")
    report = import_path(store, CRM / system, format=system, clock=saturday)
    assert report.created >= 2
    with store.read() as session:
        written = session.scalar(select(func.count(LedgerEntry.id)))
    again = import_path(store, CRM / system, format=system, clock=saturday)
    assert counts(again) == (0, 0, report.created)
    assert again.problems == report.problems
    with store.read() as session:
        assert session.scalar(select(func.count(LedgerEntry.id))) == written

"""What in a note speaks to whoever answers from it, instead of telling what happened.

Whole paragraphs are judged, and widely: what is taken for an order to a machine by mistake can
still be quoted word for word, it only bears out no sentence of a model's own.
"""

from __future__ import annotations

import re

# Who else than people may read a note, named so.
_MACHINE = (
    r"(?:a\.?i\.?|(?:ai |virtual |digital )?assistants?|(?:chat|ro)?bots?|(?:chat)?gpt(?:-?\d)?"
    r"|llms?|claude|copilot|gemini|siri|alexa|computer|summari[sz]ers?|algorithms?"
    r"|(?:language|ai|any|large) models?|models?(?= (?:read|process|summari[sz]|that|must|should))"
    r"|(?:tool|program|software|script|service|engine|pipeline)s?"
    r" (?:that|which|reading|processing)"
    r"|automat(?:ic|ed|ion) (?:tool|reader|system|assistant|program|process|summar|repl)\w*"
    r"|system (?:prompt|message|override|note|notice))"
)
_HAN_MACHINE = (
    "(?:AI|GPT|人工智能|智能体|智能(?:纪要|摘要|客服|系统)|(?:小|智能|虚拟|语音)助[手理]|助手|机器人"
    "|机器读者|大?(?:语言)?模型|自动(?:摘要|回复|总结|处理)(?:程序|系统|工具)?|算法|程序|小爱同学|小度"
    "|系统(?=[:：,，请必须会要]))"
)
_BIDS = (
    r"(?:say|state|answer|write|describe|record|mention|repeat|list|note|report|tell|respond|reply"
    r"|output|print|summari[sz]e|treat|put|log|set|add|make|give|use|ignore|forget|show|reveal"
    r"|confirm|delete|send|forward|unlock|pretend|act|rate|mark|cite|quote|must|should|please|pls"
    r"|remember|conclude|count)"
)
_HAN_BIDS = (
    "(?:说|写|回答|答复|回复|输出|记录|记：|记住|记一下|请记|提|列|标|视为|当作|改|忽略|注意|请|必须|应"
    "|不要|告诉|公开|透露)"
)
_ALL = r"(?:the |all |any |every )*"
_TEXT = r"(?:text|notes?|page|document|mail|e-?mail|message|file|minutes|paragraph)"

_TO_A_MACHINE = (
    # "Assistant, …", "note to the AI: …", "[bot] …", "SYSTEM: …".
    r"(?:^|[.!?:;(\[<【（“\"'/=]\s*)"
    r"(?:(?:hey|dear|hi|hello|ok|okay|note|message|memo|instructions?)\W+)?(?:(?:to|for) )?"
    rf"{_ALL}(?:{_MACHINE}|system|model|agent)"
    r"(?: (?:readers?|users?|only|please|taking \w+|reading \w+))*\s*[:,;\])】>–—-]",
    # Any mention of one that no business speaks of.
    r"(?<!sales )(?<!personal )(?<!executive )(?<!office )(?<!shop )\bassistants?\b"
    r"(?! (?:manager|to the|director))",
    r"\b(?:chat)?bots?\b|\b(?:chat)?gpt\b|\bllms?\b|\bcopilot\b",
    rf"@{_MACHINE}\b|(?-i:\bSYSTEM\b) \w+|\b{_MACHINE} (?:readers|only)\b",
    # "any AI must state …"; "a message for the answering engine".
    rf"\b{_MACHINE}(?![\w-])[^.!?。]*\b{_BIDS}\b",
    rf"\b(?:instructions?|orders?|message|note|rules?|memo|word) (?:for|to) {_ALL}"
    rf"(?:{_MACHINE}|\w+ (?:engine|system|tool|program|software|service)s?\b)",
)
_ABOUT_ANSWERS = (
    r"\b(?:who|what|any|every)(?:so)?(?:ever|one|body)? (?:[a-z]+ )?(?:reads?|summari[sz]es?"
    r"|process(?:es)?|answers?|sees|handles|reading|processing|summari[sz]ing) (?:this|these|it)\b",
    rf"\b(?:this|these|the) {_TEXT} (?:is|are|gets?) (?:being )?"
    r"(?:read|processed|summari[sz]ed|parsed|indexed|condensed)\b",
    r"\b(?:who|whoever|anyone|anybody|everyone|everybody|someone)\b[^.]{0,20}"
    r"\bask(?:s|ed|ing)? (?:about|for|you)\b",
    r"\b(?:do not|don't|never) (?:mention|say|tell|reveal|show|cite|disclose|quote)\b",
    r"\bthe (?:right |only |correct )?answer (?:is|should|must|shall)\b",
    r"\byou are (?:now|no longer|an? |in )",
    r"\b(?:your|every|each|all|any|the next) (?:[a-z]+ )?"
    r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|prompts?)\b",
    r"\b(?:when|if|whenever|before|after|while) (?:you|someone|anyone|somebody|anybody|they|asked)"
    r"(?: \w+)?(?: (?:answer|summari[sz]e|ask|asks|reply|respond)|,)",
    r"\b(?:previous|prior|above|earlier|original|preceding|other|these|those|the|all|any|your)"
    r" (?:system )?(?:instructions?|prompts?|rules|guidelines|directives|restrictions)\b",
    r"\b(?:hidden|secret|invisible|new) (?:instruction|text|prompt|message|rule|order)s?\b",
    r"\binvisible to\b|\bsystem prompt\b",
    r"\b(?:developer|debug|admin|god|dan|override|training|test|safe|maintenance) mode\b",
    r"\boverrid(?:e|ing|es)\b[^.]{0,12}[:：-]|\bdoes not apply to (?:this|the) reader\b",
    r"\b(?:say|write|state|record|pretend|claim|answer|reply|respond|insist) (?:only|that|with)\b",
    r"\b(?:put|write|note|take) down that\b|\brepeat (?:that|this|after|the following|it)\b",
    r"\bmust be (?:output|repeated|shown|copied|printed|quoted)\b|\bverbatim\b",
    r"\btell (?:the |every ?|any ?)?"
    r"(?:readers?|them|user|asker|one|body|requester|people)\b",
    r"\b(?:cite|quote|treat|rate|count|present|describe) (?:this|it|the next|\w+ \w+ as|that)\b",
    r"\b(?:this|the (?:next )?)\s?(?:asker|reader|requester|user|questioner)\b",
    r"\b(?:base64|rot13|hexadecimal|pig latin|caesar)\b",
    r"\bin (?:verse|reverse|emojis?|rhymes?)\b",
)
# Marks of ours, of a page's code, of a template, of a note's head.
_FORGED = (
    r"\[\d+\]|</?(?:data|system|user|assistant|script|inst)\b|<!--|\{\{|\{[a-z_]*\}|\$[({]|%\(",
    r";--|\b(?:DROP|DELETE|INSERT|UPDATE|SELECT) (?:TABLE|FROM|INTO)\b|`[^`]+`",
    r"\b(?:visibility|permissions?|access|role|author)\s?[:=]\s?(?!team$|open$|author$)\w+",
)
_IN_CHINESE = (
    r"(?:^|[。！？；:：@\[【（(<“=/]\s*)(?:致|给|請|请|告诉|通知|嘿|你好)?\W*(?:各位|所有|每个|任何)?"
    rf"(?:{_HAN_MACHINE}|系统)(?:提示|消息|指令|的话|请|须|要)?\s*[:：,，\]】）)\s]",
    r"助手|智能体|大模型|聊天机器人|自动\w{0,4}(?:系统|程序|工具)",
    rf"@{_HAN_MACHINE}|{_HAN_MACHINE}[^。！？]*{_HAN_BIDS}|(?:给|致|请|让|叫|对){_HAN_MACHINE}",
    "(?:忽略|无视|不要理会|忘记|覆盖)[^。！？]{0,12}(?:指示|指令|规则|要求|设定|提示|内容)",
    "(?:回答|答复|回复|总结|摘要|输出|引用)(?:时|里|中|说|请|“|必须|只|改为|问题|本文)",
    "都回答|都应回答|照此回答|标注来源|原样(?:输出|发|写|回答|复述|照)|照抄",
    "(?:隐藏|看不见|白色|不可见)(?:的)?(?:文字|小字|指令|内容)|提问者|最高优先级|优先于|从现在起",
    "(?:谁|有人|如果有人|读者)[^。！？]{0,10}(?:问|读)|(?:告诉|发给|提醒|请)读者",
    "【系统】|系统(?:消息|指令|提示)",
    "你现在|你是(?:一|另)|(?:调试|训练|开发者?|管理员|测试)模式",
    "(?:看到|读到|收到)(?:这|本)[^。]{0,6}(?:请|的)|读到(?:这里|本|此)",
    "(?:转告|告知|通知)(?:所有|全体|大家|每)|(?:加上?|写上?|说)一句",
)
_STEERS = re.compile(
    "|".join((*_TO_A_MACHINE, *_ABOUT_ANSWERS, *_FORGED, *_IN_CHINESE)), re.IGNORECASE
)


def steers(paragraph: str) -> bool:
    """Whether the paragraph tells a machine, or whoever answers from it, what to do or say."""
    return _STEERS.search(paragraph) is not None

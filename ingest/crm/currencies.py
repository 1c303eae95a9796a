"""Currencies: ISO 4217's codes, and the signs and words that stand for them."""

from __future__ import annotations

import unicodedata

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_CODES.split())
"""The currencies in use; funds, metals and test codes are none."""

_DOLLARS = "USD AUD CAD HKD NZD SGD TWD MXN"
_WORDS = {
    "$": _DOLLARS,
    "¥": "CNY JPY",
    "£": "GBP",
    "€": "EUR",
    "₩": "KRW",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "₱": "PHP",
    "฿": "THB",
    "₪": "ILS",
    "₴": "UAH",
    "r$": "BRL",
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "hk$": "HKD",
    "nz$": "NZD",
    "s$": "SGD",
    "sg$": "SGD",
    "nt$": "TWD",
    "mx$": "MXN",
    "cn¥": "CNY",
    "rmb": "CNY",
    "rmb¥": "CNY",
    "cnh": "CNY",
    "jp¥": "JPY",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "rs": "INR LKR PKR NPR MUR SCR",
    "rs.": "INR LKR PKR NPR MUR SCR",
    "kr": "SEK NOK DKK ISK",
    "kr.": "SEK NOK DKK ISK",
    "fr": "CHF",
    "fr.": "CHF",
    "sfr": "CHF",
    "sfr.": "CHF",
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "us dollar": "USD",
    "us dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "yuan": "CNY",
    "renminbi": "CNY",
    "yen": "JPY",
    "元": "CNY",
    "圆": "CNY",
    "块": "CNY",
    "人民币": "CNY",
    "人民币元": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "日圆": "JPY",
    "港币": "HKD",
    "港元": "HKD",
    "新台币": "TWD",
    "台币": "TWD",
    "新加坡元": "SGD",
    "新元": "SGD",
    "韩元": "KRW",
    "瑞士法郎": "CHF",
    "加元": "CAD",
    "澳元": "AUD",
}


def currencies_of(text: str) -> frozenset[str]:
    """The currencies that a code, sign or word may mean; empty when it means none."""
    word = unicodedata.normalize("NFKC", text).strip()
    code = word.upper()
    if code in CODES:
        return frozenset({code})
    return frozenset(_WORDS.get(word.casefold(), "").split())

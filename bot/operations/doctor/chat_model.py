"""The chat models: whether they can be opened, and, when asked to, whether they answer."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bot.operations.doctor.check import Check, fail, ok
from bot.settings import Settings

_PACKAGE = {
    "anthropic_bedrock": "aws",
    "azure_openai": "openai",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "google_anthropic_vertex": "google_vertexai",
    "langsmith": "openai",
    "nvidia": "nvidia_ai_endpoints",
}
"""Providers of `init_chat_model` whose package is called otherwise."""
_KEY = {
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "huggingface": "HUGGINGFACEHUB_API_TOKEN",
    "mistralai": "MISTRAL_API_KEY",
}
"""Providers whose key is not NAME_API_KEY."""


def check_chat_models(settings: Settings, *, online: bool) -> Iterator[Check]:
    """A check for KAM_MODEL, and one for KAM_FALLBACK_MODEL where it is set.

    Opening a model sends nothing; only `online` asks it something.
    """
    if not settings.model:
        yield ok("model", "none: the built-in brain answers, without a network")
        return
    yield _checked("model", settings.model, settings, online=online)
    if settings.fallback_model:
        yield _checked("fallback model", settings.fallback_model, settings, online=online)


def _checked(name: str, model: str, settings: Settings, *, online: bool) -> Check:
    from bot.assistant.brains.providers import open_model

    provider = model.partition(":")[0].replace("-", "_")
    package = f"langchain-{_PACKAGE.get(provider, provider)}".replace("_", "-")
    variable = "KAM_MODEL" if name == "model" else "KAM_FALLBACK_MODEL"
    try:
        opened = open_model(model, settings.model_url, settings.model_seconds)
    except ImportError:
        finding = f"the package for {model} is not installed"
        return fail(name, finding, f"pip install {package}, or unset {variable}.")
    except Exception as error:  # each provider refuses in its own way
        reason = _first_line(error)
        if "provider" in reason.lower():
            finding = f"{model}: no provider is called {provider!r}"
            return fail(name, finding, "Write it as openai:…, anthropic:…, ollama:… or another.")
        finding = f"{model} cannot be opened: {reason}"
        return fail(name, finding, f"Set the provider's key in {_key(provider)}.")
    if not online:
        return ok(name, f"{model}, package {package}; --online asks it")
    started = time.perf_counter()
    try:
        opened.invoke("Reply with the word OK.")
    except Exception as error:
        return _refused(name, model, error, settings)
    return ok(name, f"{model} answered in {time.perf_counter() - started:.1f} s")


def _refused(name: str, model: str, error: Exception, settings: Settings) -> Check:
    """What the provider's answer, or its silence, means, and what helps."""
    where = settings.model_url or "the provider"
    provider = model.partition(":")[0].replace("-", "_")
    reason = _first_line(error)
    match getattr(error, "status_code", None):
        case 401 | 403:
            finding = f"{where} refuses the key: {reason}"
            mend = f"Put a valid key into {_key(provider)}."
        case 404:
            finding = f"{where} has no model {model.partition(':')[2]!r}: {reason}"
            mend = (
                "Check the model's name, and that KAM_MODEL_URL ends as it should (often /v1)."
                if settings.model_url
                else "Check the model's name with the provider."
            )
        case 429:
            finding = f"{where} takes no more requests now: {reason}"
            mend = "Check the limits and the balance of the account."
        case int(status):
            finding = f"{where} answers {status}: {reason}"
            mend = "Try again later; until then the built-in brain answers."
        case _:
            finding = f"{where} cannot be reached: {reason}"
            mend = (
                "Start the server there, or correct KAM_MODEL_URL."
                if settings.model_url
                else "Check the network and its proxy, or set KAM_MODEL_URL."
            )
    return fail(name, f"{model}: {finding}", mend)


def _key(provider: str) -> str:
    return _KEY.get(provider, f"{provider.upper()}_API_KEY")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]

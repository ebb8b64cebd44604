"""The search report, and what staff do about it: synonyms, and what comes first for a search or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST, require_safe

from storefront.catalog.models import Page, Product, SearchPin, SearchSynonym, Term
from storefront.catalog.queries.channels import pages_channel
from storefront.catalog.search import answer
from storefront.catalog.search.report import read_report
from storefront.catalog.search.staff_rules import MAX_PINS, MAX_SYNONYMS, SYNONYM_VOCABULARIES
from storefront.catalog.search.understanding import query_key
from storefront.catalog.writer import searches as writer
from storefront.staff.access import staff_view

PERIODS = (7, 30, 90)
SHOWN = 50
SHOWN_RESULTS = 12
MAX_TYPED = 200
MAX_PHRASE = 80
PIN, HIDE = "pin", "hide"


@staff_view("catalog.view_searchcount")
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show what was searched in the last days, what found nothing, and what was opened."""
    given = request.GET.get("days", "")
    days = next((period for period in PERIODS if str(period) == given), PERIODS[1])
    context = {
        "report": read_report(days, SHOWN),
        "days": days,
        "periods": PERIODS,
        "kept_days": settings.SEARCH_REPORT_DAYS,
        "synonyms": _named(SearchSynonym.objects.all()),
        "pins": SearchPin.objects.all(),
        "terms": _terms(),
    }
    return render(request, "staff/search.html", context)


@staff_view("catalog.view_searchcount")
@require_safe
def query(request: HttpRequest) -> HttpResponse:
    """Show what a search finds now, with buttons to put first or to hide."""
    text = request.GET.get("q", "").strip()[:MAX_TYPED]
    channel = pages_channel()
    key = query_key(text)
    context = {
        "text": text,
        "key": key,
        "results": answer(text, channel, size=SHOWN_RESULTS).results if key and channel else [],
        "pins": SearchPin.objects.filter(query=key) if key else [],
        "terms": _terms(),
    }
    return render(request, "staff/search_query.html", context)


@staff_view("catalog.add_searchsynonym")
@require_POST
def add_synonym(request: HttpRequest) -> HttpResponse:
    """Have a phrase stand for a word of the vocabularies."""
    phrase = query_key(request.POST.get("phrase", ""))
    vocabulary, _, slug = request.POST.get("term", "").partition(":")
    term = next((term for term in _terms() if (term.vocabulary, term.slug) == (vocabulary, slug)), None)
    if not phrase or len(phrase) > MAX_PHRASE:
        messages.error(request, f"The phrase is empty or too long. Write 1 to {MAX_PHRASE} letters or digits.")
    elif term is None:
        messages.error(request, "Choose what the phrase stands for.")
    elif SearchSynonym.objects.count() >= MAX_SYNONYMS:
        messages.error(request, f"There are {MAX_SYNONYMS} synonyms, which is the limit. Remove one first.")
    else:
        writer.add_synonym(phrase, vocabulary, slug)
        messages.success(request, f"“{phrase}” now stands for {term.name}.")
    return redirect(_query_page(request.POST.get("q", "")))


@staff_view("catalog.change_searchsynonym")
@require_POST
def remove_synonym(request: HttpRequest, number: int) -> HttpResponse:
    writer.remove_synonym(number)
    messages.success(request, "The synonym was removed.")
    return redirect("staff:search")


@staff_view("catalog.add_searchpin")
@require_POST
def set_pin(request: HttpRequest) -> HttpResponse:
    """Put a product or guide first for a search, or hide it."""
    text = request.POST.get("q", "")
    key, action = query_key(text), request.POST.get("action", "")
    if action not in (PIN, HIDE) or not key:
        raise BadRequest("Say which search, and `pin` or `hide`.")
    named = named_by_address(request.POST.get("address", ""))
    if named is None:
        messages.error(request, "There is no such product or guide. Copy the address of its page in the shop.")
    elif SearchPin.objects.filter(query=key).count() >= MAX_PINS:
        messages.error(request, f"This search has {MAX_PINS} pins, which is the limit. Remove one first.")
    else:
        is_guide, slug = named
        writer.set_pin(key, slug, is_guide=is_guide, is_hidden=action == HIDE)
        where = "is hidden" if action == HIDE else "comes first"
        messages.success(request, f"{slug} {where} for “{key}”.")
    return redirect(_query_page(text))


@staff_view("catalog.change_searchpin")
@require_POST
def remove_pin(request: HttpRequest, number: int) -> HttpResponse:
    pin = SearchPin.objects.filter(pk=number).first()
    writer.remove_pin(number)
    messages.success(request, "The pin was removed.")
    return redirect(_query_page(pin.query if pin else ""))


def named_by_address(address: str) -> tuple[bool, str] | None:
    """Return whether the address of a page in the shop is that of a guide, and its slug; None for any other."""
    try:
        match = resolve(unquote(urlsplit(address.strip()).path))
    except (ValueError, Resolver404):
        return None
    slug = str(match.kwargs.get("slug", ""))
    if match.view_name == "pages:product":
        return (False, slug) if Product.objects.filter(slug=slug).exists() else None
    if match.view_name == "pages:guide":
        return (True, slug) if Page.objects.filter(slug=slug).exists() else None
    return None


def _query_page(text: str) -> str:
    return reverse("staff:search_query", query={"q": text}) if query_key(text) else reverse("staff:search")


def _terms() -> list[Term]:
    """Return the words that a phrase can stand for, by vocabulary."""
    return list(Term.objects.filter(vocabulary__in=SYNONYM_VOCABULARIES).order_by("vocabulary", "position"))


def _named(synonyms: Iterable[SearchSynonym]) -> list[tuple[SearchSynonym, str]]:
    """Return the synonyms with the names of what they stand for; one that the taxonomy lost has its slug."""
    names = {(term.vocabulary, term.slug): term.name for term in _terms()}
    return [(each, names.get((each.vocabulary, each.slug), each.slug)) for each in synonyms]

"""Column headers: the spellings that people and other systems use, and our column's name for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from catalog_import.sources.numbers import CURRENCIES, SIGNS
from catalog_import.sources.values.word_lists import word_list

MAX_HEAD = 200
PREFIXES = ("option", "price", "compare_at_price", "currency", "stock", "attribute")
MONEY = ("price", "compare_at_price")

# Our column → other words for it, as `plain` writes them. Only words that can mean nothing else.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "sku": (
        *("stock keeping unit", "sku code", "sku number", "variant sku", "article number", "item number", "item no"),
        *("artikelnummer", "artikelnr", "artikel nr", "art nr", "artnr", "artikel nummer", "numero d article"),
    ),
    "product": ("handle", "product handle", "parent sku"),
    "product_reference": ("product ref", "product id"),
    "variant_reference": ("variant ref", "variant id"),
    "name": (
        *("title", "product name", "product title", "item name", "bezeichnung", "artikelbezeichnung", "artikelname"),
        *("produktname", "produktbezeichnung", "nom du produit", "nom produit", "designation", "nombre del producto"),
        *("nome prodotto", "nome do produto", "productnaam", "nazwa produktu"),
    ),
    "variant": ("variant name", "variant title"),
    "price": (
        *("unit price", "selling price", "retail price", "sales price", "price incl vat", "price inc vat"),
        *("price incl tax", "price including vat", "price gross", "gross price", "price with vat"),
        *("preis", "verkaufspreis", "bruttopreis", "preis brutto", "vk brutto", "vk preis brutto", "preis inkl mwst"),
        *(
            "endpreis",
            "vk preis",
            "our price",
            "prix",
            "prix ttc",
            "prix de vente",
            "prix public",
            "precio",
            "precio con iva",
            "pvp",
        ),
        *(
            "precio de venta",
            "precio venta publico",
            "prezzo",
            "prezzo di vendita",
            "prezzo iva inclusa",
            "prijs",
            "verkoopprijs",
        ),
        *("prijs incl btw", "preco", "preco de venda", "cena", "cena brutto", "цена"),
    ),
    "compare_at_price": (
        *("compare at", "compare price", "original price", "list price", "was price", "price before", "msrp", "rrp"),
        *("old price", "uvp", "alter preis", "streichpreis", "prix barre", "ancien prix", "precio anterior"),
        *("prezzo precedente", "adviesprijs", "preco original", "cena przed obnizka"),
    ),
    "currency": ("currency code", "wahrung", "waehrung", "devise", "moneda", "valuta", "moeda", "waluta"),
    "description": (
        *("desc", "product description", "long description", "body html", "beschreibung", "artikelbeschreibung"),
        *("produktbeschreibung", "langtext", "descripcion", "descrizione", "beschrijving", "omschrijving", "descricao"),
        "opis",
    ),
    "brand": (
        *("vendor", "manufacturer", "maker", "brand name", "marke", "hersteller", "marque", "fabricant", "marca"),
        *("merk", "marka", "producent"),
    ),
    "slug": ("url slug",),
    "category": (
        *("product category", "product type", "kategorie", "warengruppe", "categorie", "categoria", "kategoria"),
        "category path",
    ),
    "seo_title": ("meta title",),
    "seo_description": ("meta description",),
    "tool_type": ("type of tool", "tool types"),
    "target_areas": ("target area", "body area", "body areas", "body part", "body parts", "area", "areas"),
    "conditions": ("condition treated", "complaint", "complaints"),
    "cautions": ("caution", "warning", "warnings"),
    "guide": ("primary guide", "guide slug"),
    "related_guides": ("related guide",),
    "stock": (
        *("qty", "quantity", "inventory", "in stock quantity", "stock quantity", "stock level", "stock on hand"),
        *("on hand", "qty available", "available qty", "available quantity", "quantity available", "qty in stock"),
        *("quantity in stock", "inventory quantity", "stock qty", "units in stock", "bestand", "lagerbestand"),
        *(
            "verfugbare menge",
            "stock disponible",
            "quantite en stock",
            "existencias",
            "giacenza",
            "voorraad",
            "estoque",
        ),
        *("stan magazynowy", "ilosc na stanie"),
    ),
    "weight_g": (
        *("weight grams", "weight in grams", "grams", "gewicht g", "gewicht in g", "gewicht in gramm", "poids g"),
        *("poids en g", "peso g", "peso en g", "waga g"),
    ),
    "barcode": (
        *("gtin", "ean", "upc", "ean code", "ean 13", "ean13", "ean8", "gtin 13", "barcode ean", "isbn", "bar code"),
        *("strichcode", "code barre", "code barres", "code a barres", "gencod", "codigo de barras", "codice a barre"),
        *("streepjescode", "kod kreskowy", "gtin upc ean or isbn"),
    ),
    "image": (
        *("images", "image url", "image urls", "picture", "pictures", "photo", "photos", "image link", "image src"),
        *("picture url", "photo url", "product image", "product image url", "image path", "img", "main image"),
        *(
            "main image url",
            "additional image",
            "additional images",
            "additional image link",
            "gallery",
            "bild",
            "bilder",
            "bild url",
        ),
        *("produktbild", "foto", "fotos", "imagen", "imagenes", "immagine", "immagini", "afbeelding", "afbeeldingen"),
        *("imagem", "imagens", "zdjecie", "zdjecia", "obrazek", "obrazki"),
    ),
    "material": ("materials", "werkstoff", "matiere", "materiau", "materiale", "materiaal"),
    "warranty_years": ("warranty", "warranty in years", "guarantee years", "garantie jahre", "garantie in jahren"),
    "fsa_hsa_condition": ("fsa hsa note", "hsa fsa condition"),
    "fsa_hsa_eligible": ("fsa hsa", "hsa fsa eligible", "fsa eligible", "hsa eligible"),
    "status": (
        *("product status", "published", "is published", "active", "is active", "enabled", "is enabled", "visible"),
        *("is visible", "for sale", "aktiv", "veroffentlicht", "sichtbar", "actif", "publie", "activo", "publicado"),
        *("attivo", "pubblicato", "actief", "ativo", "aktywny"),
    ),
}


# Our column → words that may mean it, where nothing below the header speaks against it: enough to find a header, and to
# propose a mapping, but not to read a table.
LIKELY: dict[str, tuple[str, ...]] = {
    "sku": (
        *("reference", "ref", "code", "item", "part number", "part no", "model", "article", "artikel", "bestellnummer"),
        *("best nr", "art", "codigo", "codice", "kod", "indeks", "symbol", "product code", "item code", "id"),
    ),
    "name": ("nom", "nombre", "nome", "naam", "nazwa", "libelle", "titre", "titel", "titulo", "titolo", "product"),
    "price": ("vk", "tarif", "betrag", "amount", "ttc", "brutto", "price tax incl"),
    "description": ("texte", "text", "details", "info", "content"),
    "stock": (
        "menge",
        "anzahl",
        "quantite",
        "dispo",
        "disponible",
        "cantidad",
        "quantita",
        "aantal",
        "ilosc",
        "available",
    ),
    "weight_g": ("weight", "gewicht", "poids", "peso", "waga", "net weight", "gross weight"),
    "barcode": ("code ean", "gtin ean", "ean nummer", "ean upc"),
    "warranty_years": ("garantie", "garantia", "garanzia"),
    "status": (*("online", "state", "etat", "estado", "stato", "zustand"),),
}
# Words for what variants differ by: such a column is an option by its own name.
OPTIONS = frozenset(word_list("options"))


def plain(head: str) -> str:
    """A header in plain words: "Body area(s)" is ``body areas``, "g:image_link" ``g image link``, "imageUrl"
    ``image url``, "Größe" ``grosse``."""
    return _remembered_plain(head) if len(head) <= MAX_HEAD else _plain(head)


def _plain(head: str) -> str:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head.replace("MwSt", "Mwst")).casefold().replace("(s)", "s")
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        text = text.replace("ł", "l").replace("ø", "o")
    return re.sub(r"[\W_]+", " ", text).strip()


_remembered_plain = lru_cache(4_000)(_plain)


def column_name(head: str) -> str:
    """A header's text as a column's name: "Compare at price" is `compare_at_price`, "Option:Size" `option: Size`."""
    prefix, colon, rest = head.partition(":")
    name = re.sub(r"[\s_-]+", "_", prefix.strip().lower())
    return f"{name}: {rest.strip()}" if colon else name


def our_column(head: str, known: Collection[str]) -> str | None:
    """The column of ours that a header names, by its own name or another word for it."""
    if len(head) > MAX_HEAD:
        return None
    name = column_name(head)
    prefix, colon, rest = name.partition(": ")
    if name in known or (colon and rest and prefix in PREFIXES):
        return name
    words = plain(head)
    if found := _OTHER_WORDS.get(words):
        return found
    if numbered := _NUMBERED.fullmatch(words):
        # "Image 2", "image url 3", "Picture 1 URL": several columns of pictures.
        bare = " ".join(part for part in (numbered[1], numbered[3]) if part)
        if bare == "image" or _OTHER_WORDS.get(bare) == "image":
            return "image"
    if _WEIGHT.fullmatch(words):
        return "weight_g"
    for shorter in (without_currency(head)[0], without_tax(head)):
        if shorter != head:
            money = our_column(shorter, known)
            return money if money in MONEY else None
    return None


def likely_column(head: str) -> str | None:
    """The column of ours that a header may mean: see `LIKELY`."""
    return _LIKELY_WORDS.get(plain(head)) if len(head) <= MAX_HEAD else None


def stated_unit(head: str) -> str:
    """The unit that a header of weights states: "Weight (kg)"; empty where it states none."""
    found = _WEIGHT.fullmatch(plain(head)) if len(head) <= MAX_HEAD else None
    unit = found[1] if found else ""
    return "g" if unit.startswith("gram") else unit


def stated_currencies(head: str, known: Collection[str]) -> tuple[str, ...]:
    """The currencies that a header of prices may mean, where it states one."""
    name = column_name(head)
    if name in known or name.partition(": ")[0] in PREFIXES:
        return ()
    return without_currency(head)[1] or without_currency(without_tax(head))[1]


def without_currency(head: str) -> tuple[str, tuple[str, ...]]:
    """A header without the currency that it states, and what that may be: "Price (USD)", "Preis in €", "price_eur"."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head.strip())
    found = _STATED.fullmatch(text) if len(head) <= MAX_HEAD else None
    if found is None:
        return head, ()
    code = found["code"] or found["bare"] or ""
    currencies = (code.upper(),) if code.upper() in CURRENCIES else SIGNS.get(found["sign"] or code, ())
    return (found["amount"].strip(), currencies) if currencies else (head, ())


def without_tax(head: str) -> str:
    """A header without the words that say that the tax is in its prices: "Preis inkl. 19 % MwSt."."""
    return _WITH_TAX.sub("", head).strip() if len(head) <= MAX_HEAD else head


_WITH_TAX = re.compile(
    r"[\s_]{0,9}\(?\b(?:incl|inkl|inc|including|inclusive|includes|with|con|avec|com|z)\b"
    r"[.\s_]{0,9}(?:of[\s_]{1,9})?(?:\d{1,2}(?:[.,]\d)?\s?%\s{0,9})?"
    r"(?:vat|tax|taxes|mwst|ust|tva|iva|btw|gst|moms)\b\.?\)?",
    re.IGNORECASE,
)
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_STATED = re.compile(
    rf"\A(?P<amount>.{{3,{MAX_HEAD}}}?)[\s_]{{0,9}}(?:[(\[]\s{{0,9}}(?:in\s{{1,9}})?(?:(?P<code>[A-Za-z]{{3}})|(?P<sign>{_SIGN}))\s{{0,9}}[)\]]"
    rf"|(?:[\s_]in[\s_]{{1,9}}|[\s_]|(?=[€$£¥]))(?P<bare>[A-Za-z]{{3}}|{_SIGN}))",
    re.IGNORECASE,
)
_WEIGHT = re.compile(
    r"(?:(?:product|item|variant|net|gross|netto|brutto) )?(?:weight|gewicht|poids|peso|waga)(?: (?:in|en|value))? "
    r"(kg|g|grams?|gramm|grammes|gramos|lbs?|oz|mg)"
)
_NUMBERED = re.compile(r"\A(?:([^\d]*?) ?)(\d{1,2})(?: ([^\d]+))?")
_OTHER_WORDS = {word: name for name, words in SPELLINGS.items() for word in (plain(name), *words)}

_LIKELY_WORDS = {word: name for name, words in LIKELY.items() for word in words}


class Header:
    """A header row of another system: its columns found by their plain names."""

    def __init__(self, header: Iterable[str]) -> None:
        self.heads = list(header)
        self.places: dict[str, int] = {}
        for place, head in enumerate(self.heads):
            self.places.setdefault(plain(head), place)

    def head(self, *names: str) -> str:
        """The file's own header of the first of these columns that is there."""
        return next((self.heads[self.places[name]] for name in names if name in self.places), "")

    def heads_of(self, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Our column → the file's own header for it."""
        return {ours: self.head(*theirs) for ours, theirs in columns.items()}

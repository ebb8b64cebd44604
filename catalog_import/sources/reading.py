"""The files that staff bring, read as a stream: products, guides, pictures, problems, and what was interpreted.

    with open_catalogue(products, guides, taxonomy, currencies) as reading:
        for product in reading.products():
            ...
        reading.problems, reading.interpretations    # complete now

The products file may be of any format that is known, a folder, or a `.zip`; its format is told by its content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from catalog_import.sources.dialects.mapping import ColumnMapping
from catalog_import.sources.formats.archive import UnsafeArchive, find_catalogue, is_archive, unpacked
from catalog_import.sources.guides import ReadGuide, read_guides
from catalog_import.sources.native import ReadProduct
from catalog_import.sources.notes import Interpretation, Notes
from catalog_import.sources.picture_digests import PictureDigests
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at
from catalog_import.sources.products import ProductsReading
from catalog_import.sources.values.categories import Categories
from storefront.catalog.taxonomy import Taxonomy


class Reading:
    """One reading of a catalogue's files. `folder` is where relative picture paths begin.

    A context manager: what was unpacked is removed when it ends.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        currencies: Mapping[str, str],
        mapping: ColumnMapping | None = None,
        categories: Iterable[str] = (),
    ) -> None:
        self.folder = Path()
        self.files: tuple[str, ...] = ()
        self.guides: list[ReadGuide] = []
        self.problems: list[Problem] = []
        self._taxonomy = taxonomy
        self._currencies = currencies
        self._mapping = mapping
        self._categories = Categories(categories)
        self._products: ProductsReading | None = None
        self._notes = Notes()
        self._cleanup = ExitStack()

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    @property
    def interpretations(self) -> list[Interpretation]:
        of_products = self._products.notes.interpretations() if self._products else []
        return [*self._notes.interpretations(), *of_products]

    def lists(self, reference: str) -> bool:
        """Return whether the products file has a row of the product with this reference. Known once it is read."""
        return self._products is not None and self._products.lists(reference)

    def products(self) -> Iterator[ReadProduct]:
        """Each product once its last row was read. Reads anew each time; ask once."""
        if self._products is None:
            return
        digests = PictureDigests(self.folder, self.problems, allowed_hosts=settings.FETCH_ALLOWED_HOSTS)
        for product in self._products.products():
            yield digests.with_pictures(product)

    def open(self, products: Path | None, guides: Path | None) -> None:
        self.files = tuple(path.name for path in (products, guides) if path is not None)
        if products is not None:
            products, found = self.located(products)
            guides = guides or found
        if guides is not None:
            if is_archive(guides):
                guides = self.unpack(guides)
                guides = find_catalogue(guides, self._notes).guides if guides else None
            if guides is not None:
                self.guides, problems = read_guides(guides, self._taxonomy)
                self.problems += problems
        if products is not None:
            self.folder = products.parent
            self._products = ProductsReading(
                *(products, self._taxonomy, self._currencies, self._mapping, self._categories), problems=self.problems
            )

    def located(self, products: Path) -> tuple[Path | None, Path | None]:
        """The products file and the guides that a file, a folder or an archive stands for."""
        if not products.exists():
            message = "There is no such file. Check its name and folder."
            self.problems.append(problem_at(Place(str(products)), "", ProblemCode.UNREADABLE_FILE, message))
            return None, None
        folder = products
        if is_archive(products):
            self._notes.file = products.name
            self._notes.add("the file is an archive of products, guides or pictures")
            unpacked_to = self.unpack(products)
            if unpacked_to is None:
                return None, None
            folder = unpacked_to
        if not folder.is_dir():
            return products, None
        self._notes.file = products.name
        found = find_catalogue(folder, self._notes)
        if found.products is None and found.guides is None:
            message = "It holds neither a products file (CSV, XLSX, JSON or XML) nor guides (.md)."
            self.problems.append(problem_at(Place(products.name), "", ProblemCode.EMPTY_FILE, message))
        return found.products, found.guides

    def unpack(self, path: Path) -> Path | None:
        try:
            folder, problems = self._cleanup.enter_context(unpacked(path))
        except UnsafeArchive as error:
            self.problems.append(problem_at(Place(path.name), "", ProblemCode.UNSAFE_ARCHIVE, str(error)))
            return None
        self.problems += problems
        return folder


def open_catalogue(
    products: Path | None,
    guides: Path | None,
    taxonomy: Taxonomy,
    currencies: Mapping[str, str],
    *,
    mapping: ColumnMapping | None = None,
    categories: Iterable[str] = (),
) -> Reading:
    """Open a products file (or folder, or archive) and a folder (or archive) of guides; either may be missing.

    The guides are read at once, the products as `products()` is asked. `currencies`: channel slug → ISO 4217 code,
    for the channels whose currency is known. `mapping`: their column → our column, or a YAML file of that.
    `categories`: the names of those that the shop has.
    """
    reading = Reading(taxonomy, currencies, mapping, categories)
    reading.open(products, guides)
    return reading

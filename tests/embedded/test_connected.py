"""The embedded run beside a Saleor: nothing is written there that nobody asked for."""

from __future__ import annotations

from pathlib import Path

from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.server import TOKEN
from tests.shops import start_shop


def test_the_sample_is_never_imported_into_a_connected_saleor(tmp_path: Path) -> None:
    with FakeSaleor() as saleor:
        shop = start_shop(
            tmp_path / "home", environment={"SALEOR_API_URL": saleor.url, "SALEOR_TOKEN": TOKEN, "WEB_THREADS": "4"}
        )
        try:
            shop.wait_until_ready()
        finally:
            shop.interrupt()

        assert "the sample catalogue is not imported" in " ".join(shop.said().split())
        assert f"connected to {saleor.url}" in " ".join(shop.said().split())
        assert [seen.query for seen in saleor.seen if "mutation" in seen.query] == []
        assert saleor.shop.products.rows == {}

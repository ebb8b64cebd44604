"""`/staff/shop/`: plain editors for a shop without Saleor, in Django's admin."""

from __future__ import annotations

from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, User

from storefront.catalog.models import Category, Channel, Page, Product, Stock, Warehouse
from storefront.checkout.models import DeliveryMethod, ShopIdentity, TaxRate
from storefront.staff.editors.base import StaffSite
from storefront.staff.editors.checkout import DeliveryEditor, SellerEditor, TaxEditor
from storefront.staff.editors.pages import PageEditor
from storefront.staff.editors.people import AccountEditor
from storefront.staff.editors.products import ProductEditor
from storefront.staff.editors.shop import CategoryEditor, ChannelEditor, StockEditor, WarehouseEditor

site = StaffSite(name="admin")
site.register(Product, ProductEditor)
site.register(Stock, StockEditor)
site.register(Page, PageEditor)
site.register(Category, CategoryEditor)
site.register(Channel, ChannelEditor)
site.register(Warehouse, WarehouseEditor)
site.register(DeliveryMethod, DeliveryEditor)
site.register(TaxRate, TaxEditor)
site.register(ShopIdentity, SellerEditor)
site.register(User, AccountEditor)
site.register(Group, GroupAdmin)

"""From settings to the rules of a module."""

from zoho.config.load import Configured
from zoho.config.mapping import CustomersMapping, ProductsMapping, VendorsMapping
from zoho.modules.customers import Customers
from zoho.modules.module import Module
from zoho.modules.products import Products
from zoho.modules.vendors import Vendors


def module_of(configured: Configured, name: str) -> Module:
    """Return a module of an integration.

    Raises:
        LookupError: the integration has it not on.
    """
    modules = configured.settings.modules
    if name == Customers.name and modules.customers:
        return Customers(modules.customers, configured.mapping(name, CustomersMapping))
    if name == Vendors.name and modules.vendors:
        return Vendors(modules.vendors, configured.mapping(name, VendorsMapping))
    if name == Products.name and modules.products:
        return Products(modules.products, configured.mapping(name, ProductsMapping))
    raise LookupError(f"integration {configured.name} has no module {name}")

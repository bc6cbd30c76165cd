"""From settings to the rules of a module."""

from zoho.config.load import MAPPINGS, Configured
from zoho.config.mapping import CustomersMapping, ProductsMapping, VendorsMapping
from zoho.core.transforms.base import Surroundings
from zoho.modules.customers import Customers
from zoho.modules.module import Module
from zoho.modules.products import Products
from zoho.modules.references import References
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.modules.transactions import Transactions
from zoho.modules.vendors import Vendors

NOTHING_KNOWN = Surroundings()


def module_of(
    configured: Configured,
    name: str,
    around: Surroundings = NOTHING_KNOWN,
    references: References | None = None,
) -> Module:
    """Return a module of an integration.

    Args:
        configured: the integration.
        name: of the module.
        around: what its transforms must know of the two organizations; see ``Module.needs``.
        references: what finds the records that transactions refer to; a module that only tells of itself needs none.

    Raises:
        LookupError: the integration has it not on.
    """
    modules, product = configured.settings.modules, configured.settings.sales.product
    if name == Customers.name and modules.customers:
        return Customers(modules.customers, configured.mapping(name, CustomersMapping), around, product)
    if name == Vendors.name and modules.vendors:
        return Vendors(modules.vendors, configured.mapping(name, VendorsMapping), around, product)
    if name == Products.name and modules.products:
        mapping = configured.mapping(name, ProductsMapping)
        kinds = (getattr(modules, kind) for kind in TRANSACTION_KINDS)
        text_products = [kind.text_product for kind in kinds if kind is not None]
        return Products(modules.products, mapping, around, product, text_products)
    settings = getattr(modules, name) if name in TRANSACTION_KINDS else None
    if settings is not None:
        of_kind = configured.mapping(name, MAPPINGS[name])
        return Transactions(TRANSACTION_KINDS[name], settings, of_kind, around, references)
    raise LookupError(f"integration {configured.name} has no module {name}")

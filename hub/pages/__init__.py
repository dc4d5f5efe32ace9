"""The pages of the hub: server-rendered, in two languages, for people at a bench, in an office, or at a donor's.

`routers` is what the application includes; `error_page` is what it shows when something is refused. How to add a page
stands in `README.md` beside this file.
"""

from fastapi import APIRouter

from hub.pages import (
    account_pages,
    assets,
    bench_pages,
    certificate_pages,
    device_pages,
    grade_pages,
    help_page,
    home,
    import_pages,
    lot_pages,
    override_pages,
    people_pages,
    pre_approval_pages,
    queue_pages,
    sign_in,
    station_pages,
    verify_pages,
    welcome_pages,
)
from hub.pages.errors import error_page

__all__ = ["error_page", "routers"]

routers: tuple[APIRouter, ...] = (
    assets.router,
    sign_in.router,
    home.router,
    import_pages.router,
    lot_pages.router,
    device_pages.router,
    override_pages.router,
    grade_pages.router,
    queue_pages.router,
    station_pages.router,
    bench_pages.router,
    pre_approval_pages.router,
    people_pages.router,
    account_pages.router,
    welcome_pages.router,
    certificate_pages.router,
    verify_pages.router,
    help_page.router,
)

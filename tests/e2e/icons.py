"""Draw the icons of the installed page from web/public/icon.svg:  python -m tests.e2e.icons"""

import shutil
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.conftest import ROOT

from .conftest import CHROMIUM_FLAGS

PUBLIC = ROOT / "web" / "public"
SHOWN = {"192.png": (192, 1.0), "512.png": (512, 1.0), "maskable-512.png": (512, 0.8)}
"""Pixels a side, and the share of them that the drawing fills; systems cut the edge off a maskable icon."""
GROUND = "#0b5f63"


def main() -> None:
    """Write them to web/public/icons."""
    drawing = (PUBLIC / "icon.svg").read_text()
    (PUBLIC / "icons").mkdir(exist_ok=True)
    with sync_playwright() as driver:
        executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        for name, (side, share) in SHOWN.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            ground = GROUND if share < 1 else "transparent"
            page.set_content(
                f"<style>body{{margin:0;background:{ground};display:grid;place-items:center;height:{side}px}}"
                f"svg{{width:{side * share}px}}</style>{drawing}"
            )
            shown = Image.open(BytesIO(page.screenshot(omit_background=True)))
            # Two colours and their shades at the edges: a palette holds them all.
            shown.quantize(64, Image.Quantize.FASTOCTREE).save(PUBLIC / "icons" / name, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

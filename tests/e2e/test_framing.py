"""The square in review is moved and zoomed by finger, mouse, wheel and keys, and what is sent follows it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, expect

from .quarters import SHOWN, are_shown, save_quarters
from .test_check import choose, open_page, read

SMALLEST = {"width": 320, "height": 640}
SIZE = (900, 600)
WHOLE = [150, 0, 750, 600]


@pytest.fixture
def page(browser: Browser, server: str, tmp_path: Path) -> Iterator[Page]:
    """The review of a photo of 900 x 600 pixels, on the smallest phone."""
    photo = tmp_path / "mole.png"
    Image.radial_gradient("L").resize(SIZE).convert("RGB").save(photo)
    page = open_page(browser, server, has_touch=True)
    page.set_viewport_size(SMALLEST)
    choose(page, photo)
    yield page
    page.context.close()


def box_of(page: Page) -> list[int]:
    box: list[int] = json.loads(read(page, "review-picture", "data-box"))
    return box


def expect_box(page: Page, box: list[int]) -> None:
    expect(page.get_by_test_id("review-picture")).to_have_attribute("data-box", json.dumps(box, separators=(",", ":")))


def expect_box_where(page: Page, holds: Callable[[int, int, int, int], bool]) -> None:
    # The screen is drawn anew with the next frame, which may take a while to come.
    for _ in range(50):
        if holds(*box_of(page)):
            break
        page.wait_for_timeout(100)
    assert holds(*box_of(page)), box_of(page)


def touch(fingers_of: CDPSession, page: Page, kind: str, *points: tuple[float, float]) -> None:
    """One event of fingers at places of the picture, in shares of its side. A touch lasts as long as its session."""
    area = page.get_by_test_id("review-picture").bounding_box()
    assert area is not None
    fingers = [
        {"x": area["x"] + x * area["width"], "y": area["y"] + y * area["height"], "id": number}
        for number, (x, y) in enumerate(points)
    ]
    fingers_of.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def test_two_fingers_zoom_and_one_drags(page: Page) -> None:
    hand = page.context.new_cdp_session(page)
    expect_box(page, WHOLE)
    touch(hand, page, "touchStart", (0.4, 0.5), (0.6, 0.5))
    touch(hand, page, "touchMove", (0.35, 0.5), (0.65, 0.5))
    touch(hand, page, "touchMove", (0.3, 0.5), (0.7, 0.5))
    touch(hand, page, "touchEnd")
    expect_box_where(page, lambda left, _top, right, _bottom: abs(right - left - 300) <= 4 and abs(left - 300) <= 6)
    before = box_of(page)
    touch(hand, page, "touchStart", (0.5, 0.5))
    touch(hand, page, "touchMove", (0.6, 0.4))
    touch(hand, page, "touchEnd")
    expect_box_where(page, lambda left, top, *_: abs(before[0] - left - 30) <= 4 and abs(top - before[1] - 30) <= 4)


def test_the_wheel_zooms_about_the_pointer(page: Page) -> None:
    area = page.get_by_test_id("review-picture").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 2, area["y"] + area["height"] / 2)
    page.mouse.wheel(0, -200)
    expect_box_where(page, lambda left, _top, right, _bottom: abs(left - 151) <= 4 and right - left < 420)
    _, top, _, bottom = box_of(page)
    assert abs((top + bottom) / 2 - 300) <= 4


def test_keys_alone_are_enough(page: Page) -> None:
    page.get_by_test_id("review-picture").focus()
    page.keyboard.press("ArrowRight")
    expect_box(page, [168, 0, 768, 600])
    page.keyboard.press("ArrowLeft")
    expect_box(page, WHOLE)
    page.keyboard.press("+")
    expect_box_where(page, lambda left, _top, right, _bottom: right - left == round(600 / 1.15))
    page.keyboard.press("-")
    expect_box_where(page, lambda left, _top, right, _bottom: abs(right - left - 600) <= 1)
    width = page.get_by_test_id("review-picture").evaluate("it => parseFloat(getComputedStyle(it).outlineWidth)")
    assert width >= 2
    assert "arrow keys" in read(page, "review-picture", "aria-label")


def test_nothing_is_cut_off_on_the_smallest_phone(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    page.get_by_test_id("use-photo").scroll_into_view_if_needed()
    expect(page.get_by_test_id("use-photo")).to_be_in_viewport(ratio=1)


def test_a_large_turned_photo_is_shown_upright_from_afar_and_near(
    browser: Browser, server: str, tmp_path: Path
) -> None:
    """From afar a smaller copy is drawn, near the photo itself."""
    save_quarters(tmp_path / "quarters.jpg")
    page = open_page(browser, server)
    choose(page, tmp_path / "quarters.jpg")
    expect_box(page, [500, 0, 3500, 3000])
    assert are_shown(page.evaluate(f"() => {{ {SHOWN} }}"))
    page.get_by_test_id("review-picture").focus()
    for _ in range(6):
        page.keyboard.press("+")
    expect_box_where(page, lambda left, _top, right, _bottom: right - left < 1500)
    assert are_shown(page.evaluate(f"() => {{ {SHOWN} }}"))
    page.context.close()

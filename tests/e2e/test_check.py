"""The main job in a real browser: photograph a mole or choose a photo, read probabilities that a network gave."""

import csv
import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from dermsplit_contract.bundle import HEAD_TFLITE, TAIL_KERAS, WHOLE_KERAS, Bundle, open_bundle
from dermsplit_contract.decision import name_domains
from dermsplit_contract.preprocess import Box, load_photo, to_input
from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_convert.infer import LiteHead, infer, infer_all
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import Order, convert
from dermsplit_convert.split import with_probabilities

from .conftest import LaunchBrowser, Serve

ANSWER_WITHIN_MS = 60_000
PHONE = {"width": 390, "height": 844}

DIAGNOSES = ["nv", "mel", "bkl", "bcc", "akiec", "vasc", "df"]

Model = Callable[[NDArray[np.uint8]], float]


@pytest.fixture(scope="session")
def bundle(default_bundle: Path) -> Bundle:
    return open_bundle(default_bundle)


Whole = Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]]


@pytest.fixture(scope="session")
def whole(bundle: Bundle) -> Whole:
    """All that the network says of an input before it was cut, in Keras and float32: probabilities, and domains'."""
    network = with_probabilities(load_model(bundle.path(WHOLE_KERAS)), bundle.manifest.temperature)
    return lambda array: infer_all(network, array[None])


@pytest.fixture(scope="session")
def whole_model(bundle: Bundle, whole: Whole) -> Model:
    """The malignant probability of it."""

    def probability(array: NDArray[np.uint8]) -> float:
        return float(whole(array)[0][0, bundle.manifest.malignant_indices].sum())

    return probability


@pytest.fixture(scope="session")
def split_model(bundle: Bundle) -> Model:
    """Malignant probability of an input by the bundle's LiteRT head and Keras tail."""
    head, tail = LiteHead(bundle.path(HEAD_TFLITE)), load_model(bundle.path(TAIL_KERAS))

    def probability(array: NDArray[np.uint8]) -> float:
        probabilities = infer(tail, head(array[None].astype(np.float32)))[0]
        return float(probabilities[bundle.manifest.malignant_indices].sum())

    return probability


@pytest.fixture(scope="session")
def float_server(serve: Serve, bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a server with the same network, its features sent as FP32."""
    place = tmp_path_factory.mktemp("float")
    shared = bundle.manifest.model_dump(include=set(Run.model_fields) - {"schema_version", "versions"})
    lost = {"recipe": {}, "epochs": 1, "best_epoch": 1, "seconds": 0, "versions": {}, "calibration_images": []}
    run = Run(**shared, **lost, input_size=bundle.manifest.input.size)
    (place / "run").mkdir()
    (place / "run" / RUN_FILE).write_text(run.model_dump_json())
    shutil.copy(bundle.path(WHOLE_KERAS), place / "run" / MODEL_FILE)
    convert(Order(place / "run", bundle.manifest.cut, "FP32"), lambda name: place / "bundles" / name, print)
    with serve("--bundles", str(place / "bundles")) as process:
        yield process.url


@pytest.fixture(scope="session")
def lesions(shared_data: Path, bundle: Bundle, whole: Whole) -> dict[str, Path]:
    """One real picture of each of the seven diagnoses of HAM10000, the first that the bundle takes for one."""
    folder, spec = shared_data / "ham10000", bundle.manifest.domains
    with (folder / "HAM10000_metadata.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["image_id"])
    found: dict[str, Path] = {}
    for row in rows:
        photo = folder / "images_200x150" / f"{row['image_id']}.jpg"
        if row["dx"] not in found:
            answers = whole(to_input(load_photo(photo), bundle.manifest.input.size))
            if spec is None or name_domains(spec, answers[1])[0] == "dermoscopic":
                found[row["dx"]] = photo
    return found


def open_page(browser: Browser, server: str, **options: object) -> Page:
    # What a service worker answers, a test's own routes would not see.
    given = {"viewport": PHONE, "locale": "en-GB", "service_workers": "block", **options}
    context = browser.new_context(**given)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server)
    return page


def choose(page: Page, photo: Path) -> None:
    """From the start screen to the review of a file."""
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review", timeout=ANSWER_WITHIN_MS)


def answer(page: Page) -> float:
    """Send the reviewed photo and read the malignant probability from the result."""
    page.get_by_test_id("use-photo").click()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "result", timeout=ANSWER_WITHIN_MS)
    malignant, benign = (float(read(page, name, "data-value")) for name in ("p-malignant", "p-benign"))
    assert malignant + benign == pytest.approx(1, abs=1e-5)
    return malignant


def write_camera_feed(scene: Image.Image, path: Path) -> None:
    """Write a picture of even width and height as uncompressed video, in the colours that Chromium reads it with.

    Y'CbCr by ITU-R BT.601, limited range, chroma halved both ways. From a JPEG, the fake camera shifts colours by
    several levels.
    """
    red, green, blue = np.moveaxis(np.asarray(scene, dtype=np.float64), -1, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [16 + luma * 219 / 255]
    for difference in ((blue - luma) / 1.772, (red - luma) / 1.402):
        halved = difference.reshape(scene.height // 2, 2, scene.width // 2, 2).mean(axis=(1, 3))
        planes.append(128 + halved * 224 / 255)
    frame = b"FRAME\n" + b"".join(plane.round().clip(0, 255).astype(np.uint8).tobytes() for plane in planes)
    path.write_bytes(f"YUV4MPEG2 W{scene.width} H{scene.height} F10:1 Ip A1:1 C420\n".encode() + frame * 2)


def read(page: Page, test_id: str, attribute: str) -> str:
    value = page.get_by_test_id(test_id).get_attribute(attribute)
    assert value is not None
    return value


def plain_body(request: Request) -> bytes:
    """The body before its content encoding."""
    body = request.post_data_buffer
    assert body is not None
    return gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body


@pytest.mark.parametrize("diagnosis", DIAGNOSES)
def test_a_chosen_photo_gets_pythons_probability(
    browser: Browser,
    server: str,
    bundle: Bundle,
    split_model: Model,
    whole_model: Model,
    lesions: dict[str, Path],
    diagnosis: str,
) -> None:
    """The bundle that ships writes features as whole numbers: head and tail in Python are its equal in the browser."""
    page = open_page(browser, server)
    choose(page, lesions[diagnosis])
    malignant = answer(page)
    array = to_input(load_photo(lesions[diagnosis]), bundle.manifest.input.size)
    split, whole = split_model(array), whole_model(array)
    print(f"{diagnosis}: page {malignant:.4f}, head and tail in Python {split:.4f}, whole model {whole:.4f}")
    assert malignant == pytest.approx(split, abs=0.002)
    assert malignant == pytest.approx(whole, abs=0.02)
    threshold = bundle.manifest.operating_points[0].threshold_in("dermoscopic")
    assert read(page, "answer", "data-decision") == ("suspicious" if malignant >= threshold else "not_suspicious")


def test_with_float_features_a_chosen_photo_gets_the_whole_models_probability(
    browser: Browser, float_server: str, bundle: Bundle, whole_model: Model, lesions: dict[str, Path]
) -> None:
    for diagnosis, photo in lesions.items():
        page = open_page(browser, float_server)
        choose(page, photo)
        malignant = answer(page)
        whole = whole_model(to_input(load_photo(photo), bundle.manifest.input.size))
        print(f"{diagnosis}: page {malignant:.5f}, whole model {whole:.5f}")
        assert malignant == pytest.approx(whole, abs=0.002)
        page.context.close()


def test_the_camera_gives_the_whole_models_probability(
    launch: LaunchBrowser, server: str, bundle: Bundle, whole_model: Model, lesions: dict[str, Path], tmp_path: Path
) -> None:
    # As near as the page asks for: its square is four tenths of the frame's height. Round it the picture goes on.
    lesion = np.asarray(load_photo(lesions["mel"]).resize((320, 240), Image.Resampling.BICUBIC))
    scene = Image.fromarray(np.pad(lesion, ((240, 240), (320, 320), (0, 0)), mode="symmetric"))
    feed = tmp_path / "camera.y4m"
    write_camera_feed(scene, feed)
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with launch(*flags, f"--use-file-for-fake-video-capture={feed}") as browser:
        page = open_page(browser, server)
        page.get_by_test_id("check-button").click()
        page.get_by_test_id("shutter").click(timeout=ANSWER_WITHIN_MS)
        expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review")
        box: Box = tuple(json.loads(read(page, "review-picture", "data-box")))
        frame = tuple(json.loads(read(page, "review-picture", "data-photo")))
        malignant = answer(page)
    assert frame == scene.size
    whole = whole_model(to_input(scene, bundle.manifest.input.size, box))
    print(f"camera {frame}, square {box}: page {malignant:.4f}, whole model {whole:.4f}")
    assert malignant == pytest.approx(whole, abs=0.02)


def test_only_features_leave_the_browser(
    browser: Browser, server: str, bundle: Bundle, lesions: dict[str, Path]
) -> None:
    page = open_page(browser, server)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    choose(page, lesions["nv"])
    answer(page)
    assert all(request.url.startswith((server, "blob:", "data:")) for request in sent)
    posts = [request for request in sent if request.method != "GET"]
    assert len(posts) == 1
    body = posts[0].post_data_buffer
    assert body is not None
    assert int(read(page, "bytes-sent", "data-value")) == len(body)
    features = bundle.manifest.features
    header = int(posts[0].headers["inference-header-content-length"])
    plain = plain_body(posts[0])
    assert len(plain) == header + features.item_bytes
    described = json.loads(plain[:header])["inputs"]
    assert [(item["name"], item["shape"]) for item in described] == [(features.name, [1, *features.shape])]
    print(f"bytes on the wire: {len(body)}, which are {header} of JSON + {features.item_bytes} of features")


def test_features_of_few_levels_cross_compressed(browser: Browser, server: str, tmp_path: Path) -> None:
    """A photo of one grey compresses with any bundle; the server inflates it and answers."""
    photo = tmp_path / "grey.png"
    Image.new("RGB", (300, 300), (120, 120, 120)).save(photo)
    page = open_page(browser, server)
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "result", timeout=ANSWER_WITHIN_MS)
    # One grey is no lesion, and so there is no probability to read.
    assert read(page, "answer", "data-decision") == "cannot_tell"
    body = posts[0].post_data_buffer
    assert body is not None
    assert posts[0].headers["content-encoding"] == "gzip"
    assert len(body) < len(plain_body(posts[0]))
    assert int(read(page, "bytes-sent", "data-value")) == len(body)


def test_the_page_speaks_korean(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport=PHONE, locale="ko-KR")
    page = context.new_page()
    page.goto(server)
    expect(page.get_by_text("사진은 이 휴대폰을 떠나지 않습니다.", exact=False).first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "ko"

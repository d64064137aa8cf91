"""What the seller brings, made safe for pages: descriptions as HTML, pictures of local folders as photos."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree
from markupsafe import Markup, escape

# Removed with their text.
SILENT = frozenset(
    "applet audio base button canvas embed form head iframe input link math meta noembed noframes noscript"
    " object option script select style svg template textarea title video".split()
)
# Elements of structure. All others are removed, and their text stays.
PLAIN = frozenset(
    "b blockquote br code dd del div dl dt em hr i ins li ol p pre s small strong sub sup table tbody td th"
    " thead tr u ul".split()
)
# Headings move below those of the page.
KEPT = {tag: tag for tag in PLAIN} | {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}
VOID = frozenset({"br", "hr"})
CONTROLS = dict.fromkeys({*range(0x20), 0x7F} - {ord(sign) for sign in "\t\n\r"})
# What browsers show as a picture and nothing else; SVG is left out because it may hold scripts.
IMAGE_TYPES = {f".{kind}": f"image/{kind}" for kind in ("avif", "gif", "jpeg", "png", "webp")}
IMAGE_TYPES[".jpg"] = "image/jpeg"
# Separators of any system, the colon of Windows' drives and streams, and NUL, which no system allows.
SIGNS_OF_PATHS = frozenset("/\\:\0")


def safe_html(html: str) -> Markup:
    """Return a description as harmless HTML: no script, no link, no style, no picture.

    The text is rebuilt from a short list of elements without attributes instead of being put into a sandboxed
    frame, which without script has a fixed height and neither the page's fonts nor its colours at night.
    """
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    # Half of a surrogate pair, which JSON may bring, becomes a question mark.
    root = etree.fromstring(html.translate(CONTROLS).encode(errors="replace"), parser) if html else None
    if root is None:
        return Markup()
    parts: list[Markup] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = str(element.tag)
        kept = KEPT.get(tag)
        if event == "end":
            if kept and tag not in VOID:
                parts.append(Markup("</{}>").format(kept))
            parts.append(escape(element.tail or ""))
        elif tag in SILENT:
            walk.skip_subtree()
        else:
            if kept:
                parts.append(Markup("<{}>").format(kept))
            parts.append(escape(element.text or ""))
    text = Markup().join(parts).strip()
    if text and "<" not in text:
        # Typed as plain text: its line ends count.
        return Markup('<p class="plain">{}</p>').format(text)
    return text


def name_of(source: str) -> str:
    """Return the last part of a photo's address as a file would be called, "" where there is none."""
    try:
        return PurePosixPath(unquote(urlsplit(source).path)).name
    except ValueError:
        # The address comes from an import file, and may be none, such as `http://[`.
        return ""


class PhotoFolders:
    """Folders whose pictures are served by name; of equal names the first folder's picture."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = [folder.resolve() for folder in folders]

    def find(self, name: str) -> Path | None:
        """Return the picture of this name; a path, or a link to outside the folder, counts as missing."""
        if SIGNS_OF_PATHS & set(name) or PurePosixPath(name).suffix.lower() not in IMAGE_TYPES:
            return None
        for folder in self._folders:
            try:
                path = (folder / name).resolve(strict=True)
            except OSError:
                continue
            if path.parent == folder and path.is_file():
                return path
        return None

"""What happens to the photos of a good, file by file.

Photos go to Prom as one list, but people think in files: this one is new, that one has another content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from torgsync.core.product.fields import Photo


@dataclass(frozen=True, slots=True)
class PhotoMoves:
    """What becomes of a good's photos, by file name, each in the order in which buyers see them.

    `changed` have another content under the same name, `renamed` the same under another one (old name, new
    name). `reordered` have another position than before.
    """

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    reordered: tuple[str, ...] = ()


def photo_moves(old: Sequence[Photo], new: Sequence[Photo]) -> PhotoMoves:
    """Return what becomes of a good's photos.

    A photo is the same by its content, where that is not known by its address.
    """
    names = [Counter(file_name(photo.url) for photo in photos) for photos in (old, new)]
    taken = {name for counts in names for name, count in counts.items() if count > 1}
    before, after = _contents(old, taken), _contents(new, taken)
    if Counter(before.values()) == Counter(after.values()):
        places = zip(before.items(), after.items(), strict=True)
        return PhotoMoves(reordered=tuple(here[0] for there, here in places if there[1] != here[1]))
    gone = {content: name for name, content in before.items() if name not in after}
    renamed = {
        name: gone.pop(content) for name, content in after.items() if name not in before and content in gone
    }
    stay = [name for name in after if name in before]
    stood = [name for name in before if name in after]
    return PhotoMoves(
        changed=tuple(name for name in stay if before[name] != after[name]),
        added=tuple(name for name in after if name not in before and name not in renamed),
        removed=tuple(name for name in before if name not in after and name not in renamed.values()),
        renamed=tuple((past, name) for name, past in renamed.items()),
        reordered=tuple(here for there, here in zip(stood, stay, strict=True) if there != here),
    )


def _contents(photos: Iterable[Photo], taken: Collection[str]) -> dict[str, str]:
    """Return the contents of photos keyed by file name, or by address where the name is taken twice."""
    return {
        photo.url if (name := file_name(photo.url)) in taken else name: photo.digest or photo.url
        for photo in photos
    }


def file_name(url: str) -> str:
    """Return the name of a photo's file in the folder."""
    return unquote(url.rstrip("/").rsplit("/", 1)[-1])

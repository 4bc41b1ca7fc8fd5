"""Pictures are made anew from their pixels: what else was in the file (places, names, programs) is not kept."""

import io
from dataclasses import dataclass
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from connector.content.errors import RefusedFileError
from connector.content.sniffing import GIF, JPEG, PNG, WEBP, FileType
from connector.web.i18n import gettext as _

MOST_PIXELS = 50_000_000
"""How many pixels a picture may have, all its frames together: what the cameras of phones make."""
LONGEST_EDGE = 2560
"""In pixels; larger ones are made smaller."""
_MOST_FRAMES = 300
_QUALITY = 85
_FORMATS = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", WEBP: "WEBP"}

# Pillow asks before it decodes, but only warns up to twice of it; we ask ourselves besides.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made anew."""

    content: bytes
    width: int
    height: int


def remake(file: IO[bytes], file_type: FileType) -> Picture:
    """Return a picture as it looks, in the same format, upright and of a bounded size.

    Animations stay animations where they are within the limits; else their first frame is kept.

    Args:
        file: Stands anywhere afterwards.
        file_type: One of the pictures.

    Raises:
        RefusedFileError: It is damaged, or has more pixels than are taken.
    """
    file.seek(0)
    try:
        with Image.open(file, formats=[_FORMATS[file_type]]) as image:
            _check_pixels(image)
            return _animation(image, file_type) if _is_animated(image) else _still(image, file_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except RefusedFileError:
        raise
    except Exception as error:  # each format's reader lets its own errors out: OSError, SyntaxError, struct.error, …
        raise RefusedFileError(_("This picture is damaged or not whole.")) from error


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()


def _is_animated(image: Image.Image) -> bool:
    frames = getattr(image, "n_frames", 1) if image.format in {"GIF", "WEBP"} else 1
    is_small = max(image.size) <= LONGEST_EDGE and frames * image.width * image.height <= MOST_PIXELS
    return 1 < frames <= _MOST_FRAMES and is_small


def _still(image: Image.Image, file_type: FileType) -> Picture:
    image.draft(None, (LONGEST_EDGE, LONGEST_EDGE))  # JPEG alone: decodes no more than is needed
    image.seek(0)
    image.load()
    picture = _in_common_colours(image)
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    picture = ImageOps.exif_transpose(picture)
    if file_type is JPEG and picture.mode not in {"RGB", "L"}:
        picture = picture.convert("RGB")
    return _save([picture], file_type)


def _in_common_colours(image: Image.Image) -> Image.Image:
    """Return a picture in sRGB: its own profile is not kept, and without it the colours would be others."""
    if not (profile := image.info.get("icc_profile")) or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image.copy()
    try:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image.copy()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.copy()


def _animation(image: Image.Image, file_type: FileType) -> Picture:
    frames: list[Image.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(image):
        frames.append(frame.copy())
        durations.append(int(frame.info.get("duration", 100)))
    return _save(frames, file_type, duration=durations, loop=int(image.info.get("loop", 0)))


def _save(frames: list[Image.Image], file_type: FileType, **timing: object) -> Picture:
    for frame in frames:
        kept: dict[str | tuple[int, int], Any] = {
            name: frame.info[name] for name in ("transparency", "background") if name in frame.info
        }
        frame.info = dict(kept) if file_type in {GIF, PNG} else {}
    out = io.BytesIO()
    first, *rest = frames
    more = {"save_all": True, "append_images": rest, **timing} if rest else {}
    quality = {"quality": _QUALITY} if file_type in {JPEG, WEBP} else {}
    first.save(out, _FORMATS[file_type], **quality, **more)
    return Picture(out.getvalue(), first.width, first.height)


def _too_many_pixels() -> RefusedFileError:
    return RefusedFileError(_("This picture has too many pixels. Make it smaller, and send that."))

"""Chinese, Japanese and Korean text in plots: matplotlib gets a font that has it, whatever the code asks for.

Runs inside the sandbox. Nothing is loaded before the code itself loads matplotlib.
"""

import dataclasses
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

NO_FONT = (
    "[No font here has Chinese, Japanese or Korean characters, so the figure shows boxes in their place: "
    "install one on this machine (Debian, Ubuntu: fonts-noto-cjk; Fedora: google-noto-sans-cjk-fonts).]"
)
SUFFIXES = (".ttf", ".otf", ".ttc")
# The best come first: simplified Chinese, sans serif. Code that a model wrote asks for these names without
# knowing what is installed.
FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",  # matplotlib before 3.11 knows a collection by its first font, which is this one
    "Noto Sans CJK TC",
    "Noto Sans CJK KR",
    "Hiragino Sans GB",
    "Heiti SC",
    "Heiti TC",
    "STHeiti",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Songti SC",
    "STSong",
    "SimSun",
    "NSimSun",
    "KaiTi",
    "FangSong",
)
_SIGN = 0x6C49  # 汉, as it is written since 1956
_UNASSIGNED = 0x0378  # only a font of placeholders, such as matplotlib's own "last resort", has it
_SMALLEST_BYTES = 500_000  # a font with thousands of characters is no smaller
_MISSING = re.compile(r"Glyph (\d+) \(.*\) missing from ")
_CURRENCY_SIGN = 0xA4  # matplotlib's own for what formulas lack
_RANGES = (
    (0x2E80, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)

BeforeEachCell = Callable[[Callable[[], None]], object]


def give_fonts(paths: Sequence[str], before_each_cell: BeforeEachCell) -> None:
    """Once matplotlib gets loaded, give it the font.

    Args:
        paths: Font files that it does not find by itself.
        before_each_cell: Takes a function to be called then.
    """
    text = _PlotText(paths, before_each_cell)
    sys.meta_path.insert(
        0,
        _AfterImport(
            {"matplotlib.font_manager": text.mend_fonts, "matplotlib._mathtext": text.mend_formulas}
        ),
    )


class _AfterImport(MetaPathFinder):
    """Calls a function with each of some modules when it has just been loaded."""

    def __init__(self, calls: Mapping[str, Callable[[Any], None]]) -> None:
        self._calls = calls

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if name not in self._calls:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_call(module: Any) -> None:
            load(module)
            self._calls[name](module)

        spec.loader.exec_module = load_and_call  # type: ignore[method-assign]
        return spec


class _PlotText:
    """What matplotlib does with characters that its own fonts lack.

    Its font manager has no public way to append to every choice of fonts; a setting (`font.family`) is lost
    with each style.
    """

    def __init__(self, paths: Sequence[str], before_each_cell: BeforeEachCell) -> None:
        self._paths = paths
        self._fonts: Any = None
        self._family: str | None = None
        self._said: set[str] = set()
        before_each_cell(self._said.clear)

    def mend_fonts(self, fonts: Any) -> None:
        """Of the module of fonts: append to each choice, or prepare the sentence that there is no font."""
        self._fonts = fonts
        # For a font that is not there, matplotlib says so with each text of the figure.
        logging.getLogger(fonts.__name__).addFilter(lambda record: self._is_new(record.getMessage()))
        for path in self._paths:
            with suppress(OSError, RuntimeError):  # no font after all
                fonts.fontManager.addfont(path)
        self._family = _choose(fonts.fontManager.ttflist)
        default = fonts.fontManager.defaultFamily["ttf"]
        fonts.fontManager.ttflist += list(_stand_ins(fonts, self._family or default))
        if self._family is None:
            self._replace_warnings()
            return
        find = fonts.FontManager._find_fonts_by_props

        def find_and_append(
            manager: Any, prop: Any, fontext: str = "ttf", *rest: Any, **named: Any
        ) -> list[Any]:
            found: list[Any] = find(manager, prop, fontext, *rest, **named)
            if fontext == "ttf":
                # Not every Chinese font has a minus sign.
                last = (self._path(prop), self._path(prop, default))
                found += [path for path in last if path not in found]
            return found

        fonts.FontManager._find_fonts_by_props = find_and_append

    def mend_formulas(self, mathtext: Any) -> None:
        """Of the module that draws every text with a formula in it: there, fonts have no successors."""
        get = mathtext.UnicodeFonts._get_glyph

        def get_or_substitute(fonts: Any, name: str, kind: str, sign: str) -> Any:
            if len(sign) != 1 or not _is_cjk(ord(sign)):
                return get(fonts, name, kind, sign)
            if self._family is not None:
                return self._fonts.get_font(self._path(fonts.default_font_prop)), ord(sign), False
            self._say()
            return fonts._get_font("rm"), _CURRENCY_SIGN, False

        mathtext.UnicodeFonts._get_glyph = get_or_substitute

    def _path(self, prop: Any, family: str | None = None) -> Any:
        wanted = self._fonts.FontProperties._from_any(prop).copy()
        wanted.set_family(family or self._family)
        return self._fonts.fontManager.findfont(wanted)

    def _replace_warnings(self) -> None:
        """One sentence in place of matplotlib's warnings, of which there is one for each character."""
        show = warnings.showwarning

        def show_or_say(message: Warning | str, *rest: Any, **named: Any) -> None:
            found = _MISSING.match(str(message))
            if found and _is_cjk(int(found[1])):
                self._say()
            else:
                show(message, *rest, **named)

        warnings.filterwarnings("always", _MISSING.pattern)
        warnings.showwarning = show_or_say

    def _say(self) -> None:
        if self._is_new(NO_FONT):
            print(NO_FONT, file=sys.stderr)

    def _is_new(self, text: str) -> bool:
        """Whether it was not said in this cell; from now on it was."""
        is_new = text not in self._said
        self._said.add(text)
        return is_new


def _is_cjk(code: int) -> bool:
    return any(first <= code <= last for first, last in _RANGES)


def _choose(entries: Sequence[Any]) -> str | None:
    """The best family that has Chinese characters."""
    ranks = {name: rank for rank, name in enumerate(FAMILIES)}
    for entry in sorted(entries, key=lambda entry: ranks.get(entry.name, len(ranks))):
        if _has_chinese(entry.fname):
            return str(entry.name)
    return None


def _has_chinese(path: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        if os.path.getsize(path) < _SMALLEST_BYTES:
            return False
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return False
    return font.get_char_index(_SIGN) != 0 and font.get_char_index(_UNASSIGNED) == 0


def _stand_ins(fonts: Any, family: str) -> Iterator[Any]:
    """The family under each name that is not installed, and in every weight: else there are warnings."""
    entries = fonts.fontManager.ttflist
    missing = {family, *FAMILIES} - ({entry.name for entry in entries} - {family})
    own = [entry for entry in entries if entry.name == family]
    upright = [entry for entry in own if entry.style == entry.stretch == "normal"] or own
    for weight in range(100, 1000, 100):
        nearest = min(upright, key=lambda font: abs(fonts.weight_dict.get(font.weight, font.weight) - weight))
        for name in missing:
            yield dataclasses.replace(nearest, name=name, weight=weight)

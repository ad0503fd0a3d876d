"""Every file operation of a piece of code, recorded as it really happens, and what a disk may hold after any of them.

The model is what POSIX promises and no more: data last once their file was fsynced, names once their
folder was. What was not may be there or not, in any order, in part, or as zeros.
"""

from __future__ import annotations

import builtins
import io
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Operation = tuple[Any, ...]
Image = dict[str, bytes | None]  # by path below the root; None for a folder


class Node:
    """A file or folder: what it holds, and what of that has been fsynced."""

    def __init__(self, folder: bool) -> None:
        self.folder = folder
        self.data, self.safe_data = b"", b""
        self.names: dict[str, Node] = {}
        self.safe_names: dict[str, Node] = {}

    def sync(self) -> None:
        self.safe_data, self.safe_names = self.data, dict(self.names)


class Disk:
    """What operations make of a tree that was there, safe, before them."""

    def __init__(self, tree: Image) -> None:
        self.root = Node(folder=True)
        self.open: dict[int, Node] = {}
        for path, data in tree.items():
            node = Node(folder=data is None)
            node.data = data or b""
            self._parent(path).names[Path(path).name] = node
        for node in self._all(self.root):
            node.sync()

    def _all(self, node: Node) -> Iterator[Node]:
        yield node
        for inside in node.names.values():
            yield from self._all(inside)

    def _at(self, path: str) -> Node:
        node = self.root
        for name in Path(path).parts:
            node = node.names[name]
        return node

    def _parent(self, path: str) -> Node:
        return self._at(str(Path(path).parent))

    def apply(self, operation: Operation, share: float = 1.0) -> None:
        """Do an operation; of a write, a share of it."""
        match operation:
            case ("mkdir", path):
                self._parent(path).names[Path(path).name] = Node(folder=True)
            case ("open", path, handle, truncated):
                node = self._parent(path).names.setdefault(Path(path).name, Node(folder=False))
                self.open[handle] = node
                if truncated:
                    node.data = b""
            case ("write", handle, offset, data):
                node, data = self.open[handle], data[: int(len(data) * share)]
                node.data = (
                    node.data[:offset].ljust(offset, b"\0") + data + node.data[offset + len(data) :]
                )
            case ("truncate", handle, size):
                self.open[handle].data = self.open[handle].data[:size].ljust(size, b"\0")
            case ("fsync", handle):
                self.open[handle].sync()
            case ("fsync folder", path):
                self._at(path).sync()
            case ("rename", old, new):
                self._parent(new).names[Path(new).name] = self._parent(old).names.pop(
                    Path(old).name
                )
            case ("replace", path, data):  # whole and safe, as SQLite commits
                node = self._parent(path).names[Path(path).name] = Node(folder=False)
                node.data = data
                node.sync()
                self._parent(path).safe_names[Path(path).name] = node
            case ("unlink", path):
                del self._parent(path).names[Path(path).name]
            case _:
                raise AssertionError(operation)

    def image(
        self, names: Callable[[Node], dict[str, Node]], data: Callable[[Node], bytes]
    ) -> Image:
        """The tree, with these names in each folder and these data in each file."""
        found: Image = {}

        def walk(node: Node, prefix: str) -> None:
            for name, inside in sorted(names(node).items()):
                found[prefix + name] = None if inside.folder else data(inside)
                if inside.folder:
                    walk(inside, f"{prefix}{name}/")

        walk(self.root, "")
        return found

    def kept(self) -> Image:
        """Everything was written."""
        return self.image(lambda node: node.names, lambda node: node.data)

    def after_power_loss(self, chance: random.Random) -> Iterator[Image]:
        """Nothing that was not fsynced was written; names alone were; sizes alone; any part of it all."""
        zeros = lambda node: node.safe_data[: len(node.data)].ljust(len(node.data), b"\0")  # noqa: E731
        yield self.image(lambda node: node.safe_names, lambda node: node.safe_data)
        yield self.image(lambda node: node.names, lambda node: node.safe_data)
        yield self.image(lambda node: node.names, zeros)

        def some(node: Node) -> dict[str, Node]:
            found = {}
            for name in node.safe_names.keys() | node.names.keys():
                choice = chance.choice((node.safe_names, node.names)).get(name)
                if choice:
                    found[name] = choice
            return found

        def torn(node: Node) -> bytes:
            return chance.choice(
                (node.data, node.safe_data, zeros(node), node.data[: len(node.data) // 2])
            )

        yield self.image(
            some, lambda node: node.data if node.data == node.safe_data else torn(node)
        )


def tree(root: Path) -> Image:
    """What lies below a folder."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
    }


def put(image: Image, root: Path) -> None:
    """Make a folder what an image says."""
    root.mkdir()
    for path, data in image.items():
        if data is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(data)


@contextmanager
def recorded(root: Path) -> Iterator[list[Operation]]:
    """The operations below a folder that this process does in the context."""
    operations: list[Operation] = []
    handles: dict[int, int] = {}  # by inode
    real_open, real = io.open, {name: getattr(os, name) for name in ("open", "fsync", "mkdir")}

    def below(path: Any) -> str | None:
        inside = not isinstance(path, int) and root in (absolute := Path(path).absolute()).parents
        return str(absolute.relative_to(root)) if inside else None

    def opened(path: str, file: int, there: bool, truncated: bool) -> int:
        inode = os.fstat(file).st_ino
        if not there or inode not in handles:
            handles[inode] = len(operations)
        if not there or truncated or handles[inode] == len(operations):
            operations.append(("open", path, handles[inode], truncated))
        return handles[inode]

    class Recorded(io.FileIO):
        def __init__(self, path: Any, mode: str) -> None:
            there = Path(path).exists()
            super().__init__(path, mode)
            self.handle = opened(below(path) or "", self.fileno(), there, "w" in mode)

        def write(self, data: Any) -> int:
            at = os.fstat(self.fileno()).st_size if "a" in self.mode else self.tell()
            count = super().write(data)
            operations.append(("write", self.handle, at, bytes(data)[:count]))
            return count

        def truncate(self, size: int | None = None) -> int:
            done = super().truncate(size)
            operations.append(("truncate", self.handle, done))
            return done

    def open_(
        path: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        *rest: Any,
        **options: Any,
    ) -> Any:
        if below(path) is None or not set(mode) & set("wax+"):
            return real_open(path, mode, buffering, encoding, *rest, **options)
        raw = Recorded(path, mode.replace("t", "").replace("b", ""))
        buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding)

    def os_open(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        where, there = below(path), Path(path).exists()
        file: int = real["open"](path, flags, *rest, **options)
        if where and flags & os.O_CREAT:
            opened(where, file, there, bool(flags & os.O_TRUNC))
        return file

    def fsync(file: int) -> None:
        real["fsync"](file)
        path = str(Path(f"/proc/self/fd/{file}").readlink())
        if os.path.isdir(path):
            if path == str(root) or below(path):
                operations.append(("fsync folder", below(path) or "."))
        elif below(path):
            operations.append(("fsync", handles[os.fstat(file).st_ino]))

    def on_path(kind: str, name: str) -> Callable[..., None]:
        original = getattr(os, name)

        def done(path: Any, *rest: Any, **options: Any) -> None:
            original(path, *rest, **options)
            if below(path):
                operations.append(
                    (kind, below(path), *(below(other) for other in rest if kind == "rename"))
                )

        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", open_)
        patch.setattr(builtins, "open", open_)
        patch.setattr(os, "open", os_open)
        patch.setattr(os, "fsync", fsync)
        for kind, name in (
            ("rename", "rename"),
            ("rename", "replace"),
            ("unlink", "unlink"),
            ("unlink", "remove"),
            ("mkdir", "mkdir"),
        ):
            patch.setattr(os, name, on_path(kind, name))
        yield operations

"""Record the file operations of a block of code, and derive disk states after an interruption.

The model promises only what POSIX promises: the data of a file is durable once the file is fsynced,
and its name is once its folder is. Anything else may be missing, reordered, partial, or zeros.
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
"""The name of an operation and its arguments; Disk.apply() lists them all."""
Image = dict[str, bytes | None]
"""The data of each file by its path below the root. None for a folder."""


class Node:
    """A file or folder: its current content, and its content when it was last fsynced."""

    def __init__(self, folder: bool) -> None:
        self.folder = folder
        self.data, self.durable_data = b"", b""
        self.children: dict[str, Node] = {}
        self.durable_children: dict[str, Node] = {}

    def sync(self) -> None:
        """Make the current content durable."""
        self.durable_data, self.durable_children = self.data, dict(self.children)

    def zeroed_data(self) -> bytes:
        """Return the durable data with the current size: bytes that were not written are zeros."""
        return self.durable_data[: len(self.data)].ljust(len(self.data), b"\0")


class Disk:
    """A durable file tree, and the effects of operations on it."""

    def __init__(self, tree: Image) -> None:
        self.root = Node(folder=True)
        self.open: dict[int, Node] = {}  # by handle
        for path, data in tree.items():
            node = Node(folder=data is None)
            node.data = data or b""
            self._parent(path).children[Path(path).name] = node
        for node in self._descendants(self.root):
            node.sync()

    def _descendants(self, node: Node) -> Iterator[Node]:
        yield node
        for child in node.children.values():
            yield from self._descendants(child)

    def _node(self, path: str) -> Node:
        node = self.root
        for name in Path(path).parts:
            node = node.children[name]
        return node

    def _parent(self, path: str) -> Node:
        return self._node(str(Path(path).parent))

    def apply(self, operation: Operation, share: float = 1.0) -> None:
        """Apply an operation. Of a write, only this share of the data is written."""
        match operation:
            case ("mkdir", path):
                self._parent(path).children[Path(path).name] = Node(folder=True)
            case ("open", path, handle, truncated):
                siblings = self._parent(path).children
                node = self.open[handle] = siblings.setdefault(Path(path).name, Node(folder=False))
                if truncated:
                    node.data = b""
            case ("write", handle, offset, data):
                node, data = self.open[handle], data[: int(len(data) * share)]
                before, after = node.data[:offset], node.data[offset + len(data) :]
                node.data = before.ljust(offset, b"\0") + data + after
            case ("truncate", handle, size):
                self.open[handle].data = self.open[handle].data[:size].ljust(size, b"\0")
            case ("fsync", handle):
                self.open[handle].sync()
            case ("fsync folder", path):
                self._node(path).sync()
            case ("rename", old, new):
                node = self._parent(old).children.pop(Path(old).name)
                self._parent(new).children[Path(new).name] = node
            case ("replace", path, data):  # atomic and durable, like a commit of SQLite
                node = self._parent(path).children[Path(path).name] = Node(folder=False)
                node.data = data
                node.sync()
                self._parent(path).durable_children[Path(path).name] = node
            case ("unlink", path):
                del self._parent(path).children[Path(path).name]
            case _:
                raise AssertionError(operation)

    def image(
        self, children: Callable[[Node], dict[str, Node]], data: Callable[[Node], bytes]
    ) -> Image:
        """Return the tree with these children of each folder and this data of each file."""
        image: Image = {}

        def walk(node: Node, prefix: str) -> None:
            for name, child in sorted(children(node).items()):
                image[prefix + name] = None if child.folder else data(child)
                if child.folder:
                    walk(child, f"{prefix}{name}/")

        walk(self.root, "")
        return image

    def after_kill(self) -> Image:
        """Return the tree after the process was killed: every operation took effect."""
        return self.image(lambda node: node.children, lambda node: node.data)

    def after_power_loss(self, rng: random.Random) -> Iterator[Image]:
        """Yield possible trees after a power loss.

        Without fsync, these can still be durable: nothing; only names; names and file sizes; a
        random part of everything.
        """
        yield self.image(lambda node: node.durable_children, lambda node: node.durable_data)
        yield self.image(lambda node: node.children, lambda node: node.durable_data)
        yield self.image(lambda node: node.children, Node.zeroed_data)

        def random_children(node: Node) -> dict[str, Node]:
            children = {}
            for name in node.durable_children.keys() | node.children.keys():
                child = rng.choice((node.durable_children, node.children)).get(name)
                if child:
                    children[name] = child
            return children

        def random_data(node: Node) -> bytes:
            if node.data == node.durable_data:
                return node.data
            half = node.data[: len(node.data) // 2]
            return rng.choice((node.data, node.durable_data, node.zeroed_data(), half))

        yield self.image(random_children, random_data)


def read_tree(root: Path) -> Image:
    """Return the content of a folder."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
    }


def write_tree(image: Image, root: Path) -> None:
    """Create a folder with this content."""
    root.mkdir()
    for path, data in image.items():
        if data is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(data)


class _Recorder:
    """Replacements for file functions that also record operations below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.operations: list[Operation] = []
        self._handles: dict[int, int] = {}  # by inode
        self._io_open, self._os_open, self._os_fsync = io.open, os.open, os.fsync

    def relative(self, path: Any) -> str | None:
        """Return a path relative to the root; None if it is a descriptor or not below the root."""
        if isinstance(path, int) or self.root not in (absolute := Path(path).absolute()).parents:
            return None
        return str(absolute.relative_to(self.root))

    def record_open(self, path: str, file: int, existed: bool, truncated: bool) -> int:
        """Record that a file was opened, and return its handle."""
        inode = os.fstat(file).st_ino
        if not existed or inode not in self._handles:
            self._handles[inode] = len(self.operations)
        handle = self._handles[inode]
        if not existed or truncated or handle == len(self.operations):
            self.operations.append(("open", path, handle, truncated))
        return handle

    def open(
        self,
        path: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        *rest: Any,
        **options: Any,
    ) -> Any:
        """Replace io.open() and the built-in open()."""
        if self.relative(path) is None or not set(mode) & set("wax+"):
            return self._io_open(path, mode, buffering, encoding, *rest, **options)
        raw = _RecordedFile(self, path, mode.replace("t", "").replace("b", ""))
        buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding)

    def os_open(self, path: Any, flags: int, *rest: Any, **options: Any) -> int:
        """Replace os.open()."""
        relative, existed = self.relative(path), Path(path).exists()
        file = self._os_open(path, flags, *rest, **options)
        if relative and flags & os.O_CREAT:
            self.record_open(relative, file, existed, bool(flags & os.O_TRUNC))
        return file

    def os_fsync(self, file: int) -> None:
        """Replace os.fsync()."""
        self._os_fsync(file)
        path = str(Path(f"/proc/self/fd/{file}").readlink())
        if os.path.isdir(path):
            if path == str(self.root) or self.relative(path):
                self.operations.append(("fsync folder", self.relative(path) or "."))
        elif self.relative(path):
            self.operations.append(("fsync", self._handles[os.fstat(file).st_ino]))

    def recorded(self, kind: str, function: Callable[..., None]) -> Callable[..., None]:
        """Return a replacement for a function of os whose first argument is a path."""

        def call(path: Any, *rest: Any, **options: Any) -> None:
            function(path, *rest, **options)
            if relative := self.relative(path):
                others = [self.relative(other) for other in rest] if kind == "rename" else []
                self.operations.append((kind, relative, *others))

        return call


class _RecordedFile(io.FileIO):
    """An unbuffered file that records its writes."""

    def __init__(self, recorder: _Recorder, path: Any, mode: str) -> None:
        existed = Path(path).exists()
        super().__init__(path, mode)
        relative = recorder.relative(path) or ""
        self.operations = recorder.operations
        self.handle = recorder.record_open(relative, self.fileno(), existed, "w" in mode)

    def write(self, data: Any) -> int:
        offset = os.fstat(self.fileno()).st_size if "a" in self.mode else self.tell()
        count = super().write(data)
        self.operations.append(("write", self.handle, offset, bytes(data)[:count]))
        return count

    def truncate(self, size: int | None = None) -> int:
        new_size = super().truncate(size)
        self.operations.append(("truncate", self.handle, new_size))
        return new_size


@contextmanager
def record_operations(root: Path) -> Iterator[list[Operation]]:
    """Record the file operations of this process below a folder, in order."""
    recorder = _Recorder(root)
    kinds = {
        "rename": "rename",
        "replace": "rename",
        "unlink": "unlink",
        "remove": "unlink",
        "mkdir": "mkdir",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", recorder.open)
        patch.setattr(builtins, "open", recorder.open)
        patch.setattr(os, "open", recorder.os_open)
        patch.setattr(os, "fsync", recorder.os_fsync)
        for name, kind in kinds.items():
            patch.setattr(os, name, recorder.recorded(kind, getattr(os, name)))
        yield recorder.operations

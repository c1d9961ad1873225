#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write directories as one initramfs archive (newc), every file owned by root.

A Debian root has /bin, /sbin, /lib and /lib64 as links into /usr. Unpacked packages carry them as
directories, which would replace the links in the kernel's unpacking; so what lies below them is
written below /usr; --split is for a root that has no such links.
"""

import os
import stat
import sys

MERGED = ("bin", "sbin", "lib", "lib64")


class Archive:
    """An archive being written to a binary file object."""

    def __init__(self, out):
        self.out = out
        self.ino = 0
        self.links = {}

    def entry(self, name, mode, data=b"", nlink=1, ino=None, rdev=(0, 0), mtime=0):
        if ino is None:
            self.ino += 1
            ino = self.ino
        raw = name.encode(errors="surrogateescape") + b"\0"
        fields = (ino, mode, 0, 0, nlink, mtime, len(data), 0, 0, *rdev, len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields) + raw
        self.out.write(head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4))

    def file(self, name, path, merge=True):
        """Add one file system object, not what is below it."""
        st = os.lstat(path)
        if merge:
            top, _, rest = name.partition("/")
            if top in MERGED:
                if rest:
                    name = "usr/" + name
                elif not stat.S_ISLNK(st.st_mode):
                    return
        fmt = stat.S_IFMT(st.st_mode)
        if fmt == stat.S_IFREG:
            with open(path, "rb") as f:
                data = f.read()
            if st.st_nlink > 1:
                # The kernel takes the data from any one of the names; the first carries it.
                key = (st.st_dev, st.st_ino)
                known = self.links.get(key)
                if known is None:
                    self.ino += 1
                    self.links[key] = self.ino
                    self.entry(name, st.st_mode, data, st.st_nlink, self.ino)
                else:
                    self.entry(name, st.st_mode, b"", st.st_nlink, known)
            else:
                self.entry(name, st.st_mode, data)
        elif fmt == stat.S_IFLNK:
            self.entry(name, st.st_mode, os.readlink(path).encode())
        elif fmt == stat.S_IFDIR:
            self.entry(name, st.st_mode, nlink=2)
        elif fmt in (stat.S_IFCHR, stat.S_IFBLK):
            self.entry(name, st.st_mode, rdev=(os.major(st.st_rdev), os.minor(st.st_rdev)))

    def tree(self, top, merge=True):
        for at, dirs, files in os.walk(top):
            dirs.sort()
            linked = [d for d in dirs if os.path.islink(os.path.join(at, d))]
            here = os.path.relpath(at, top)
            if here != ".":
                self.file(here, at, merge)
            for name in sorted(files + linked):
                path = os.path.join(at, name)
                self.file(os.path.relpath(path, top), path, merge)

    def end(self):
        self.entry("TRAILER!!!", 0)
        self.out.write(bytes(-self.out.tell() % 512))


def pack(path, files):
    """Write an archive of files, by their name in it, and of the folders that they are in."""
    with open(path, "wb") as out:
        archive = Archive(out)
        for folder in sorted({os.path.dirname(name) for name in files if "/" in name}):
            archive.entry(folder, 0o040755, nlink=2)
        for name, source in files.items():
            archive.file(name, source)
        archive.end()
    return path


def main():
    args = sys.argv[1:]
    merge = "--split" not in args[:1]
    args = args if merge else args[1:]
    if len(args) < 2 or args[0].startswith("-"):
        print("usage: cpio.py [--split] ARCHIVE DIR...", file=sys.stderr)
        return 2
    with open(args[0] + ".part", "wb") as out:
        archive = Archive(out)
        for top in args[1:]:
            archive.tree(top, merge)
        archive.end()
    os.rename(args[0] + ".part", args[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())

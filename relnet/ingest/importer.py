"""From a path to an import on disk: sniff, read, key, check, commit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from relnet.errors import InputError, PluginError, RelnetError, UnknownFormat
from relnet.facts.coverage import Coverage
from relnet.facts.keys import key
from relnet.facts.records import KIND_CLASSES
from relnet.ingest.archive import HEAD, Archive, as_text
from relnet.ingest.reader import ArchiveReader, Progress
from relnet.ingest.writing import Keyed
from relnet.plugin import ReadOptions, Source
from relnet.store import log
from relnet.store.log import Manifest, PartImport
from relnet.store.workspace import Workspace
from relnet.text import counted

_TOLD: Final = ("interactions", "posts", "declared", "self")
SURE: Final = 0.5
"""A source must be at least this sure of an input."""


class Loaded(msgspec.Struct):
    """What became of one input."""

    path: str
    manifest: Manifest
    known: bool = False
    """The same bytes had been imported before; nothing was added."""


class LoadReport(msgspec.Struct):
    """What became of all inputs, in order."""

    loaded: list[Loaded] = []
    unknown: list[str] = []
    """Files of a folder that no source recognises."""

    @property
    def skipped(self) -> int:
        """Records left out, over all new inputs."""
        return sum(count for each in self.loaded if not each.known for count, _ in each.manifest.skips.values())


class ArchivePeek:
    """The importer's `Peek` over an open archive."""

    def __init__(self, archive: Archive) -> None:
        self.path, self.names, self.is_file = str(archive.path), archive.names, archive.is_file
        self._archive = archive
        self.head = archive.start(self.names[0], HEAD) if archive.is_file else b""

    def start(self, name: str, size: int = HEAD) -> bytes:
        return self._archive.start(name, size)


def load(
    paths: Sequence[Path],
    workspace: Workspace,
    sources: Sequence[Source],
    options: ReadOptions | None = None,
    progress: Progress | None = None,
    named: Source | None = None,
) -> LoadReport:
    """Import every path; each import is whole or absent.

    Parameters
    ----------
    paths
        Files or folders. A folder that is no export itself is searched one level down.
    sources
        The sources to choose from.
    named
        The source to use whatever the input looks like.

    Raises
    ------
    InputError
        An input cannot be read; imports before it stay.
    Cancelled
        The user cancelled; the import under way leaves nothing.
    """
    report = LoadReport()
    with workspace.importing():
        for path in paths:
            for each in _inputs(path, sources, named, report.unknown):
                report.loaded.append(_load(*each, workspace, options or ReadOptions(), progress))
        if workspace.has_judgements:
            workspace.catalog.adopt(workspace)
    return report


def _inputs(
    path: Path, sources: Sequence[Source], named: Source | None, unknown: list[str]
) -> Iterator[tuple[Path, Source]]:
    if named is not None:
        yield path, named
        return
    try:
        yield path, sniff(path, sources)
        return
    except UnknownFormat:
        if not path.is_dir():
            raise
    found = []
    for child in _below(path):
        try:
            if not child.name.startswith("."):
                found.append((child, sniff(child, sources)))
        except InputError:
            unknown.append(str(child))
    if not found:
        raise _unknown(path)
    yield from found


def _below(path: Path) -> list[Path]:
    """Return what a folder holds, or the folder that is all it holds."""
    children = sorted(path.iterdir())
    return _below(children[0]) if len(children) == 1 and children[0].is_dir() else children


def sniff(path: Path, sources: Sequence[Source]) -> Source:
    """Return the source that is surest of an input, by its content.

    Raises
    ------
    UnknownFormat
        No source is sure enough.
    """
    with Archive.open(path) as archive:
        peek = ArchivePeek(archive)
        sure, best = _surest(sources, peek)
        if sure < SURE and len(peek.names) == 1:  # a file that was packed alone is that file
            peek.is_file, peek.head = True, peek.start(peek.names[0])
            sure, best = _surest(sources, peek)
    if sure < SURE:
        raise _unknown(path)
    return best


def _surest(sources: Sequence[Source], peek: ArchivePeek) -> tuple[float, Source]:
    return max(((_surety(source, peek), source) for source in sources), key=lambda pair: pair[0])


def _surety(source: Source, peek: ArchivePeek) -> float:
    home = type(source).home
    try:
        if home is not None:
            from relnet.worker import worker

            files = {type(source).__module__: home.file} if home.file else {}
            sure = float(worker().call(_sniffed, source, peek.path, seconds=home.seconds, files=files))
            return sure if 0 <= sure <= 1 else 0.0
        return float(source.sniff(peek))
    except Exception:
        return 0.0


def _sniffed(source: Source, path: str) -> float:
    with Archive.open(Path(path)) as archive:
        return source.sniff(ArchivePeek(archive))


def _unknown(path: Path) -> UnknownFormat:
    return UnknownFormat(
        "No reader recognises this input.",
        "See `relnet plugin list --kind source` for the formats; name one with --as.",
        str(path),
    )


def _load(path: Path, source: Source, workspace: Workspace, options: ReadOptions, progress: Progress | None) -> Loaded:
    imports = workspace.imports()
    files = _stamp(path)
    stated: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode({**msgspec.to_builtins(source), **msgspec.to_builtins(options)})
    )
    for manifest in imports.values():
        identity = (manifest.files, manifest.source, manifest.source_version, manifest.options)
        if identity == (files, source.name, source.version, stated):
            return Loaded(str(path), manifest, known=True)
    started = _clock()
    part = PartImport(workspace.log)
    try:
        with Archive.open(path) as archive:
            reader = ArchiveReader(archive, options, progress)
            keyed = Keyed(part, source.network, reader)
            for item in source.read(reader):
                keyed.add(item)
            keyed.finish()
            others = keyed.observed - len(keyed.owners)
            if not sum(keyed.rows[kind] for kind in _TOLD) + others and (reader.skips or not keyed.observed):
                raise InputError(_nothing(reader), "Check that the file is complete.", str(path))
            coverage = source.coverage(reader)
        import_id = _import_id(reader.digest(), source, stated)
        if import_id in imports:
            part.drop()
            return Loaded(str(path), imports[import_id], known=True)
        keyed.check_collisions(log.pieces(workspace.log, list(imports), "accounts"))
        manifest = Manifest(
            import_id=import_id,
            source=source.name,
            source_version=source.version,
            network=source.network,
            path=as_text(str(path)),
            digest=reader.digest(),
            files=files,
            members=keyed.members,
            options=stated,
            owners=keyed.owners,
            coverage=[_keyed_coverage(each, source.network) for each in coverage],
            rows=keyed.rows,
            read=reader.read_bytes,
            skips={reason: (skips.count, skips.named) for reason, skips in reader.skips.items()},
            notes=reader.notes,
            unknown_files=reader.unknown,
            new_kinds=sorted(keyed.kinds - KIND_CLASSES.keys() - options.kinds.keys()),
            kinds=options.kinds,
            first_at=reader.first_at,
            last_at=reader.last_at,
            seen_at=keyed.seen_at,
            met=part.met,
            overlap=keyed.overlap(log.pieces(workspace.log, list(imports), "interactions")),
            started=started,
            finished=_clock(),
        )
        part.commit(manifest)
    except BaseException as error:
        part.drop()
        if type(source).home is None or not isinstance(error, Exception) or isinstance(error, RelnetError):
            raise
        raise PluginError(
            f"The reader {source.name} failed ({type(error).__name__}: {error}).", "Tell its author.", str(path)
        ) from error
    for old in imports.values():
        if (old.digest, old.source) == (manifest.digest, manifest.source) and old.options == stated:
            log.remove(workspace.log, old.import_id)
    return Loaded(str(path), manifest)


def _nothing(reader: ArchiveReader) -> str:
    skipped = sum(skips.count for skips in reader.skips.values())
    if not skipped:
        return "It holds no interactions, accounts or follows."
    reason = next(iter(reader.skips))
    return f"None of its {counted(skipped, 'record')} could be read (first reason: {reason})."


def _keyed_coverage(coverage: Coverage, network: str) -> tuple[Coverage, int | None]:
    coverage = msgspec.structs.replace(coverage, network=coverage.network or network)
    return coverage, None if coverage.account is None else key(coverage.network or network, coverage.account)


def _stamp(path: Path) -> list[list[Any]]:
    """Name, size and time of the files of an input: unchanged means not to be read again."""
    files = [path] if path.is_file() else sorted(child for child in path.rglob("*") if child.is_file())
    return [[as_text(str(file.absolute())), file.stat().st_size, file.stat().st_mtime_ns] for file in files]


def _import_id(digest: str, source: Source, stated: dict[str, Any]) -> str:
    from hashlib import blake2b

    identity = msgspec.json.encode([digest, source.name, source.version, stated], order="sorted")
    return blake2b(identity, digest_size=12).hexdigest()


_clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000  # noqa: E731

"""The catalog: what people and runs decide, as rows. Facts are never kept here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Column, Engine, event, text
from sqlmodel import Field, Session, SQLModel, create_engine, select

from relnet.errors import WorkspaceError, WorkspaceTooNew

if TYPE_CHECKING:
    from relnet.store.log import Manifest
    from relnet.store.workspace import Workspace

HEAD = "0001"
"""The newest migration; a test compares it with the scripts."""


def now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(UTC)


def _big(**options: Any) -> Any:
    return Field(sa_column=Column(BigInteger, nullable=False, **options))


class ImportRow(SQLModel, table=True):
    """One import; can be rebuilt from its manifest."""

    __tablename__ = "import_"
    id: str = Field(primary_key=True)
    source: str
    source_version: str
    files: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str
    started: datetime
    finished: datetime
    counts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = "present"


class Person(SQLModel, table=True):
    """A human with one or more accounts."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    is_me: bool = False


class PersonAccount(SQLModel, table=True):
    """An account that the user (or a proof in the data) ties to a person."""

    __tablename__ = "person_account"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    account: int = _big(index=True)
    proof: str = "user"
    created_at: datetime = Field(default_factory=now)
    undone_at: datetime | None = None


class Annotation(SQLModel, table=True):
    """A note, tag, hidden mark or action-list entry on an account."""

    __tablename__ = "annotation"
    id: int | None = Field(default=None, primary_key=True)
    account: int = _big(index=True)
    kind: str
    text: str = ""
    created_at: datetime = Field(default_factory=now)
    undone_at: datetime | None = None


class Override(SQLModel, table=True):
    """A label that the user gave; it wins over every labeler."""

    __tablename__ = "override"
    id: int | None = Field(default=None, primary_key=True)
    account: int = _big(index=True)
    label: str
    author: str = "user"
    created_at: datetime = Field(default_factory=now)
    undone_at: datetime | None = None


class Review(SQLModel, table=True):
    """One answer of the “check yourself” sampling."""

    __tablename__ = "review"
    id: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(index=True)
    account: int = _big()
    shown: str
    answer: str
    created_at: datetime = Field(default_factory=now)


class Run(SQLModel, table=True):
    """One assessment, by the key of its inputs."""

    __tablename__ = "run"
    id: str = Field(primary_key=True)
    as_of: int = _big()
    key: str = Field(index=True)
    inputs: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    versions: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    seed: int = 0
    started: datetime
    finished: datetime
    state: str = "done"


class Summary(SQLModel, table=True):
    """One figure of a run, with its interval."""

    __tablename__ = "summary"
    run_id: str = Field(primary_key=True, foreign_key="run.id")
    name: str = Field(primary_key=True)
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


class Catalog:
    """The catalog of one workspace: short transactions on any SQLAlchemy URL."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str, workspace: Workspace) -> Catalog:
        """Open and, where needed, migrate the catalog; imports without a row are adopted.

        Raises
        ------
        WorkspaceTooNew
            The catalog was migrated by a newer relnet.
        WorkspaceError
            The database cannot be opened.
        """
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_settings)
        try:
            _migrate(engine, workspace.path)
        except WorkspaceError:
            raise
        except Exception as error:
            raise WorkspaceError(
                f"The catalog cannot be opened ({type(error).__name__}: {error}).",
                "If catalog.db is damaged, restore a backup; facts in log/ are not touched.",
                str(workspace.path),
            ) from error
        catalog = cls(engine)
        catalog.adopt(workspace)
        return catalog

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session that commits at the end, or leaves everything as it was."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def adopt(self, workspace: Workspace) -> None:
        """Give every finished import its row (a kill may have come between the two)."""
        imports = workspace.imports()
        with self.session() as session:
            rows = {row.id: row for row in session.exec(select(ImportRow))}
            for import_id, manifest in imports.items():
                if import_id not in rows:
                    session.add(_import_row(manifest))
                elif rows[import_id].state != "present":
                    rows[import_id].state = "present"
            for row in rows.values():
                if row.id not in imports and row.state == "present":
                    row.state = "removed"

    def version(self) -> int:
        """Return a number that changes when another process wrote (SQLite only)."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name != "sqlite":
                return 0
            return int(connection.execute(text("PRAGMA data_version")).scalar_one())


def _import_row(manifest: Manifest) -> ImportRow:
    return ImportRow(
        id=manifest.import_id,
        source=manifest.source,
        source_version=manifest.source_version,
        files=manifest.files,
        digest=manifest.digest,
        started=datetime.fromtimestamp(manifest.started / 1000, UTC),
        finished=datetime.fromtimestamp(manifest.finished / 1000, UTC),
        counts=dict(manifest.rows),
    )


def _sqlite_settings(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "busy_timeout=5000", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine, folder: Path) -> None:
    with engine.connect() as connection:
        there = engine.dialect.has_table(connection, "alembic_version")
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if there else None
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise WorkspaceTooNew("The catalog was written by a newer relnet.", "Update relnet.", str(folder))
    database = engine.url.database
    if current is not None and engine.dialect.name == "sqlite" and database:
        shutil.copy2(database, f"{database}.before-{HEAD}")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":  # whose driver begins no transaction for DDL: a kill would leave half
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

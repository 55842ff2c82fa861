"""The catalog: migrations, judgements that can be taken back, adoption of imports."""

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from relnet.assess.assessment import LABELS
from relnet.assess.run import assess
from relnet.errors import WorkspaceError, WorkspaceTooNew
from relnet.facts.keys import key
from relnet.registry import find
from relnet.store import catalog, judgements
from relnet.store.workspace import Workspace
from tests.builders import Acts, workspace_of

ROWS = (("me", "ana", "reply", 1_600_000_000_000), ("me", "bob", "reply", 1_600_000_000_000))


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return workspace_of(tmp_path, Acts(rows=ROWS, owner="me"))


def test_the_migrations_make_the_tables_of_the_models(workspace) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with workspace.catalog.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == catalog.HEAD
        changes = [
            change
            for change in compare_metadata(context, SQLModel.metadata)
            if change[0] not in ("add_index", "remove_index")
        ]
    assert changes == []


def test_a_newer_catalog_is_refused_not_harmed(workspace) -> None:
    with workspace.catalog.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkspaceTooNew):
        _ = Workspace(workspace.path).catalog


def test_a_damaged_catalog_is_named(workspace) -> None:
    (workspace.path / "catalog.db").write_bytes(b"not a database" * 100)
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        _ = Workspace(workspace.path).catalog


def test_imports_get_their_row_back(workspace) -> None:
    _ = workspace.catalog
    (workspace.path / "catalog.db").unlink()
    with create_engine(f"sqlite:///{Workspace(workspace.path).catalog.engine.url.database}").connect() as connection:
        assert connection.execute(text("SELECT state FROM import_")).scalars().all() == ["present"]


def test_an_override_wins_until_it_is_undone(workspace) -> None:
    ana = key("test", "ana")

    def label() -> str:
        assessment = assess(workspace, find())
        return LABELS[assessment.labels.label[assessment.accounts.row(ana)]]

    before = label()
    judgements.set_override(workspace.catalog, ana, "fake")
    assert label() == "fake"
    judgements.annotate(workspace.catalog, ana, "note", "met in 2019")
    assert judgements.undo(workspace.catalog) == "note"
    assert judgements.undo(workspace.catalog) == "label fake"
    assert label() == before
    assert judgements.undo(workspace.catalog) is None


def test_joined_accounts_are_one_and_undo_parts_them(workspace) -> None:
    keys = [key("test", "ana"), key("test", "bob")]
    judgements.merge_accounts(workspace.catalog, "Ana", keys)
    assert len(assess(workspace, find()).connections) == 1
    assert judgements.undo(workspace.catalog) == "join of a person"
    assert len(assess(workspace, find()).connections) == 2


def test_a_folder_that_is_no_workspace_is_left_alone(tmp_path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(WorkspaceError, match="no workspace"):
        Workspace(tmp_path)

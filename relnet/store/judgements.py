"""Reading and writing what the user decides: overrides, notes, tags, actions, persons; all undoable."""

from typing import Literal, TypeVar

from sqlmodel import Session, col, select

from relnet.store.catalog import Annotation, Catalog, Override, Person, PersonAccount, Review, now

AnnotationKind = Literal["note", "tag", "hidden", "action"]
Row = TypeVar("Row", Override, Annotation, PersonAccount)


def overrides(catalog: Catalog) -> dict[int, str]:
    """Return the label in force per account: the newest that is not undone."""
    with catalog.session() as session:
        rows = session.exec(select(Override).where(col(Override.undone_at).is_(None)).order_by(col(Override.id))).all()
    return {row.account: row.label for row in rows}


def set_override(catalog: Catalog, account: int, label: str) -> None:
    """Give an account a label that wins over every labeler."""
    with catalog.session() as session:
        session.add(Override(account=account, label=label))


def annotations(catalog: Catalog, account: int | None = None) -> list[Annotation]:
    """Return the annotations in force, of one account or all, oldest first."""
    query = select(Annotation).where(col(Annotation.undone_at).is_(None)).order_by(col(Annotation.id))
    if account is not None:
        query = query.where(Annotation.account == account)
    with catalog.session() as session:
        return list(session.exec(query).all())


def annotate(catalog: Catalog, account: int, kind: AnnotationKind, text: str = "") -> None:
    """Add a note, tag, hidden mark or action-list entry."""
    with catalog.session() as session:
        session.add(Annotation(account=account, kind=kind, text=text))


def merge_accounts(
    catalog: Catalog, name: str, accounts: list[int], *, is_me: bool = False, proof: str = "user"
) -> None:
    """Say that accounts are one person."""
    with catalog.session() as session:
        person = Person(name=name, is_me=is_me)
        session.add(person)
        session.flush()
        assert person.id is not None
        session.add_all([PersonAccount(person_id=person.id, account=account, proof=proof) for account in accounts])


def persons(catalog: Catalog) -> list[tuple[Person, list[int]]]:
    """Return the persons with their accounts in force."""
    with catalog.session() as session:
        rows = session.exec(
            select(PersonAccount).where(col(PersonAccount.undone_at).is_(None)).order_by(col(PersonAccount.id))
        ).all()
        people = {person.id: person for person in session.exec(select(Person)).all()}
    grouped: dict[int, list[int]] = {}
    for row in rows:
        grouped.setdefault(row.person_id, []).append(row.account)
    return [(people[person_id], accounts) for person_id, accounts in grouped.items()]


def undo(catalog: Catalog) -> str | None:
    """Undo the newest judgement in force; return what it was, `None` where there is nothing to undo.

    A merge of several accounts into a person is one judgement.
    """
    with catalog.session() as session:
        candidates = (
            _newest(session, Override),
            _newest(session, Annotation),
            _newest(session, PersonAccount),
        )
        newest = [row for row in candidates if row is not None]
        if not newest:
            return None
        last = max(newest, key=lambda row: row.created_at)
        last.undone_at = now()
        if isinstance(last, PersonAccount):
            for row in session.exec(
                select(PersonAccount).where(
                    PersonAccount.person_id == last.person_id, col(PersonAccount.undone_at).is_(None)
                )
            ):
                row.undone_at = last.undone_at
            return "person"
        return f"label {last.label}" if isinstance(last, Override) else last.kind


def _newest(session: Session, table: type[Row]) -> Row | None:
    newest_first = (col(table.created_at).desc(), col(table.id).desc())
    return session.exec(select(table).where(col(table.undone_at).is_(None)).order_by(*newest_first)).first()


def add_review(catalog: Catalog, run_id: str, account: int, shown: str, answer: str) -> None:
    """Remember what the user said of an account that the labels were checked on."""
    with catalog.session() as session:
        session.add(Review(run_id=run_id, account=account, shown=shown, answer=answer))


def reviews(catalog: Catalog) -> dict[int, str]:
    """Return the newest answer per account."""
    with catalog.session() as session:
        rows = session.exec(select(Review).order_by(col(Review.id))).all()
    return {row.account: row.answer for row in rows}

"""Reading and writing what the user decides: overrides, notes, tags, actions, persons; all undoable."""

from typing import Final, Literal, TypeVar

from sqlmodel import Session, col, select

from relnet.store.catalog import Annotation, Catalog, Override, Person, PersonAccount, Review, now

AnnotationKind = Literal["note", "tag", "hidden", "action", "removed"]
Row = TypeVar("Row", Override, Annotation, PersonAccount)
_REMOVED: Final = "removed"
"""Kind of a row that takes the annotation off whose number is its text."""
_SPLIT: Final = "split"
"""What stands in place of a proof where an account was taken out of its person."""


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
        rows = list(session.exec(query).all())
    removed = {row.text for row in rows if row.kind == _REMOVED}
    return [row for row in rows if row.kind != _REMOVED and str(row.id) not in removed]


def annotate(catalog: Catalog, account: int, kind: AnnotationKind, text: str = "") -> None:
    """Add a note, tag, hidden mark or action-list entry."""
    with catalog.session() as session:
        session.add(Annotation(account=account, kind=kind, text=text))


def remove_annotation(catalog: Catalog, account: int, number: int) -> None:
    """Take one annotation off; that is a judgement of its own, which `undo` takes back."""
    annotate(catalog, account, _REMOVED, str(number))


def merge_accounts(catalog: Catalog, name: str, accounts: list[int], *, is_me: bool = False) -> list[int]:
    """Say that accounts are one person, with all who were joined to them before; return the person's accounts."""
    before = [(person, joined) for person, joined in persons(catalog) if set(joined) & set(accounts)]
    accounts = list(dict.fromkeys([*accounts, *(each for _, joined in before for each in joined)]))
    with catalog.session() as session:
        person = Person(name=name, is_me=is_me or any(person.is_me for person, _ in before))
        session.add(person)
        session.flush()
        assert person.id is not None
        session.add_all([PersonAccount(person_id=person.id, account=account) for account in accounts])
    return accounts


def split_account(catalog: Catalog, account: int) -> str | None:
    """Take an account out of its person; return the person's name, `None` where it is of none."""
    for person, accounts in persons(catalog):
        if account in accounts:
            assert person.id is not None
            with catalog.session() as session:
                session.add(PersonAccount(person_id=person.id, account=account, proof=_SPLIT))
            return person.name
    return None


def persons(catalog: Catalog) -> list[tuple[Person, list[int]]]:
    """Return the persons with their accounts in force: what was said last of an account counts."""
    with catalog.session() as session:
        rows = session.exec(
            select(PersonAccount).where(col(PersonAccount.undone_at).is_(None)).order_by(col(PersonAccount.id))
        ).all()
        people = {person.id: person for person in session.exec(select(Person)).all()}
    place = {row.account: None if row.proof == _SPLIT else row.person_id for row in rows}
    grouped: dict[int, list[int]] = {}
    for account, person_id in place.items():
        if person_id is not None:
            grouped.setdefault(person_id, []).append(account)
    found = [(people[person_id], accounts) for person_id, accounts in grouped.items()]
    return [(person, accounts) for person, accounts in found if len(accounts) > 1 or person.is_me]


def undo(catalog: Catalog) -> str | None:
    """Undo the newest judgement in force; return what it was, `None` where there is nothing to undo.

    A join of several accounts into a person is one judgement.
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
            if last.proof == _SPLIT:
                return "split of a person"
            for row in session.exec(
                select(PersonAccount).where(
                    PersonAccount.person_id == last.person_id, col(PersonAccount.undone_at).is_(None)
                )
            ):
                row.undone_at = last.undone_at
            return "join of a person"
        if isinstance(last, Override):
            return f"label {last.label}"
        return "removal from the list" if last.kind == _REMOVED else last.kind


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

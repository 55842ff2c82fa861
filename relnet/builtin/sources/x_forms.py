"""The objects of the X (Twitter) API, versions 1.1 and 2, with the fields that relnet uses."""

from __future__ import annotations

import msgspec


class Metrics(msgspec.Struct, gc=False):
    """Counts of an account."""

    followers_count: int | None = None
    following_count: int | None = None
    tweet_count: int | None = None
    listed_count: int | None = None
    like_count: int | None = None


class Status(msgspec.Struct, gc=False):
    """An account's newest post, as version 1.1 attaches it to the account."""

    created_at: str | None = None


class User(msgspec.Struct, gc=False):
    """An account."""

    id: str | int | None = None
    id_str: str | None = None
    username: str | None = None
    screen_name: str | None = None
    name: str | None = None
    created_at: str | None = None
    description: str | None = None
    location: str | None = None
    url: str | None = None
    public_metrics: Metrics | None = None
    followers_count: int | None = None
    friends_count: int | None = None
    statuses_count: int | None = None
    favourites_count: int | None = None
    listed_count: int | None = None
    profile_image_url: str | None = None
    default_profile_image: bool | None = None
    default_profile: bool | None = None
    profile_banner_url: str | None = None
    protected: bool | None = None
    verified: bool | None = None
    most_recent_tweet_id: str | None = None
    status: Status | None = None


class Named(User, gc=False):
    """An account named in a text; in flattened files with all its fields."""

    start: int | None = None
    indices: list[int] | None = None


class Link(msgspec.Struct, gc=False):
    """A link in a text."""

    expanded_url: str | None = None


class Entities(msgspec.Struct, gc=False):
    """What a text holds; in version 1.1 under other names."""

    mentions: list[Named] | None = None
    urls: list[Link] | None = None
    user_mentions: list[Named] | None = None
    media: list[Link] | None = None


class Extended(msgspec.Struct, gc=False):
    """The whole of a text that is cut off."""

    full_text: str | None = None
    text: str | None = None
    entities: Entities | None = None


class Attached(msgspec.Struct, gc=False):
    """Pictures and films of a post."""

    media_keys: list[str] | None = None


class Post(msgspec.Struct, gc=False):
    """A post of version 2."""

    id: str | int | None = None
    author_id: str | None = None
    author: User | None = None
    created_at: str | None = None
    text: str | None = None
    conversation_id: str | None = None
    in_reply_to_user_id: str | int | None = None
    referenced_tweets: list[Reference] | None = None
    entities: Entities | None = None
    note_tweet: Extended | None = None
    edit_history_tweet_ids: list[str] | None = None
    attachments: Attached | None = None
    lang: str | None = None


class Reference(Post, gc=False):
    """The post that another reposts, answers or quotes; in flattened files with all its fields."""

    type: str | None = None


class Includes(msgspec.Struct, gc=False):
    """Posts and accounts that a page's posts refer to."""

    users: list[User] | None = None
    tweets: list[Post] | None = None


class Trouble(msgspec.Struct, gc=False):
    """Why something could not be returned."""

    resource_type: str | None = None
    parameter: str | None = None
    value: str | int | None = None
    title: str | None = None
    detail: str | None = None


class Fetched(msgspec.Struct, gc=False):
    """The request behind a line, as twarc notes it."""

    url: str | None = None
    retrieved_at: str | None = None


class Meta(msgspec.Struct, gc=False):
    """Where a page stands among its pages."""

    next_token: str | None = None


class Line(Post, gc=False):
    """A line: a post of version 2, or a page of them."""

    data: Post | list[Post] | None = None
    includes: Includes | None = None
    errors: list[Trouble] | None = None
    meta: Meta | None = None
    fetched: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="__twarc")
    """Decoded only where it differs from the line before: it is long and mostly the same."""


class Wide(User, gc=False):
    """A post of either version, or an account: whatever `Post` alone does not hold."""

    author_id: str | None = None
    author: User | None = None
    text: str | None = None
    conversation_id: str | None = None
    in_reply_to_user_id: str | int | None = None
    referenced_tweets: list[Reference] | None = None
    entities: Entities | None = None
    note_tweet: Extended | None = None
    edit_history_tweet_ids: list[str] | None = None
    attachments: Attached | None = None
    lang: str | None = None
    full_text: str | None = None
    user: User | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    retweeted_status: Wide | None = None
    quoted_status: Wide | None = None
    quoted_status_id_str: str | None = None
    extended_tweet: Extended | None = None
    display_text_range: list[int] | None = None


class WideLine(Wide, gc=False):
    """A line of any form."""

    data: Wide | list[Wide] | None = None
    includes: Includes | None = None
    errors: list[Trouble] | None = None
    meta: Meta | None = None
    fetched: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="__twarc")


def enough(lines: list[Line]) -> bool:
    """Tell whether lines hold nothing but posts of version 2 and pages of them, which takes fewer fields to read."""
    return all(line.author_id is not None or _is_page(line) for line in lines)


def _is_page(line: Line) -> bool:
    if line.data is None:
        return line.includes is not None or line.errors is not None
    return all(each.author_id is not None for each in (line.data if isinstance(line.data, list) else [line.data]))

"""Selections of activities: the form that collects them, and the facts about one on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.id_hash import id_hash
from indexer.content.values import is_id
from indexer.search.request import MAX_SELECTION, Reference, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.selection import resolve
from indexer.search.selection_changes import selection_changes
from webapp.app_state import app_state
from webapp.i18n import selection_messages
from webapp.search_state import cited_generation, parse, search_url, to_iri

selections = Blueprint("selections", __name__)


@dataclass(frozen=True, slots=True)
class SelectionView:
    """What the page of a selection shows beside the results."""

    missing: Sequence[str]  # sentences about the activities that are not in the index
    missing_digits: str  # of their hashes, for the script
    rest_url: str  # of the same search without them; "" if nothing remains
    edits: Sequence[str]  # sentences about all edits
    edited: Mapping[str, str]  # sentences by id
    share_url: str  # with the generation, so that later changes are shown
    hashes: str  # of all activities, for the script


def selection_view(page: SearchPage) -> SelectionView | None:
    """Return the facts about the selection of a page; None if it has none. Raises EngineError."""
    if page.selection is None:
        return None
    app = app_state(current_app)
    cited, made_in = cited_generation(request.args.items()), page.request.made_in
    newest = page.replay.newest if page.replay else page.generation
    since = made_in or cited
    if since is not None and since >= newest.number:
        since = None
    changes = selection_changes(app.engine, page.selection, since)
    rest = page.selection.references_in_index if changes.missing else ()
    made_in_newest = SearchRequest(selection=page.request.selection, made_in=newest.number)
    return SelectionView(
        selection_messages.missing_activities(changes.missing),
        " ".join(each.reference.digits for each in changes.missing),
        to_iri(search_url(page.request.with_selection(rest))) if rest else "",
        # A cited address has a notice with the number of changes.
        selection_messages.edits(changes, since) if since and not cited else (),
        {id: selection_messages.edited_since(fields) for id, fields in changes.edited.items()},
        app.site() + to_iri(search_url(made_in_newest)),
        " ".join(map(id_hash, page.selection.ids)),
    )


@selections.get("/selection")
def collect() -> BaseResponse:
    """Add the ticked results to the activities chosen so far, and redirect to a page.

    The parameters are those of the search, with add for the id of each ticked result, was for the
    id of each result that was ticked before, and to=selection for the page of the selection
    instead of the results.
    """
    search, _ = parse(request.args.items(multi=True))
    added = [id_hash(id) for id in request.args.getlist("add") if is_id(id)]
    removed = {id_hash(id) for id in request.args.getlist("was")} - set(added)
    chosen = tuple(dict.fromkeys([*(h for h in search.chosen if h not in removed), *added]))
    if request.args.get("to") != "selection" or not chosen:
        # One more than the limit, so that the page says that some are left out.
        search = replace(search, chosen=chosen[: MAX_SELECTION + 1])
        return redirect(search_url(search) + "#results", 303)
    references = [Reference(digits, is_hash=True) for digits in chosen[:MAX_SELECTION]]
    with app_state(current_app).engine.snapshot() as snapshot:
        selection = resolve(snapshot, references)
    return redirect(search_url(SearchRequest(selection=selection.references)), 303)

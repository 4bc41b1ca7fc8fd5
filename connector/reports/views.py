"""The pages of reports."""

from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from connector.courses.models import Role
from connector.courses.people import name_of
from connector.reports.asking import Asked, ask, ask_to_look
from connector.reports.behind import list_behind
from connector.reports.definitions import DEFINITIONS, KEY, REPORTS, of_report, report_title
from connector.reports.drawing import MOST_DRAWN, Chart, Picture, draw_bars, draw_network
from connector.reports.exporting import as_csv, as_json, as_xlsx
from connector.reports.graph import Graph
from connector.reports.measuring import Measured, measure
from connector.reports.models import moment_of
from connector.reports.pages import about, bar_of, sections
from connector.reports.showing import figures_of, make_report
from connector.reports.subjects import Subjects
from connector.reports.tables import Report, Table, in_words
from connector.reports.weekly import is_reader
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.security import no_store
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("reports", __name__, url_prefix="/s/<sid>/reports")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the key figures of every report."""
    session = current_session()
    asked = ask_to_look(session)
    is_observer = asked.member.role is Role.OBSERVER
    reports = []
    for each in REPORTS:
        measured = measure(session, asked.scope, asked.roster, each)
        shown = figures_of(measured, for_observer=is_observer)
        reports.append(Report(each, report_title(each), [one for one in shown if one.definition.key in KEY]))
    return _page(
        "reports/index.html",
        asked,
        "index",
        reports=reports,
        is_observer=is_observer,
        is_reader=is_reader(session, asked.member),
    )


@blueprint.get("/<any(participation, discussion, questions, reviews, network):report>")
def show(report: str) -> ResponseReturnValue:
    """Show one report."""
    session = current_session()
    asked = ask(session)
    measured = measure(session, asked.scope, asked.roster, report)
    picture = _picture(asked, measured.detail) if report == "network" else None
    return _page("reports/report.html", asked, report, report=_made(asked, measured), charts=_charts, picture=picture)


@blueprint.get("/<any(participation, discussion, questions, reviews, network):report>/tables/<name>.csv")
def table(report: str, name: str) -> ResponseReturnValue:
    """Send one table of a report."""
    session = current_session()
    asked = ask(session)
    found = _made(asked, measure(session, asked.scope, asked.roster, report))
    chosen = next((each for each in found.tables if each.key == name), None)
    if chosen is None:
        raise NotFoundError
    return _file(as_csv(chosen).encode(), f"{name}.csv", "text/csv; charset=utf-8")


@blueprint.get("/<any(participation, discussion, questions, reviews, network):report>/file.<any(xlsx, json):form>")
def file(report: str, form: str) -> ResponseReturnValue:
    """Send a whole report."""
    session = current_session()
    asked = ask(session)
    found = _made(asked, measure(session, asked.scope, asked.roster, report))
    if form == "xlsx":
        return _file(as_xlsx(found, about(asked)), f"{report}.xlsx", _XLSX)
    scope = {"course": asked.member.course.iri, **asked.filters}
    return _file(as_json(found, {"scope": scope}).encode(), f"{report}.json", "application/json")


@blueprint.get("/definitions")
def definitions() -> ResponseReturnValue:
    """Say what every figure means."""
    asked = ask_to_look(current_session())
    groups = [(report_title(each), of_report(each)) for each in REPORTS]
    return _page("reports/definitions.html", asked, "definitions", groups=groups)


@blueprint.get("/figures/<key>/statements")
def statements(key: str) -> ResponseReturnValue:
    """List the statements that a figure is made from."""
    session = current_session()
    asked = ask(session)
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise NotFoundError
    listing = list_behind(session, asked.scope, definition, page=request.args.get("page", 1, type=int))
    members = asked.roster.members
    return _page(
        "reports/statements.html",
        asked,
        definition.report,
        definition=definition,
        listing=listing,
        moment_of=moment_of,
        who=lambda actor: name_of(members[actor]) if actor in members else _("Name hidden, or not a member"),
    )


def _page(template: str, asked: Asked, current: str, **context: object) -> Response:
    session = current_session()
    return render(
        template,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if asked.errors else HTTPStatus.OK,
        bar=bar_of(session, asked.member),
        asked=asked,
        sections=sections(asked, current),
        in_words=in_words,
        **context,
    )


def _charts(found: Table) -> list[tuple[str, Chart]]:
    """Return a chart for each column of a table that is to be drawn."""
    days = [format_date(row[0], "d MMM") for row in found.rows]
    charts = []
    for place, column in enumerate(found.columns):
        values = [row[place] or 0 for row in found.rows] if column.key in found.drawn else []
        if any(values):
            charts.append((column.title, draw_bars(days, values, [in_words(value, column.kind) for value in values])))
    return charts


def _made(asked: Asked, measured: Measured) -> Report:
    subjects = Subjects(current_session(), asked.member.course)
    return make_report(measured, asked.scope, asked.roster, subjects)


def _picture(asked: Asked, graph: Graph[str]) -> Picture | None:
    """Return the picture of who helps whom; None where nobody does."""
    tied = [node for node in graph.nodes if node not in graph.isolated]
    if not tied:
        return None
    given = graph.given
    most = sorted(tied, key=lambda node: (-given.get(node, 0), node))[:MOST_DRAWN]
    order = {group.id: number for number, group in enumerate(asked.groups)}
    place = {node: min((order.get(each, 0) for each in asked.roster.groups.get(node, ())), default=-1) for node in most}
    names = {node: name_of(asked.roster.members[node]) for node in most}
    most.sort(key=lambda node: (place[node], names[node].casefold()))
    return draw_network(most, names, graph.weights, {node: (place[node] + 1) * 5 % 12 for node in most})


def _file(content: bytes, name: str, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)

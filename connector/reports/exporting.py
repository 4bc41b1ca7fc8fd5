"""Reports as files: CSV of a table, XLSX and JSON of a whole report. What looks like a formula is none there."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xlsxwriter import Workbook

from connector.reports.tables import Report, Table

# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHEET_LETTERS = 31


def as_csv(table: Table) -> str:
    """Return a table in UTF-8 with a mark, which spreadsheets ask for.

    Source: https://owasp.org/www-community/attacks/CSV_Injection for the quote before what looks like a formula.
    """
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([column.key for column in table.columns])
    writer.writerows([[_safe(_plain(value)) for value in row] for row in table.rows])
    return buffer.getvalue()


def as_xlsx(report: Report, about: Sequence[tuple[str, str]]) -> bytes:
    """Return a workbook: a sheet of figures, then one for each table. Texts are written as texts, never as formulas.

    Args:
        about: What the report looks at, in words.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with Workbook(buffer, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet(report.title[:_SHEET_LETTERS])
        lines: list[tuple[Any, ...]] = [*about, ()]
        lines += [
            (each.definition.title(), each.value, each.definition.meaning(), each.definition.formula)
            for each in report.figures
        ]
        for number, line in enumerate(lines):
            for place, value in enumerate(line):
                _write(sheet, number, place, value, day)
        for table in report.tables:
            sheet = book.add_worksheet(table.key[:_SHEET_LETTERS])
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, column.title, bold)
            for number, row in enumerate(table.rows, 1):
                for place, value in enumerate(row):
                    _write(sheet, number, place, value, day)
    return buffer.getvalue()


def as_json(report: Report, about: Mapping[str, Any]) -> str:
    """Return a report with the definition of each figure.

    Args:
        about: What the report looks at.
    """
    return json.dumps(
        {
            "report": report.key,
            **about,
            "figures": [
                {
                    "key": each.definition.key,
                    "value": each.value,
                    "unit": each.definition.unit.value,
                    "meaning": each.definition.meaning(),
                    "formula": each.definition.formula,
                    "events": list(each.definition.events),
                }
                for each in report.figures
            ],
            "tables": {
                table.key: [
                    {column.key: _plain(value) for column, value in zip(table.columns, row, strict=True)}
                    for row in table.rows
                ]
                for table in report.tables
            },
        },
        ensure_ascii=False,
        indent=2,
    )


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, bool | str):
        sheet.write_string(row, column, str(value))
    elif value is not None:
        sheet.write_number(row, column, value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

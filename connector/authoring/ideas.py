"""The templates that a trainer may begin with: those of every kind of activity, in one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.activities.kinds import Idea, KindParts, kinds


@dataclass(frozen=True, slots=True)
class Template:
    """An idea, and the kind of activity that it is for."""

    parts: KindParts
    idea: Idea


def list_templates() -> Sequence[Template]:
    """Return all templates, kind by kind; in the reader's language."""
    return [Template(parts, idea) for parts in kinds().values() for idea in parts.ideas()]


def find_template(number: int) -> Template | None:
    """Return a template by its place among all of them; None where there is none."""
    templates = list_templates()
    return templates[number] if 0 <= number < len(templates) else None


def fill(form: Mapping[str, Any], template: Template) -> dict[str, Any]:
    """Return a form with a template's kind and texts, in place of nothing or of another one's: what was typed stays."""
    ideas = [each.idea for each in list_templates()]
    is_title_free = form.get("title", "").strip() in {"", *(each.title for each in ideas)}
    is_prompt_free = form.get("prompt", "").strip() in {"", *(each.prompt for each in ideas)}
    return {
        **form,
        **({"title": template.idea.title} if is_title_free else {}),
        **({"prompt": template.idea.prompt} if is_prompt_free else {}),
        **(
            {"kind": template.parts.kind.value, "template": template.idea.key}
            if is_title_free or is_prompt_free
            else {}
        ),
    }

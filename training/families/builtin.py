"""The built-in tools as prompts describe them, and the company in which they are offered."""

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qwact.tools.spec import ToolSpec
from training.dressing import dress
from training.natural_functions import natural_function

CALCULATOR = "calculator"
CODE = "code_interpreter"
CLOCK = "current_time"
LIST = "list_files"
READ = "read_file"
BUILT_IN = (CALCULATOR, CODE, CLOCK, LIST, READ)
MADE_UP_SHARE = 0.6
"""Of other people's tools, those that are made up on the spot."""

_DESCRIPTIONS: Mapping[str, Sequence[str]] = {
    CALCULATOR: (
        "Evaluates an arithmetic expression exactly and gives its value.",
        "Evaluate an arithmetic expression.",
        "Calculator for arithmetic: + - * / // % ** and parentheses.",
        "Work out the value of an arithmetic expression such as 2 * (3 + 4).",
        "Do arithmetic: operators, parentheses and functions such as sqrt.",
    ),
    CODE: (
        "Python code sandbox: runs code and gives back what it prints, the value of the last line, plots and files. "
        "Variables are kept between calls. There is no network.",
        "Run Python code and return its output.",
        "Runs Python code in a stateful sandbox and gives back what it prints.",
        "Python code sandbox, for calculations, data, files and plots.",
        "Execute Python code. Variables stay from call to call; plots are saved as pictures.",
        "Run Python code in a sandbox. Use it for mathematics, dates, text, tables and plots.",
    ),
    CLOCK: (
        "The current date, weekday and time.",
        "The current date and time.",
        "Get the current date, time and weekday, in a time zone if one is given.",
        "Tells what day and time it is now.",
        "Current date and time, also in another time zone.",
    ),
    LIST: (
        "Lists the files in a folder, with their sizes.",
        "List the files in a folder.",
        "Lists files and folders.",
        "Show which files there are in a folder, with their sizes.",
        "List the files that can be read.",
    ),
    READ: (
        "Reads lines of a text file.",
        "Read a text file.",
        "Read part of a text file, by line numbers.",
        "Give the text of a file.",
    ),
}
_PROPERTIES: Mapping[str, Mapping[str, tuple[dict[str, Any], Sequence[str]]]] = {
    CALCULATOR: {
        "expression": (
            {"type": "string"},
            ("Arithmetic expression, such as 2 * (3 + 4) or sqrt(2) / 3.", "The expression."),
        ),
    },
    CODE: {"code": ({"type": "string"}, ("Python code to run.", "The Python code."))},
    CLOCK: {
        "timezone": (
            {"type": "string"},
            (
                "IANA time zone, such as Europe/Oslo; local time if left out.",
                "IANA time zone, such as Europe/Oslo.",
            ),
        ),
    },
    LIST: {
        "folder": (
            {"type": "string", "default": "."},
            ("Folder to list, relative to the root.", "The folder."),
        ),
    },
    READ: {
        "path": ({"type": "string"}, ("Path of the file, relative to the root.", "The file.")),
        "start": ({"type": "integer", "default": 1}, ("Number of the first line to read.", "First line.")),
        "lines": ({"type": "integer", "default": 200}, ("Number of lines to read.", "How many lines.")),
    },
}
_REQUIRED = {CALCULATOR: ["expression"], CODE: ["code"], CLOCK: [], LIST: [], READ: ["path"]}

# Tools of other people that may stand beside the built-in ones: (name, description, parameters).
_OTHERS: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("get_weather", "Current weather of a city.", {"city": "string", "unit": "string"}),
    ("send_email", "Send an email to someone.", {"to": "string", "subject": "string", "body": "string"}),
    ("book_flight", "Book a flight between two airports.", {"origin": "string", "destination": "string"}),
    ("translate_text", "Translate text into another language.", {"text": "string", "language": "string"}),
    ("set_alarm", "Set an alarm on the phone.", {"time": "string", "label": "string"}),
    ("play_music", "Play a song or an artist.", {"query": "string"}),
    ("create_event", "Add an event to the calendar.", {"title": "string", "date": "string"}),
    ("get_stock_price", "Latest price of a stock.", {"symbol": "string"}),
    ("switch_light", "Turn a lamp on or off.", {"room": "string", "on": "boolean"}),
    ("order_pizza", "Order a pizza.", {"size": "string", "topping": "string"}),
    ("find_restaurant", "Find restaurants near a place.", {"place": "string", "cuisine": "string"}),
    ("generate_image", "Draw a picture from a description.", {"prompt": "string"}),
    ("add_task", "Add an item to the to-do list.", {"text": "string", "priority": "integer"}),
    ("hotel.search", "Search hotel rooms in a city.", {"city": "string", "nights": "integer"}),
    ("call_taxi", "Order a taxi to an address.", {"address": "string"}),
    ("user_lookup", "Look up a customer by number.", {"customer_id": "integer"}),
    ("print_document", "Print a document.", {"title": "string", "copies": "integer"}),
    ("play_video", "Play a video on the television.", {"title": "string"}),
    ("set_thermostat", "Set the temperature of a room.", {"room": "string", "degrees": "number"}),
    ("create_invoice", "Create an invoice for a customer.", {"customer": "string", "amount": "number"}),
    ("track_parcel", "Where a parcel is.", {"tracking_number": "string"}),
    ("post_message", "Post a message in a channel.", {"channel": "string", "text": "string"}),
    ("recipe.suggest", "Suggest a recipe for some ingredients.", {"ingredients": "string"}),
    ("start_timer", "Start a kitchen timer.", {"minutes": "integer"}),
    ("bus_departures", "Next departures from a bus stop.", {"stop": "string"}),
    ("mortgage_offer", "Ask the bank for a mortgage offer.", {"amount": "number", "years": "integer"}),
)


def built_in_spec(rng: random.Random, name: str) -> ToolSpec:
    """A built-in tool, its descriptions worded in one of several ways."""
    properties = {}
    for key, (schema, descriptions) in _PROPERTIES[name].items():
        properties[key] = {**schema, "description": rng.choice(descriptions)}
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    if _REQUIRED[name]:
        parameters["required"] = _REQUIRED[name]
    return ToolSpec(name, rng.choice(_DESCRIPTIONS[name]), parameters)


def other_specs(rng: random.Random, count: int) -> list[ToolSpec]:
    """Tools of other people, none of which can do a built-in tool's job."""
    specs: dict[str, ToolSpec] = {}
    for name, description, keys in rng.sample(_OTHERS, count):
        if rng.random() < MADE_UP_SHARE:
            spec = dress(natural_function(rng, held_out=False), rng).spec
        else:
            properties = {key: {"type": kind} for key, kind in keys.items()}
            spec = ToolSpec(
                name, description, {"type": "object", "properties": properties, "required": [*keys]}
            )
        if spec.name not in BUILT_IN:
            specs.setdefault(spec.name, spec)
    return [*specs.values()]


def offer(rng: random.Random, *needed: str, without: Collection[str] = ()) -> list[ToolSpec]:
    """One to six tools with those needed among them, and no built-in tool named in `without`.

    Often the built-in tools in their usual order, as the command line offers them: with those for files when
    a folder is given, else without.
    """
    allowed = [name for name in BUILT_IN if name not in without]
    if rng.random() < 0.4:
        for_files = LIST in needed or READ in needed or rng.random() < 0.4
        return [built_in_spec(rng, name) for name in allowed if for_files or name not in (LIST, READ)]
    names = list(needed)
    names += [name for name in allowed if name not in needed and rng.random() < 0.3]
    fewest = 0 if names else 1
    others = rng.randint(fewest, max(fewest, min(3, 6 - len(names))))
    specs = [built_in_spec(rng, name) for name in names] + other_specs(
        rng, others if rng.random() < 0.7 else fewest
    )
    rng.shuffle(specs)
    return specs

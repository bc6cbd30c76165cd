"""The settings of deals against the stages and fields that there are, before anything is made (CON-4, TRG)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade, switched_on
from tests.support.lab import Lab
from tests.support.preflights import answer, line_of
from zoho.engine.errors import PreflightError

EARLY = "Qualification"


@pytest.fixture(autouse=True)
def _logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", "zoho.engine.deals.preflight")


def refused(lab: Lab, settings: str) -> tuple[str, ...]:
    """The sentences with which the automation refuses to begin."""
    with pytest.raises(PreflightError) as error:
        switched_on(lab, settings)
    return error.value.problems


def warned(lab: Lab, settings: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the automation logs as doubtful when it begins."""
    switched_on(lab, settings)
    told = [record.message for record in caplog.records if record.name == "zoho.engine.deals.preflight"]
    caplog.clear()
    return told


def stages(lab: Lab, probabilities: Mapping[str, int]) -> None:
    """Gives the deals these stages and no others."""
    choices = [
        {"display_value": name, "actual_value": name, "probability": probability}
        for name, probability in probabilities.items()
    ]
    fields: Sequence[Any] = [{"api_name": "Stage", "data_type": "picklist", "pick_list_values": choices}]
    match = {"method": "GET", "path": "/settings/fields"}
    lab.sandbox.faults([{"kind": "status", "status": 200, "match": match, "skip": 2, "body": {"fields": fields}}])


def test_a_stage_that_deals_do_not_have(empty_lab: Lab):
    """TRG-2, CON-4: its place in the file, and the stages that there are, with what each of them means."""
    (problem,) = refused(empty_lab, ESTIMATE.replace(QUOTED, "Quoted"))
    assert problem.startswith(f"{line_of(empty_lab.settings_file, '    stage: Quoted')}: modules.deals.stage: ")
    assert "deals have no stage 'Quoted'; there are: 'Qualification' (10 per cent), 'Needs Analysis' (" in problem


def test_a_stage_that_means_lost(empty_lab: Lab):
    """TRG-2, TRG-3: nothing is made or accepted of what is lost; the others are named."""
    (problem,) = refused(empty_lab, ESTIMATE.replace(ACCEPTED, LOST))
    head, _, others = problem.partition("name another: ")
    assert head.endswith(f"modules.deals.accepted_stage: the stage {LOST!r} means that the deal is lost; ")
    assert QUOTED in others
    assert LOST not in others


def test_an_estimate_of_what_is_won(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-2, TRG-3: nobody waits for an estimate then; a warning, since it can be done."""
    (warning,) = warned(empty_lab, ESTIMATE.replace(QUOTED, WON), caplog)
    assert f"modules.deals.stage: the stage {WON!r} means that the deal is won" in warning
    assert "name an earlier one ('Qualification' (10 per cent)" in warning
    assert "or set make: invoice" in warning


def test_an_acceptance_before_the_estimate(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-2: the probabilities tell that the two are exchanged; acceptance when the deal is won is fine."""
    (warning,) = warned(empty_lab, ESTIMATE.replace(ACCEPTED, EARLY), caplog)
    assert f"modules.deals.accepted_stage: the stage {EARLY!r} (10 per cent) comes before {QUOTED!r} (75" in warning
    assert warning.endswith(f"or name one of: {ACCEPTED!r} (90 per cent), {WON!r} (100 per cent)")


def test_settings_that_make_sense(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-2: an estimate that is accepted when the deal is won; nothing is told."""
    assert warned(empty_lab, ESTIMATE.replace(ACCEPTED, WON), caplog) == []


def test_nothing_is_ever_won(empty_lab: Lab):
    """TRG-3: without a probability of 100 no invoice is ever made."""
    stages(empty_lab, {"Open": 50, "Done": 90, "Away": 0})
    (problem,) = refused(empty_lab, INVOICE)
    assert "modules.deals.make: no stage of the deals has the probability 100" in problem
    assert problem.endswith("give it to one of: 'Open' (50 per cent), 'Done' (90 per cent), 'Away' (0 per cent)")


def test_nothing_is_ever_lost(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-3: without a probability of 0 no invoice is ever made void: a warning."""
    stages(empty_lab, {"Open": 50, "Done": 100})
    (warning,) = warned(empty_lab, INVOICE, caplog)
    assert "no stage of the deals has the probability 0, so none is ever lost and nothing is made void" in warning


def test_a_stage_in_no_pipeline(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-2: no deal can come to it: a warning with those that a pipeline has."""
    there = [{"display_value": name, "actual_value": name} for name in (EARLY, ACCEPTED, WON, LOST)]
    answer(empty_lab, "/settings/pipeline", "pipeline", [{"maps": there}])
    (warning,) = warned(empty_lab, ESTIMATE, caplog)
    assert f"modules.deals.stage: the stage {QUOTED!r} is in no pipeline, so no deal comes to it" in warning
    there_are = f"{EARLY!r} (10 per cent), {ACCEPTED!r} (90 per cent), {WON!r} (100 per cent), {LOST!r} (0 per cent)"
    assert warning.endswith(f"or name one of: {there_are}")


def test_pipelines_that_cannot_be_read(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """CON-4: what Zoho does not tell is no reason to stop."""
    refusal = {"code": "NO_PERMISSION", "message": "permission denied", "status": "error", "details": {}}
    match = {"method": "GET", "path": "/settings/pipeline"}
    empty_lab.sandbox.faults([{"kind": "status", "status": 403, "match": match, "body": refusal}])
    assert warned(empty_lab, ESTIMATE, caplog) == []


def test_the_team_pipelines_of_bigin(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TRG-2, BIG-1: Bigin's stages are those of its layouts."""
    lab = Lab(empty_lab.sandbox, empty_lab.store, empty_lab.folder / "bigin", integration="demo_bigin")
    stage = {"api_name": "Stage", "pick_list_values": [{"actual_value": name} for name in (EARLY, ACCEPTED, LOST)]}
    layouts = [{"id": "1", "name": "Sales Pipeline", "sections": [{"fields": [stage]}]}]
    answer(lab, "/bigin/v2/settings/layouts", "layouts", layouts)
    (warning,) = warned(lab, ESTIMATE, caplog)
    assert f"the stage {QUOTED!r} is in no pipeline" in warning
    with pytest.raises(PreflightError, match="deals have no stage 'Quoted'"):
        spoilt(lab, QUOTED, "Quoted").run()


def spoilt(lab: Lab, old: str, new: str) -> Trade:
    """The same lab with other settings."""
    lab.settings_file.write_text(lab.settings_file.read_text().replace(old, new))
    return Trade(lab)


def test_a_custom_field_that_books_does_not_have(empty_lab: Lab):
    """CON-4: each is named with its key."""
    lacking = "Books has no such custom field for invoices; add it there, of type text, or correct the name"
    first, second = refused(empty_lab, f"{INVOICE}\n    unique_field: cf_nothing\n    shown_in: {{books: cf_deals}}")
    assert f"modules.deals.unique_field: cf_nothing: {lacking}" in first
    assert f"modules.deals.shown_in.books: cf_deals: {lacking}" in second


def test_what_was_set_right_in_the_crm_counts_at_once(empty_lab: Lab):
    """CON-4: facts are kept for a day, but not those that stop a run."""
    stages(empty_lab, {"Open": 50, "Done": 90, "Away": 0})
    refused(empty_lab, INVOICE)
    empty_lab.sandbox.faults([])
    trade = Trade(empty_lab)
    trade.run()
    empty_lab.sandbox.clear_calls()
    trade.run()
    asked = [call["path"] for call in empty_lab.sandbox.calls() if "/settings/" in call["path"]]
    assert asked == []

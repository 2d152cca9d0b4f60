"""The simulation of tours: no work is lost, queues follow formulas, runs what was measured, and the page shows it."""

import math
import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from bench import calls, page
from bench.accounts import account, run
from bench.lives import CYCLE
from bench.organization import money, tables
from bench.organization.account import Visit, visit
from bench.organization.limits import UNLIMITED, Limits, figures
from bench.organization.lines import Bucket, Processor
from bench.organization.machine import MACHINE
from bench.organization.study import (
    DEFAULT,
    DELETIONS_DAY,
    FIRST_DAY,
    LARGE,
    MANY,
    RECOMMENDED,
    STEADY_DAY,
    Organization,
    Study,
)
from bench.organization.tour import tour
from bench.organization.work import FIRST, LATER, LOOK, Work, draw, everyday, rollout, shares
from infra.config import Config
from infra.organization.tour_states import definition
from keyturn.settings import Settings

TEXT = page.PAGE.read_text(encoding="utf-8")
ANEW = "if on purpose: make capacity"
# Nothing to wait for but the calls themselves.
OPEN = replace(
    DEFAULT,
    iam=UNLIMITED,
    secret_writes=UNLIMITED,
    secret_creates=UNLIMITED,
    secret_others=UNLIMITED,
    creates=UNLIMITED,
    cpu=0.0,
    cold=0.0,
    accepted_after=0.0,
    report_takes=0.0,
)
SMALL = Organization(40, 30, kinds=8)


@pytest.fixture(scope="module")
def study() -> Study:
    return Study()


def plain(seconds: float, runs: int = 1) -> Visit:
    """A visit of runs that take so long, and send nothing."""
    one = visit(Work(0, 0), OPEN).runs[0]
    return Visit(Work(0, 0), (replace(one, seconds=seconds),) * runs, 0, overran=False)


# ---- queues, against formulas


@pytest.mark.parametrize(("rate", "burst", "calls_"), [(5.0, 1.0, 40), (20.0, 20.0, 100), (0.5, 3.0, 12)])
def test_a_bucket_is_empty_after_what_it_holds_and_then_gives_at_its_rate(
    rate: float, burst: float, calls_: int
) -> None:
    bucket = Bucket(rate, burst)
    waits = [bucket.wait(0.0) for _ in range(calls_)]
    assert waits == pytest.approx([max(number - burst, 0) / rate for number in range(1, calls_ + 1)])


def test_a_bucket_that_is_left_alone_fills_again_and_holds_no_more_than_it_can() -> None:
    bucket = Bucket(10.0, 5.0)
    assert [bucket.wait(0.0) for _ in range(5)] == [0.0] * 5
    assert bucket.wait(100.0, tokens=5) == 0.0
    assert not bucket.has(100.0)
    assert bucket.wait(100.0) == pytest.approx(0.1)
    assert bucket.has(101.0)


def test_a_processor_under_random_arrivals_waits_as_pollaczek_and_khinchine_say() -> None:
    """M/D/1: at a load of 0.7 the mean wait in the queue is load / (2 x (1 - load)) services."""
    dice, processor, now, load, waits = random.Random(1), Processor(1.0), 0.0, 0.7, []  # noqa: S311 - arrivals
    for _ in range(200_000):
        now += dice.expovariate(load)
        waits.append(processor.wait(now, 1.0) - 1.0)
    assert sum(waits) / len(waits) == pytest.approx(load / (2 * (1 - load)), rel=0.03)


@pytest.mark.parametrize(("accounts", "at_once"), [(1, 1), (10, 3), (100, 10), (101, 10), (7, 50)])
def test_equal_accounts_take_as_many_rounds_as_the_map_needs(accounts: int, at_once: int) -> None:
    done = tour([plain(60.0)] * accounts, replace(OPEN, accounts_at_once=float(at_once)))
    assert done.seconds - done.listing == pytest.approx(60.0 * math.ceil(accounts / at_once))
    assert done.peak == min(accounts, at_once)
    assert done.billed == pytest.approx(60.0 * accounts)
    assert done.colds == min(accounts, at_once)


def test_starts_drain_their_bucket_and_then_come_at_its_rate() -> None:
    free = replace(OPEN, accounts_at_once=5_000.0, lambda_concurrency=5_000.0, environments=UNLIMITED)
    wide = replace(free, transitions=UNLIMITED, invokes=UNLIMITED, assume_roles=UNLIMITED)
    done = tour([plain(0.0)] * 2_000, wide)
    assert done.seconds - done.listing == pytest.approx((2_000 - 800) / wide.starts)


def test_events_of_all_accounts_together_take_as_long_as_the_bus_needs() -> None:
    one = visit(Work.all_due(100), OPEN)
    wide = replace(
        OPEN, accounts_at_once=500.0, put_events=50.0, transitions=UNLIMITED, starts=UNLIMITED, assume_roles=UNLIMITED
    )
    done = tour([one] * 500, wide)
    assert done.seconds - done.listing == pytest.approx(500 * 100 / 50.0, rel=0.02)
    assert max(done.waited, key=lambda name: done.waited[name]) == "put_events"


# ---- one account, against what was measured


@pytest.mark.parametrize("row", page.parts(TEXT)["waits"].splitlines()[2:], ids=lambda row: row.split("|")[1].strip())
def test_a_run_takes_as_long_as_the_quickest_of_real_threads(row: str) -> None:
    """These were measured on a machine with other things to do, so they may be slower, and not quicker."""
    at_once, _, measured, _ = (cell.strip() for cell in row.strip("|").split("|"))
    quickest = float(measured.split("(")[1].split()[0])
    ours = visit(Work(200, 0, first=50), replace(OPEN, users_at_once=float(at_once))).seconds
    assert 0.9 * quickest <= ours <= 1.01 * quickest


@pytest.mark.parametrize(("users", "due"), [(100, 0), (100, 25), (1_000, 10), (5_000, 50)])
def test_a_run_makes_the_calls_that_were_counted(users: int, due: int) -> None:
    first = visit(Work(users, 0, first=due), OPEN).calls
    later = visit(Work(users, users, later=due), OPEN).calls
    # The role is taken once more, and a tour tells people for all accounts together.
    assert first.total() == calls.ours(users, due, known=False) + 1 - bool(due)
    assert later.total() == calls.ours(users, due, known=True) + 1 - bool(due)


def test_a_run_that_has_to_wait_for_new_keys_asks_again_as_the_product_does() -> None:
    waited = visit(Work(8, 0, first=8), replace(OPEN, accepted_after=5.0))
    # 1 + 1 + 2 + 3 seconds: it is taken at the fifth attempt.
    assert waited.calls["get_caller_identity"] == 8 * 5
    at_once = visit(Work(8, 0, first=8), OPEN)
    assert waited.seconds - at_once.seconds == pytest.approx(7 + 4 * OPEN.call)


def test_users_whose_key_is_never_taken_are_an_error_and_no_figure() -> None:
    with pytest.raises(ValueError, match="no rotation waits"):
        visit(Work(1, 0, first=1), replace(OPEN, accepted_after=1_000.0))


def test_creates_come_at_the_products_pace() -> None:
    quick = replace(OPEN, users_at_once=50.0)
    paced = visit(Work(60, 0, first=60), replace(quick, creates=DEFAULT.creates))
    # Ten at once, and ten a second after them.
    assert paced.seconds == pytest.approx(visit(Work(50, 0, first=50), quick).seconds + 5.0, abs=0.3)


# ---- nothing is lost, nothing is done twice


@pytest.mark.parametrize("iam", [1.0, 3.0, 20.0, UNLIMITED])
@pytest.mark.parametrize("slots", [7.0, 100.0, 10_000.0])
def test_every_due_user_is_rotated_once_or_left(iam: float, slots: float) -> None:
    work = Work(600, 200, first=250, later=50, deactivations=20, deletions=10, looks=100)
    done = visit(work, replace(DEFAULT, iam=iam, rotations_a_run=slots))
    turns = done.turns
    assert turns[FIRST] <= work.first
    assert turns[LATER] <= work.later
    assert done.calls["create_access_key"] == done.rotated
    assert done.calls["update_access_key"] <= work.deactivations
    assert done.calls["delete_access_key"] <= work.deletions
    assert all(each.turns[FIRST] + each.turns[LATER] <= slots for each in done.runs)
    if not done.left:
        assert Counter({FIRST: 250, LATER: 50}) == Counter({kind: turns[kind] for kind in (FIRST, LATER)})
    assert len(done.runs) <= MACHINE.most_runs
    assert not done.overran


def test_a_rollout_rotates_every_user_of_a_large_account_once_over_its_days() -> None:
    study, work, rotated = Study(), Work.all_due(5_000), 0
    for _ in range(study.days_of_rollout(5_000, DEFAULT)):
        done = study.visit(work, DEFAULT)
        rotated, work = rotated + done.rotated, work.after(done.rotated)
    assert (rotated, work.first, work.looks) == (5_000, 0, 5_000)


def test_later_runs_of_a_tour_look_again_at_as_many_users_as_was_counted_on_the_fakes() -> None:
    world, counted = account(300, 300, known=False), []
    for _ in range(3):
        world.log.clear()
        run(world, max_rotations_per_run=100)
        looked = Counter(call.operation for call in world.calls())
        counted.append((looked["create_access_key"], looked["list_access_keys"] - looked["create_access_key"]))
    done = visit(Work(300, 0, first=300), replace(OPEN, rotations_a_run=100.0))
    assert [(each.turns[FIRST], each.turns[LOOK]) for each in done.runs] == counted


def test_a_tour_visits_every_account_once_in_waves_or_without(study: Study) -> None:
    for waves in ((1.0,), (0.02, 0.3, 1.0)):
        done = study.tour(SMALL, FIRST_DAY, DEFAULT, waves)
        assert len(done.ends) == SMALL.accounts
        assert done.rotated == SMALL.accounts * SMALL.users
        assert done.busy[-1][1] == 0


def test_accounts_that_lambda_goes_on_refusing_are_given_up_and_counted() -> None:
    tight = replace(OPEN, accounts_at_once=50.0, lambda_concurrency=5.0)
    done = tour([plain(800.0)] * 200, tight)
    assert done.peak == 5
    assert 0 < done.refused < 200
    assert done.billed == pytest.approx((200 - done.refused) * 800.0)
    assert tables.undone(done) == f"{done.refused} accounts, refused by Lambda"
    due = replace(plain(800.0).runs[0], turns=Counter({FIRST: 3}))
    turned_away = tour([Visit(Work.all_due(3), (due,), 0, overran=False)] * 200, tight)
    assert turned_away.rotated == 3 * (200 - turned_away.refused)


def test_a_tour_that_cannot_be_listed_in_time_leaves_all_accounts() -> None:
    done = tour([plain(1.0)] * 10_000, replace(OPEN, account_pages=0.5))
    assert done.listing > MACHINE.roster_seconds
    assert done.cut_off == 10_000


def test_secrets_in_the_hub_share_its_buckets_and_wait_for_nothing_in_the_account() -> None:
    hub = replace(RECOMMENDED, secrets_in_hub=True, accounts_at_once=50.0, put_events=UNLIMITED)
    one = visit(Work.all_due(100), hub)
    assert one.seconds <= visit(Work.all_due(100), RECOMMENDED).seconds
    done = tour([one] * 200, hub)
    # Three writes a rotation, fifty a second.
    assert done.seconds - done.listing == pytest.approx(200 * 100 * 3 / 50, rel=0.05)
    assert max(done.waited, key=lambda name: done.waited[name]) == "secret_writes"


def test_runs_that_the_hub_makes_too_long_count_as_several_up_to_the_machines_bound() -> None:
    one = visit(Work.all_due(1_000), replace(OPEN, rotations_a_run=10_000.0))
    slow = tour([one] * 4, replace(OPEN, accounts_at_once=4.0, put_events=0.2))
    assert slow.runs >= 4 * 1_000 * len(one.runs) / 0.2 / MACHINE.run_seconds * 0.9
    assert slow.exhausted
    assert f"work of {slow.exhausted} accounts" in tables.undone(slow)


# ---- the bottleneck is one


@pytest.mark.parametrize("settings", [DEFAULT, RECOMMENDED], ids=["default", "recommended"])
@pytest.mark.parametrize("day", [FIRST_DAY, DELETIONS_DAY, STEADY_DAY])
def test_making_the_named_bottleneck_kinder_shortens_the_tour_and_tightening_an_idle_figure_does_not_matter(
    study: Study, settings: Limits, day: str
) -> None:
    saved = study.savings(SMALL, day, settings)
    base = study.tour(SMALL, day, settings)
    first, last = next(iter(saved)), [name for name, share in saved.items() if share == 0]
    assert saved[first] > 0.1
    assert study.tour(SMALL, day, settings.tightened(first)).seconds > base.seconds
    assert {"map_children", "lambda_concurrency", "invokes"} <= set(last)
    for name in ("map_children", "lambda_concurrency", "invokes"):
        tightened = study.tour(SMALL, day, settings.tightened(name))
        assert tightened.ends == base.ends


def test_no_figure_that_is_made_kinder_makes_a_finished_tour_longer(study: Study) -> None:
    # Places of the Map are taken in another order then, so that a tour may end some seconds later.
    assert min(study.savings(SMALL, FIRST_DAY, RECOMMENDED).values()) > -0.02


# ---- the policy's own work


def test_the_day_of_the_lived_users_is_the_average_day_that_was_counted_on_the_fakes() -> None:
    row = next(line for line in page.parts(TEXT)["day"].splitlines() if "looks at the" in line)
    waiting = int(row.split("looks at the ")[1].split()[0])
    lived = shares(everyday(), range(CYCLE))
    assert lived[LOOK] == pytest.approx(waiting / CYCLE)
    assert lived[LATER] == lived["a deactivation"] == lived["a deletion"] == pytest.approx(1 / CYCLE)


def test_on_the_first_day_every_key_is_due_and_none_a_second_time_within_sixty() -> None:
    assert shares(rollout(), [0]) == {FIRST: 1.0}
    assert all(sum(day.count(FIRST) + day.count(LATER) for day in user) == 1 for user in rollout())


def test_an_account_has_as_many_users_as_were_drawn_and_the_same_for_the_same_seed() -> None:
    one, same, other = (draw(5_000, everyday(), 7, random.Random(seed)) for seed in (1, 1, 2))  # noqa: S311 - a sample
    assert one == same != other
    assert one.users == 5_000
    assert one.rotations + one.deactivations + one.deletions + one.looks <= 5_000


# ---- the model is about this product


def test_the_figures_that_are_ours_are_the_products() -> None:
    assert DEFAULT.accounts_at_once == Config().account_concurrency
    assert DEFAULT.rotations_a_run == Settings().max_rotations_per_run
    assert DEFAULT.users_at_once == Settings().concurrency
    accounts = definition(Config(account_concurrency=37), rotator="", roster="", roundup="", results="")
    assert accounts["States"]["Waves"]["ItemProcessor"]["States"]["Accounts"]["MaxConcurrency"] == 37
    assert MACHINE.most_runs == 20
    assert MACHINE.run_seconds == 900
    assert MACHINE.retries == (5, 10, 20, 40, 80, 160)


def test_each_figure_says_what_it_is_and_where_it_is_from() -> None:
    for described in figures().values():
        assert described.metadata["what"]
        assert described.metadata["source"]
        assert described.metadata["grade"]


# ---- the page


def test_the_page_shows_the_figures_and_the_work_that_the_model_rests_on() -> None:
    parts = page.parts(TEXT)
    assert tables.limits() == parts["limits"], ANEW
    assert tables.work() == parts["policywork"], ANEW


def test_the_same_seed_gives_the_tours_of_the_page(study: Study) -> None:
    rows = page.parts(TEXT)["tours"].splitlines()[2:]
    made = tables.tours(study).splitlines()[2:]
    assert made == rows, ANEW


def test_the_same_seed_gives_the_bill_of_the_page(study: Study) -> None:
    assert tables.bill(study) == page.parts(TEXT)["bill"], ANEW
    month = money.monthly(study.tour(MANY, STEADY_DAY, DEFAULT), DEFAULT)
    assert month["secrets"] == 0.40 * 1_000_000
    assert month["KMS keys"] == 10_000 + 2


def test_what_the_page_concludes_is_what_its_tours_say(study: Study) -> None:
    text = re.sub(r"\s+", " ", page.parts(TEXT)["findings"])
    slow, large = study.tour(MANY, FIRST_DAY, DEFAULT), study.tour(LARGE, FIRST_DAY, DEFAULT)
    assert slow.cut_off
    assert f"{slow.cut_off:,} accounts left" in text, ANEW
    assert large.left
    assert f"{large.visits[0].rotated:,} a tour and account" in text, ANEW
    for organization in (MANY, LARGE):
        done = study.tour(organization, FIRST_DAY, RECOMMENDED)
        assert tables.undone(done) == "nothing"
        assert tables.time(done.seconds) in text, ANEW


def test_the_picture_is_on_the_page() -> None:
    assert "](images/capacity.svg)" in TEXT

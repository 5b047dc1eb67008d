"""What an event says: who, from where, and the sentence with its links."""

from threading import Thread
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from audit.activity import Activity, Origin, System, current_origin, originating
from audit.models import Event, EventSubject
from roles.models import Role
from tests.audit.things import changed, guarded, last, told
from tests.factories import SYSTEM, administrator, person, role

pytestmark = pytest.mark.django_db


def rename(thing: Role, name: str) -> None:
    with changed(thing, by=SYSTEM):
        thing.name = name
        thing.save()


class TestWhoAndWhence:
    def test_a_lazy_user_acts_and_is_acted_upon(self) -> None:
        ada = administrator()
        lazy: Any = SimpleLazyObject(lambda: ada)
        tester = role("Tester")
        with guarded(tester, by=lazy):
            tester.name = "Checker"
            tester.save()
        assert (last().actor_key, last().actor_kind) == (ada.pk, "person")

    def test_the_origin_is_told(self) -> None:
        with originating(Origin("api", ip="192.0.2.1", user_agent="curl", token_key=(key := role("x").pk))):
            rename(role("Tester"), "Checker")
        event = last()
        assert (event.channel, event.token_key) == ("api", key)
        assert (event.body["ip"], event.body["user_agent"]) == ("192.0.2.1", "curl")

    def test_another_thread_shares_neither_origin_nor_step(self) -> None:
        seen: list[Any] = []
        with originating(Origin("browser")), changed(role("Tester"), by=SYSTEM):
            thread = Thread(target=lambda: seen.append(current_origin()))
            thread.start()
            thread.join()
        assert seen[0].channel == "command"

    def test_systems_reason_is_kept(self) -> None:
        tester = role("Tester")
        with changed(tester, by=System("plan worker")):
            tester.name = "Checker"
            tester.save()
        assert (last().actor_kind, last().body["reason"]) == ("system", "plan worker")


class TestSentence:
    def test_links_count_characters_as_people_do(self) -> None:
        names = ['O\'Hara "Q"', "🧪 Prüfer", "בודק", "a'b'c"]
        others = [Role.objects.create(name=name) for name in names]
        tester = Role.objects.create(name="Tester 👩‍🔬")
        told.record(tester, by=SYSTEM, others=others, number=7)
        event = last()
        assert event.sentence == f"{', '.join(names)} and 'Tester 👩‍🔬', 7"
        linked = {event.sentence[start:end]: index for start, end, index in event.body["links"]}
        assert {label: event.body["subjects"][index][2] for label, index in linked.items()} == {
            name: name for name in [*names, "Tester 👩‍🔬"]
        }
        assert event.body["subjects"][0][2] == "Tester 👩‍🔬"

    def test_braces_in_names_are_only_text(self) -> None:
        told.record(role("{entity.password}"), by=SYSTEM, others="{number}", number=1)
        assert last().sentence == "{number} and '{entity.password}', 1"

    def test_a_query_is_told_as_it_was_before_the_change(self) -> None:
        role("Old one")
        tester = role("Tester")
        with told(tester, by=SYSTEM, others=Role.objects.filter(name__startswith="Old"), number=1):
            Role.objects.filter(name__startswith="Old").update(name="New one")
            tester.description = "x"
            tester.save()
        assert last().sentence.startswith("Old one and")

    def test_a_list_may_be_filled_inside_the_block(self) -> None:
        tester, others = role("Tester"), list[Role]()
        with told(tester, by=SYSTEM, others=others, number=1):
            others.append(role("Found inside"))
            tester.description = "x"
            tester.save()
        assert last().sentence.startswith("Found inside and")

    def test_a_generator_is_told_whole(self) -> None:
        told.record(role("Tester"), by=SYSTEM, others=(name for name in ("a", "b")), number=1)
        assert last().sentence == "a, b and 'Tester', 1"

    def test_a_sentence_must_not_name_what_is_no_fact(self) -> None:
        with pytest.raises(ValueError, match="no facts"):
            Activity(None, "test_typo", "{whom}", requires="public", facts=("who",))

    def test_facts_must_be_all_there(self) -> None:
        with pytest.raises(TypeError, match="takes the facts"):
            told(role("Tester"), by=SYSTEM, others="x")


def test_five_hundred_subjects_are_all_found() -> None:
    crowd = [person(f"person.{number}") for number in range(500)]
    told.record(role("Tester"), by=SYSTEM, others=crowd, number=500)
    event = last()
    assert EventSubject.objects.filter(event_id=event.pk).count() == 501
    assert Event.objects.about("user", crowd[-1].pk).newest_first().first() == event
    assert len(event.details.encode()) <= 60_000

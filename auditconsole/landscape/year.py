"""A year in the life of the demo: who does what, when, with the rhythm of an office."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from audit.activity import Channel
from auditconsole.landscape import acts
from auditconsole.landscape.clock import CLICK
from auditconsole.landscape.foundation import Scene
from users.models import User

WORKING_DAYS = range(5)
RUNNING = timedelta(seconds=21)  # between the steps of a plan that the worker carries out


@dataclass(frozen=True, order=True)
class Happening:
    """One act of one person or program, at a moment."""

    moment: datetime
    position: int  # of two at the same moment, the first drawn comes first
    who: User
    act: Callable[[], object]
    channel: Channel = "browser"
    pace: timedelta = CLICK


def live(scene: Scene, first_day: datetime, days: int, dice: Random) -> None:
    """Let everybody work from `first_day` on, for so many days."""
    for happening in sorted(Calendar(scene, dice).happenings(first_day, days)):
        agent = "Mozilla/5.0" if happening.channel == "browser" else "python-requests/2.34.2"
        with scene.clock.at(
            happening.moment,
            channel=happening.channel,
            ip=scene.desk(happening.who),
            agent=agent,
            pace=happening.pace,
        ):
            happening.act()


class Calendar:
    """Draws what happens on each day."""

    def __init__(self, scene: Scene, dice: Random) -> None:
        self.scene, self.dice = scene, dice
        self.drawn = 0

    def happenings(self, first_day: datetime, days: int) -> Iterator[Happening]:
        """Return everything that happens, day by day, in no order within a day."""
        for number in range(days):
            day = first_day + timedelta(days=number)
            if day.weekday() in WORKING_DAYS:
                yield from self._office(day)
                yield from self._deliveries(day)
                yield from self._administration(day, number)
            yield from self._programs(day)

    def _office(self, day: datetime) -> Iterator[Happening]:
        """People come in, mistype, look around, and change what they work on."""
        for person in self.dice.sample(list(self.scene.people.values()), self.dice.randint(5, 9)):
            arrival = self._between(day, 7.5, 10)
            if self.dice.random() < 0.06:
                yield self._happening(arrival - timedelta(seconds=20), person, partial(acts.mistype, person))
            yield self._happening(arrival, person, partial(acts.sign_in, person))
            for chance, act in ((0.6, acts.look_around), (0.2, acts.publish)):
                if self.dice.random() < chance:
                    moment = arrival + timedelta(minutes=self.dice.randint(5, 420))
                    yield self._happening(moment, person, partial(act, self.scene, person, self.dice))

    def _deliveries(self, day: datetime) -> Iterator[Happening]:
        """Quality assurance each Monday, staging each second Wednesday, production each fourth Thursday."""
        managers = [self.scene.people[name] for name in ("ana.lopes", "oystein.berg")]
        week = day.isocalendar().week
        manager = managers[week % 2]
        if day.weekday() == 0:
            yield self._delivery(day, manager, 0, 1)
        if day.weekday() == 2 and week % 2 == 0:
            yield self._delivery(day, manager, 1, 2)
        if day.weekday() == 3 and week % 4 == 0:
            yield self._delivery(day, manager, 2, 3)

    def _delivery(self, day: datetime, manager: User, source: int, target: int) -> Happening:
        robot = self.scene.accounts["release-bot"]
        by_robot = source == 0 and self.dice.random() < 0.5
        who = robot if by_robot else manager
        return self._happening(
            self._between(day, 14, 17.5),
            who,
            partial(acts.deliver, self.scene, who, self.dice, source, target),
            channel="lifetime-api" if by_robot else "browser",
            pace=RUNNING,
        )

    def _administration(self, day: datetime, number: int) -> Iterator[Happening]:
        """What those who look after the landscape do now and then."""
        rare = (
            (0.10, "ingrid.holm", acts.grant_application_role),
            (0.05, "marco.bianchi", acts.tune_role),
            (0.06, "andrea.fleet", acts.change_member),
            (0.04, "marco.bianchi", acts.leave_and_return),
            (0.05, "jun.sato", acts.overreach),
            (0.08, "nadia.haddad", acts.audit),
            (0.04, "ingrid.holm", acts.block_or_unblock),
        )
        for chance, name, act in rare:
            if self.dice.random() < chance:
                person = self.scene.people[name]
                yield self._happening(
                    self._between(day, 9, 18), person, partial(act, self.scene, person, self.dice)
                )
        if number % 28 == 12:
            yield from self._maintenance(day)
        if number % 80 == 3:
            chief = self.scene.chief
            yield self._happening(
                self._between(day, 9, 10), chief, partial(acts.rotate_tokens, self.scene, chief)
            )

    def _maintenance(self, day: datetime) -> Iterator[Happening]:
        chief = self.scene.chief
        start = day.replace(hour=20, minute=0)
        environment = self.scene.environments[self.dice.randrange(1, 4)]
        yield self._happening(start, chief, partial(acts.close, chief, environment))
        yield self._happening(start + timedelta(minutes=95), chief, partial(acts.reopen, chief, environment))

    def _programs(self, day: datetime) -> Iterator[Happening]:
        """The dashboard's program reads the landscape every morning."""
        probe = self.scene.accounts["landscape-probe"]
        moment = day.replace(hour=6, minute=0)
        yield self._happening(moment, probe, partial(acts.call_api, probe), channel="lifetime-api")

    def _between(self, day: datetime, earliest: float, latest: float) -> datetime:
        """Return an instant between two hours of the day."""
        seconds = self.dice.randint(int(earliest * 3600), int(latest * 3600))
        return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=seconds)

    def _happening(
        self,
        moment: datetime,
        who: User,
        act: Callable[[], object],
        channel: Channel = "browser",
        pace: timedelta = CLICK,
    ) -> Happening:
        self.drawn += 1
        return Happening(moment, self.drawn, who, act, channel, pace)

"""The feed against everything that could make it miss events, in full: 24 writers with random delays and rollbacks,
50,000 events, readers over the API that crash and resume; and beside them two selections that are known to be bad."""

import argparse
import time

from write_overhead import connection, database, django


def main() -> None:
    """Write, read along, and report what was missed and what came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=24)
    parser.add_argument("--events", type=int, default=50_000)
    options = parser.parse_args()
    django.setup()
    with database("benchmark_feed") as (_, where):
        connection.close()
        connection.settings_dict.update(NAME=where["NAME"])
        prove(options.writers, options.events)
        connection.close()


def prove(writers: int, events: int) -> None:
    """Run it on the database in use."""
    from django.conf import settings
    from django.core.management import call_command

    from audit.models import Event
    from tests.databases import address
    from tests.record.caller import reader
    from tests.record.test_feed import PLENTY, followed
    from tests.record.traffic import Reading, bound_read_late, by_number, run

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT, settings.API_LIMITS = ["*"], False, PLENTY
    siem = reader()
    good = [Reading(f"the feed, reader {number}", followed(siem)) for number in (1, 2, 3)]
    bad = [Reading("id > last seen", by_number), Reading("bound read after the rows", bound_read_late)]
    begun = time.monotonic()
    committed = run(
        address(str(connection.settings_dict["NAME"])), writers=writers, events=events, readings=good + bad
    )
    seconds = time.monotonic() - begun
    everything = set(Event.objects.values_list("pk", flat=True))
    print(f"{writers} writers, {len(committed)} events committed in {seconds:.0f} s")
    print(f"{'selection':<28}{'seen':>8}{'missed':>8}{'twice':>7}")
    for reading in (*good, *bad):
        print(f"{reading.name:<28}{len(reading.seen):>8}{reading.missed(everything):>8}{reading.twice:>7}")
    assert all(reading.missed(everything) == 0 == reading.twice for reading in good)
    assert all(reading.missed(committed) > 0 for reading in bad)


if __name__ == "__main__":
    main()

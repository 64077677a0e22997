package io.recthink.chat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock on which sleep takes no time, and that notes each sleep. */
final class FakeClock implements WaitingClock {
    static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

    private final List<Duration> sleeps = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    @Override
    public synchronized Instant now() {
        return START.plus(passed);
    }

    @Override
    public synchronized long nanoseconds() {
        return passed.toNanos();
    }

    @Override
    public synchronized void sleep(Duration duration) {
        sleeps.add(duration);
        passed = passed.plus(duration);
    }

    synchronized List<Duration> sleeps() {
        return List.copyOf(sleeps);
    }
}

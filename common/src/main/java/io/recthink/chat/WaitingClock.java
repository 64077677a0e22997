package io.recthink.chat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The time and waiting; tests have a clock that does not wait. Safe for use by many threads. */
interface WaitingClock {
    WaitingClock SYSTEM = new WaitingClock() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanoseconds() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }
    };

    /** The time of day. */
    Instant now();

    /** A time in nanoseconds that never goes back; only differences have a meaning. */
    long nanoseconds();

    void sleep(Duration duration) throws InterruptedException;
}

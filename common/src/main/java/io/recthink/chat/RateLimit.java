package io.recthink.chat;

import java.time.Duration;

/**
 * A token bucket. It holds what one second brings, at least 1. More than it holds may be taken: then the next ones wait
 * for longer. Safe for use by many threads; they get their turns in the order in which they came.
 */
final class RateLimit {
    private final double perNanosecond;
    private final double capacity;
    private final WaitingClock clock;
    private double level;
    private long filled;

    /** @param perMinute the most a minute; 0: no limit */
    RateLimit(double perMinute, WaitingClock clock) {
        this.perNanosecond = perMinute / Duration.ofMinutes(1).toNanos();
        this.capacity = Math.max(1, perMinute / 60);
        this.clock = clock;
        this.level = capacity;
        this.filled = clock.nanoseconds();
    }

    /** Takes an amount and returns how long the caller must wait before it uses the amount. */
    synchronized Duration take(double amount) {
        if (perNanosecond == 0) {
            return Duration.ZERO;
        }
        fill();
        double missing = Math.min(amount, capacity) - level;
        level -= amount;
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNanosecond));
    }

    /** Returns what was taken and not used; a negative amount takes what was used and not taken. */
    synchronized void giveBack(double amount) {
        level += amount;
    }

    private void fill() {
        long now = clock.nanoseconds();
        level = Math.min(capacity, level + (now - filled) * perNanosecond);
        filled = now;
    }
}

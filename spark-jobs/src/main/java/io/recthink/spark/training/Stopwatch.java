package io.recthink.spark.training;

/** Measures the seconds between the stages of a step. */
public final class Stopwatch {
    private final long start = System.nanoTime();
    private long last = start;

    /** Seconds since the last lap, or since the start. */
    public double lap() {
        long now = System.nanoTime();
        double seconds = (now - last) / 1e9;
        last = now;
        return seconds;
    }

    /** Seconds since the start. */
    public double total() {
        return (System.nanoTime() - start) / 1e9;
    }
}

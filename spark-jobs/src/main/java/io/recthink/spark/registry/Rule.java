package io.recthink.spark.registry;

/**
 * A rule of the gate with what was found.
 *
 * @param name what the rule is about
 * @param holds the verdict
 * @param found what was found, with its numbers
 * @param demands what the rule demands, with its setting
 */
public record Rule(String name, boolean holds, String found, String demands) {
    /** The rule in one line. */
    public String line() {
        return "%s %s: %s; %s".formatted(holds ? "ok     " : "REFUSED", name, found, demands);
    }
}

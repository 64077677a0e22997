package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The systems of a table, and which of them the others are compared with.
 *
 * @param keys trivial ones, saved ones, then those that are mapped by an {@link IsotonicRow}
 * @param saved the place of the first mapped one
 * @param reference the place of the system that differences are taken to
 * @param focus the place of the system of the second block
 */
record Selection(List<SystemKey> keys, int saved, int reference, OptionalInt focus) {
    Selection {
        keys = List.copyOf(keys);
    }

    /**
     * Finds the configured systems.
     *
     * @throws InvalidInputException when the table has no such system
     */
    static Selection of(List<SystemKey> keys, List<IsotonicRow> maps, CompareSettings settings) {
        List<SystemKey> all = new ArrayList<>(keys);
        maps.forEach(map -> all.add(map.key()));
        return new Selection(
                all,
                keys.size(),
                index(all, settings.reference(), "compare.reference"),
                settings.focus().isEmpty()
                        ? OptionalInt.empty()
                        : OptionalInt.of(index(all, settings.focus(), "compare.focus")));
    }

    /** The first row of a system, or of {@code system/read-out}. */
    private static int index(List<SystemKey> keys, String name, String setting) {
        for (int i = 0; i < keys.size(); i++) {
            SystemKey key = keys.get(i);
            if (key.system().equals(name) || (key.system() + "/" + key.readout()).equals(name)) {
                return i;
            }
        }
        throw new InvalidInputException("%s: there is no system %s; the table has %s"
                .formatted(
                        setting,
                        name,
                        keys.stream().map(SystemKey::system).distinct().toList()));
    }
}

package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The systems of a table, with the reference system and the focus system.
 *
 * @param keys trivial systems, saved systems, then the systems of the {@link IsotonicRow}s
 * @param saved number of trivial and saved systems, which is the index of the first isotonic row
 * @param reference index of the reference system
 * @param focus index of the system of the second block
 */
record Selection(List<SystemKey> keys, int saved, int reference, OptionalInt focus) {
    Selection {
        keys = List.copyOf(keys);
    }

    /**
     * Finds the configured systems.
     *
     * @throws InvalidInputException when the table does not contain them
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

    /** Index of the first row whose system, or {@code system/read-out}, is {@code name}. */
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

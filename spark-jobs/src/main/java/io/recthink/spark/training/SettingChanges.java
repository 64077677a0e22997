package io.recthink.spark.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** Collects the differences between two trees of settings. */
final class SettingChanges {
    private final List<String> free;
    private final List<String> lines = new ArrayList<>();

    /** @param free keys with dots that may differ */
    SettingChanges(List<String> free) {
        this.free = free;
    }

    /** Notes each setting with this key, or below it, that differs. */
    void compare(String key, JsonNode before, JsonNode now) {
        if (free.contains(key) || before.equals(now)) {
            return;
        }
        if (!before.isObject() || !now.isObject()) {
            note(key, shown(before), shown(now));
            return;
        }
        TreeSet<String> names = new TreeSet<>();
        for (Iterator<String> i = before.fieldNames(); i.hasNext(); ) {
            names.add(i.next());
        }
        now.fieldNames().forEachRemaining(names::add); // a map may have additional keys
        names.forEach(name -> compare(key + "." + name, before.path(name), now.path(name)));
    }

    void note(String key, String before, String now) {
        lines.add(ResumeCheck.change(key, before, now));
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "not set" : value.isValueNode() ? value.asText() : value.toString();
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}

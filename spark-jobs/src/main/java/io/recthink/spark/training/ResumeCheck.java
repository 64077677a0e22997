package io.recthink.spark.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** Refuses to go on with a run whose model, data or configuration is another one now, and names what changed. */
final class ResumeCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String run;
    private final List<String> changes = new ArrayList<>();

    ResumeCheck(String run) {
        this.run = run;
    }

    ResumeCheck same(String name, String before, String now) {
        if (!before.equals(now)) {
            changes.add("%s: was %s, is %s".formatted(name, before, now));
        }
        return this;
    }

    /**
     * Compares configurations.
     *
     * @param yaml what the run was begun with
     * @param fixed sections and keys that count
     * @param free keys below them that do not
     */
    ResumeCheck same(String yaml, Configuration now, List<String> fixed, List<String> free) {
        Configuration before = ConfigurationReader.readRecord(run + "/config.yaml", yaml);
        JsonNode beforeTree = JSON.valueToTree(before);
        JsonNode nowTree = JSON.valueToTree(now);
        for (String name : fixed) {
            compare(name, beforeTree.path(name), nowTree.path(name), free);
        }
        ConfigurationReader.unknownKeys(run + "/config.yaml", yaml).forEach((key, value) -> {
            if (isOf(key, fixed) && !isOf(key, free)) {
                same(key, value, "not known to this version of recthink");
            }
        });
        return this;
    }

    private static boolean isOf(String key, List<String> names) {
        return names.stream().anyMatch(name -> key.equals(name) || key.startsWith(name + "."));
    }

    private void compare(String key, JsonNode before, JsonNode now, List<String> free) {
        if (free.contains(key) || before.equals(now)) {
            return;
        }
        if (!before.isObject() || !now.isObject()) {
            same(key, shown(before), shown(now));
            return;
        }
        TreeSet<String> names = new TreeSet<>();
        for (Iterator<String> i = before.fieldNames(); i.hasNext(); ) {
            names.add(i.next());
        }
        now.fieldNames().forEachRemaining(names::add); // a map may have more
        names.forEach(name -> compare(key + "." + name, before.path(name), now.path(name), free));
    }

    private static String shown(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    void refuseChanges() {
        if (!changes.isEmpty()) {
            throw new InvalidInputException(
                    "%s cannot be resumed, for this has changed since it began:%n  %s%nPut it back, or start another run: choose another folder for the run (paths.run; of sft paths.warmStart)."
                            .formatted(run, String.join(System.lineSeparator() + "  ", changes)));
        }
    }
}

package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.RunFolder;
import java.util.ArrayList;
import java.util.List;

/** Refuses to resume a run whose model, data or settings have changed, and names the changes. */
final class ResumeCheck {
    private final String key;
    private final String run;
    private final List<String> changes = new ArrayList<>();

    /**
     * A check without changes so far.
     *
     * @param key the setting that names the run folder
     * @param run path of the run folder
     */
    ResumeCheck(String key, String run) {
        this.key = key;
        this.run = run;
    }

    ResumeCheck same(String name, String before, String now) {
        if (!before.equals(now)) {
            changes.add(change(name, before, now));
        }
        return this;
    }

    /**
     * Compares the recorded settings of the run with its present settings.
     *
     * @param before the text of its {@code config.yaml}
     */
    ResumeCheck same(String before, RunRecord now) {
        changes.addAll(now.changes(run + "/config.yaml", before));
        return this;
    }

    static String change(String name, String before, String now) {
        return "%s: was %s, is %s".formatted(name, before, now);
    }

    void refuseChanges() {
        if (!changes.isEmpty()) {
            throw new InvalidInputException(
                    "%s cannot be resumed, because the following has changed since it began:%n  %s%nRestore it, or start another run: choose %s."
                            .formatted(
                                    run, String.join(System.lineSeparator() + "  ", changes), RunFolder.another(key)));
        }
    }
}

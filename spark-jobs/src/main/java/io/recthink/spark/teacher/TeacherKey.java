package io.recthink.spark.teacher;

import io.recthink.InvalidInputException;
import io.recthink.teacher.TeacherSettings;

/**
 * The key of a teacher's server. It comes from the environment of the driver and is in no setting, log, event log or
 * run folder.
 */
final class TeacherKey {
    private TeacherKey() {}

    /**
     * The key; empty when the settings name no variable.
     *
     * @throws InvalidInputException when the variable is not set
     */
    static String of(TeacherSettings teacher) {
        String variable = teacher.apiKeyVariable();
        if (variable.isEmpty()) {
            return "";
        }
        String key = System.getenv(variable);
        if (key == null || key.isBlank()) {
            throw new InvalidInputException(
                    "teacher.apiKeyVariable: the driver has no environment variable %s. Set it to the key of the server, or leave teacher.apiKeyVariable empty for a server without keys."
                            .formatted(variable));
        }
        return key.strip();
    }
}

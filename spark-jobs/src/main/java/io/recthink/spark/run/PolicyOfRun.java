package io.recthink.spark.run;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A policy that lies in a run folder.
 *
 * @param run path of the run folder
 * @param step that published it
 */
public record PolicyOfRun(String run, int step) {
    private static final Pattern FOLDER = Pattern.compile("(.+)/step-(\\d{6,9})/policy/?");

    /** The place in a run that a policy's path says; nothing for a policy from elsewhere. */
    public static Optional<PolicyOfRun> at(String path) {
        Matcher folder = FOLDER.matcher(path);
        return folder.matches()
                ? Optional.of(new PolicyOfRun(folder.group(1), Integer.parseInt(folder.group(2))))
                : Optional.empty();
    }
}

package io.recthink.spark.run;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The run and the step of a policy in a run folder.
 *
 * @param run path of the run folder
 * @param step the step that published the policy
 */
public record PolicyOfRun(String run, int step) {
    private static final Pattern FOLDER = Pattern.compile("(.+)/step-(\\d{6,9})/policy/?");

    /** Run and step from the path of a policy; empty for a policy outside of a run. */
    public static Optional<PolicyOfRun> at(String path) {
        Matcher folder = FOLDER.matcher(path);
        return folder.matches()
                ? Optional.of(new PolicyOfRun(folder.group(1), Integer.parseInt(folder.group(2))))
                : Optional.empty();
    }
}

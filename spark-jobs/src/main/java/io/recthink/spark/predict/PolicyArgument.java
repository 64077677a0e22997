package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.OutputFolders;
import io.recthink.spark.run.PolicyFolder;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.run.PolicyStore;
import io.recthink.spark.run.PolicyVersion;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * How a person names a policy: the folder of a model or of an adapter; a run folder, for its best policy on validation, or
 * its newest where nothing was validated; or {@code run@step}.
 */
public final class PolicyArgument {
    private static final Pattern AT_STEP = Pattern.compile("(.+)@(\\d{1,9})");

    private PolicyArgument() {}

    /**
     * Where a policy lies.
     *
     * @param folder holds it
     * @param number of its version in its run; 0 for one of no run
     * @param sha256 of its weights, as they were published
     */
    public record Place(PolicyFolder folder, int number, String sha256) {
        /** The folder on this machine. */
        public Path localize() {
            return PolicyStore.localize(new PolicyReference(folder.path(), number, sha256, folder.digest(sha256)));
        }
    }

    /**
     * The policy that an argument names, for tasks to load.
     *
     * @param argument its name, for messages
     * @param path resolved path of the folder, perhaps with a step
     * @throws InvalidInputException when there is no such policy
     */
    public static PolicyReference resolve(String argument, String path, SparkSession spark) {
        Place place = find(argument, path, spark.sparkContext().hadoopConfiguration());
        return place.folder.policy(place.number, place.sha256, spark);
    }

    /**
     * The place of the policy that an argument names.
     *
     * @param argument its name, for messages
     * @param path resolved path of the folder, perhaps with a step
     * @throws InvalidInputException when there is no such policy
     */
    public static Place find(String argument, String path, Configuration hadoop) {
        PolicyFolder folder = PolicyFolder.at(path, hadoop);
        if (folder.exists()) {
            OutputFolders.requireComplete(hadoop, argument, path);
            RunFolder.requirePublished(folder.path(), hadoop);
            return new Place(folder, 0, folder.sha256());
        }
        Matcher step = AT_STEP.matcher(path);
        if (step.matches() && !RunFolder.at(path, hadoop).exists()) {
            RunFolder run = RunFolder.at(step.group(1), hadoop);
            return ofRun(run, run.required(Integer.parseInt(step.group(2))), hadoop);
        }
        RunFolder run = RunFolder.at(path, hadoop);
        if (!run.exists()) {
            throw new InvalidInputException(
                    "%s: %s is neither the folder of a model (no config.json) or of an adapter (no adapter_config.json) nor a run with a complete step"
                            .formatted(argument, path));
        }
        return ofRun(run, run.best(), hadoop);
    }

    private static Place ofRun(RunFolder run, Manifest manifest, Configuration hadoop) {
        PolicyVersion version = manifest.policyVersion();
        return new Place(PolicyFolder.at(run.policy(manifest), hadoop), version.number(), version.sha256());
    }
}

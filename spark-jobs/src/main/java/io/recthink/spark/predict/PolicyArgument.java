package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.PolicyFolder;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.run.PolicyVersion;
import io.recthink.spark.run.RunFolder;
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
     * The policy that an argument names.
     *
     * @param system who is predicted, for messages
     * @param path resolved path of the folder, perhaps with a step
     * @throws InvalidInputException when there is no such policy
     */
    public static PolicyReference resolve(String system, String path, SparkSession spark) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Matcher step = AT_STEP.matcher(path);
        if (step.matches()) {
            RunFolder run = RunFolder.at(step.group(1), hadoop);
            return ofRun(run, run.required(Integer.parseInt(step.group(2))), spark);
        }
        PolicyFolder folder = PolicyFolder.at(path, hadoop);
        if (folder.exists()) {
            return folder.policy(spark);
        }
        RunFolder run = RunFolder.at(path, hadoop);
        if (!run.exists()) {
            throw new InvalidInputException(
                    "predict.policies.%s: %s is neither the folder of a model (no config.json) or of an adapter (no adapter_config.json) nor a run with a complete step"
                            .formatted(system, path));
        }
        return ofRun(run, run.best(), spark);
    }

    private static PolicyReference ofRun(RunFolder run, Manifest manifest, SparkSession spark) {
        PolicyVersion version = manifest.policyVersion();
        return PolicyFolder.at(run.policy(manifest), spark.sparkContext().hadoopConfiguration())
                .policy(version.number(), version.sha256(), spark);
    }
}

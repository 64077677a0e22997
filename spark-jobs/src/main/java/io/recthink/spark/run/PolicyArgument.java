package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.config.Paths;
import io.recthink.learn.ParameterVector;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ModelFolder;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyReference.Adapter;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.Version;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Resolves the name that a person gives to a policy. The name is the folder of a model or an adapter, a run folder,
 * {@code run@step}, the folder of a registry, or {@code registry@version}. A run folder names its best policy on
 * validation, or its newest policy without a validation. A registry names the version that serves. In a configuration,
 * {@code registry:NAME} is the registry NAME below {@code paths.registry}.
 */
public final class PolicyArgument {
    private static final Pattern AT_NUMBER = Pattern.compile("(.+)@(\\d{1,9})");

    private PolicyArgument() {}

    /**
     * The location of a policy.
     *
     * @param folder the folder with the policy
     * @param number its version in its run; 0 for a policy of no run
     * @param sha256 SHA-256 of its weights, as published
     */
    public record Place(PolicyFolder folder, int number, String sha256) {
        /** The folder on this machine. */
        public Path localize() {
            return PolicyStore.localize(folder.reference(number, sha256));
        }
    }

    /**
     * The policy that an argument names, ready for tasks to load.
     *
     * @param argument name of the argument, for messages
     * @param path resolved path of the folder, optionally with a step or a version
     * @throws InvalidInputException when there is no such policy
     */
    public static PolicyReference resolve(String argument, String path, SparkSession spark) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Place place = find(argument, path, hadoop);
        PolicyReference policy = place.folder.reference(place.number, place.sha256);
        return place.folder.isAdapter() ? withAdapter(policy, new BaseModel(place.folder, hadoop), spark) : policy;
    }

    /** The policy with its adapter, which is sent to the executors. */
    private static PolicyReference withAdapter(PolicyReference policy, BaseModel named, SparkSession spark) {
        Path local = PolicyStore.localize(policy);
        PolicyReference base = named.named(local);
        try (ModelFolder model = ModelFolder.open(PolicyStore.localize(base));
                AdapterFolder adapter = AdapterFolder.open(local, model.config())) {
            ParameterVector weights = ParameterVector.read(adapter.layout(), adapter);
            return policy.with(Adapter.send(spark, base, adapter.config(), weights));
        }
    }

    /**
     * The location of the policy that an argument names.
     *
     * @param argument name of the argument, for messages
     * @param path resolved path of the folder, optionally with a step
     * @throws InvalidInputException when there is no such policy
     */
    public static Place find(String argument, String path, Configuration hadoop) {
        if (path.startsWith(Paths.REGISTRY)) {
            throw new InvalidInputException(
                    "%s: %s has no paths.registry here. Name the folder of the registry, such as /data/registry/%s."
                            .formatted(argument, path, path.substring(Paths.REGISTRY.length())));
        }
        PolicyFolder folder = PolicyFolder.at(path, hadoop);
        if (folder.exists()) {
            OutputFolders.requireComplete(hadoop, argument, path);
            RunFolder.requirePublished(folder.path(), hadoop);
            return new Place(folder, 0, folder.sha256());
        }
        Matcher numbered = AT_NUMBER.matcher(path);
        if (numbered.matches() && !RunFolder.at(path, hadoop).exists()) {
            int number = Integer.parseInt(numbered.group(2));
            Registry registry = Registry.at(numbered.group(1), hadoop);
            if (registry.exists()) {
                return ofRegistry(registry, registry.required(number), hadoop);
            }
            RunFolder run = RunFolder.at(numbered.group(1), hadoop);
            return ofRun(run, run.required(number), hadoop);
        }
        Registry registry = Registry.at(path, hadoop);
        if (registry.exists()) {
            Version serving = registry.serving()
                    .orElseThrow(() -> new InvalidInputException(
                            "%s: no version of %s serves yet. Publish a policy by `recthink retrain` or `recthink registry publish`."
                                    .formatted(argument, path)));
            return ofRegistry(registry, serving, hadoop);
        }
        RunFolder run = RunFolder.at(path, hadoop);
        if (!run.exists()) {
            throw new InvalidInputException(
                    "%s: %s is neither the folder of a model (no config.json) or of an adapter (no adapter_config.json) nor a run with a complete step nor a registry"
                            .formatted(argument, path));
        }
        return ofRun(run, run.best(), hadoop);
    }

    private static Place ofRegistry(Registry registry, Version version, Configuration hadoop) {
        return new Place(PolicyFolder.at(registry.policy(version), hadoop), version.version(), version.sha256());
    }

    private static Place ofRun(RunFolder run, Manifest manifest, Configuration hadoop) {
        PolicyVersion version = manifest.policyVersion();
        return new Place(PolicyFolder.at(run.policy(manifest), hadoop), version.number(), version.sha256());
    }
}

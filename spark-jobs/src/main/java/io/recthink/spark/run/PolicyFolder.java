package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.learn.ParameterVector;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ModelFolder;
import io.recthink.spark.run.PolicyReference.Adapter;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** A folder on any Hadoop file system that may hold a policy: a model, or an adapter that names its base model. */
public final class PolicyFolder {
    static final String MODEL = "config.json";
    static final String ADAPTER = "adapter_config.json";

    private final Storage storage;
    private final Configuration hadoop;

    private PolicyFolder(Storage storage, Configuration hadoop) {
        this.storage = storage;
        this.hadoop = hadoop;
    }

    /** The folder at a Hadoop path. */
    public static PolicyFolder at(String path, Configuration hadoop) {
        return new PolicyFolder(Storage.at(path, hadoop), hadoop);
    }

    /** Its fully qualified path. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether it holds a model or an adapter. */
    public boolean exists() {
        return storage.exists(MODEL) || isAdapter();
    }

    /** Whether it holds an adapter. */
    public boolean isAdapter() {
        return storage.exists(ADAPTER);
    }

    /** The SHA-256 of its weights; of weights in several files, that of all of them in the order of their names. */
    public String sha256() {
        List<String> weights = storage.list("").stream()
                .map(file -> file.getPath().getName())
                .filter(name -> name.endsWith(".safetensors"))
                .toList();
        return storage.sha256(weights);
    }

    /** The folder on this machine. */
    public Path localize() {
        return PolicyStore.localize(path(), sha256());
    }

    /** The policy in it, a version of no run. */
    public PolicyReference policy(SparkSession spark) {
        return policy(0, sha256(), spark);
    }

    /**
     * The policy in it. An adapter is sent to the executors.
     *
     * @param sha256 of the weights as they were published
     * @throws InvalidInputException when it is an adapter, and it or its base model is not as it should be
     */
    public PolicyReference policy(int number, String sha256, SparkSession spark) {
        if (!isAdapter()) {
            return new PolicyReference(path(), number, sha256);
        }
        Path local = PolicyStore.localize(path(), sha256);
        PolicyReference base = base(local);
        try (ModelFolder model = ModelFolder.open(PolicyStore.localize(base.path(), base.sha256()));
                AdapterFolder adapter = AdapterFolder.open(local, model.config())) {
            ParameterVector weights = ParameterVector.read(adapter.layout(), adapter);
            return new PolicyReference(path(), number, sha256, Adapter.send(spark, base, adapter.config(), weights));
        }
    }

    /**
     * The base model of the adapter in it.
     *
     * @throws InvalidInputException when it is not there, or not the one that the adapter was made for
     */
    public PolicyReference base() {
        return base(localize());
    }

    private PolicyReference base(Path adapter) {
        AdapterFolder.Base named = AdapterFolder.base(adapter);
        PolicyFolder model = at(named.nameOrPath(), hadoop);
        if (!model.storage.exists(MODEL)) {
            throw new InvalidInputException(
                    "%s names the base model %s, and that is no model folder here. Put the model there, or write its folder into base_model_name_or_path of %s."
                            .formatted(path(), named.nameOrPath(), storage.path(ADAPTER)));
        }
        PolicyReference base = new PolicyReference(model.path(), 0, model.sha256());
        named.sha256().ifPresent(expected -> requireSame(base.path(), base.sha256(), expected));
        return base;
    }

    /**
     * Refuses a base model that is not the one that an adapter was made for.
     *
     * @param found SHA-256 of its weights
     * @param expected SHA-256 of the weights that the adapter was made for
     */
    static void requireSame(String path, String found, String expected) {
        if (!found.equals(expected)) {
            throw new InvalidInputException(
                    "The base model %s has changed: its weights have the sha256 %s, the adapter was made for those with %s. Put these back."
                            .formatted(path, found, expected));
        }
    }
}
